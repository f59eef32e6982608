"""Anticipated trouble as a closed list, and for each what it means.

That is the connection's state, whether the run waits and tries again by itself, a sentence for a person and the one
button that helps.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices

from integrations.providers import plaid_errors as plaid
from integrations.providers import zoho_errors as zoho


class State(TextChoices):
    """How a connection stands. That it is syncing is not kept: an open run says so."""

    CONNECTED = "connected", "Connected"
    RATE_LIMITED = "rate_limited", "Waiting for the bank"
    NEEDS_REAUTH = "needs_reauth", "Sign-in needed"
    REVOKED = "revoked", "Access ended"
    PROVIDER_DOWN = "provider_down", "Bank not reachable"
    ERROR = "error", "Not working"
    DISCONNECTED = "disconnected", "Disconnected"


class Problem(TextChoices):
    """What stopped a run. The labels are how a run's history names it."""

    NOT_READY = "not_ready", "The bank was still preparing the data"
    RATE_LIMITED = "rate_limited", "The bank asked to wait"
    PROVIDER_DOWN = "provider_down", "The bank could not be reached"
    MUTATED = "mutated", "The bank's data kept changing while it was read"
    BAD_ANSWER = "bad_answer", "The bank's answer could not be understood"
    NEEDS_REAUTH = "needs_reauth", "The bank asked for a new sign-in"
    REVOKED = "revoked", "The bank has ended the access"
    REJECTED = "rejected", "The bank did not accept the request"
    MISCONFIGURED = "misconfigured", "Our access to the bank is not set up correctly"
    BAD_DATA = "bad_data", "The bank's data did not fit together"
    BUSY = "busy", "The same months were being changed by others"
    INTERNAL = "internal", "Something went wrong on our side"
    DISCONNECTED = "disconnected", "The bank was disconnected"
    DESTROYED = "destroyed", "The workspace's data was destroyed"
    ENDING = "ending", "The bank will end the access soon"
    NEW_ACCOUNTS = "new_accounts", "The bank has new accounts"


class Button(StrEnum):
    """The one thing that a person can do about it."""

    SYNC = "sync"
    SIGN_IN = "sign_in"
    CONNECT = "connect"
    CHOOSE_ACCOUNTS = "choose_accounts"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """`state`: None leaves the connection's as it is. `retries`: the run waits and tries again before it fails."""

    state: State | None
    retries: bool
    sentence: str
    button: Button = Button.NONE


TROUBLES: dict[Problem, Trouble] = {
    Problem.NOT_READY: Trouble(
        None, True, "The bank is still preparing the data. It is asked again by itself, every few seconds."
    ),
    Problem.RATE_LIMITED: Trouble(
        State.RATE_LIMITED, True, "The bank was asked too often and wants a pause. It is tried again by itself."
    ),
    Problem.PROVIDER_DOWN: Trouble(
        State.PROVIDER_DOWN, True, "The bank cannot be reached at the moment. It is tried again by itself.", Button.SYNC
    ),
    Problem.MUTATED: Trouble(
        None, True, "The bank's data changed while it was read. It is read again by itself.", Button.SYNC
    ),
    Problem.BAD_ANSWER: Trouble(
        State.ERROR,
        True,
        "The bank gave an answer that could not be understood. It is tried again by itself.",
        Button.SYNC,
    ),
    Problem.NEEDS_REAUTH: Trouble(
        State.NEEDS_REAUTH,
        False,
        "The bank asks you to sign in again. Until then nothing new comes in.",
        Button.SIGN_IN,
    ),
    Problem.REVOKED: Trouble(
        State.REVOKED, False, "The bank no longer gives access. What was read stays; connect it again.", Button.CONNECT
    ),
    Problem.REJECTED: Trouble(
        State.ERROR, False, "The bank did not accept what we asked. Our support can see why.", Button.SYNC
    ),
    Problem.MISCONFIGURED: Trouble(
        State.ERROR,
        False,
        "Our access to the bank is not set up correctly. This is on our side; please tell our support.",
        Button.SYNC,
    ),
    Problem.BAD_DATA: Trouble(
        State.ERROR,
        False,
        "The bank's data did not fit together, so nothing of it was kept. It is tried again later; if it stays so, please tell "
        "our support.",
        Button.SYNC,
    ),
    Problem.BUSY: Trouble(
        None, True, "The same months are being changed by others. It goes on by itself.", Button.SYNC
    ),
    Problem.INTERNAL: Trouble(
        State.ERROR, False, "Something went wrong on our side. It is tried again later.", Button.SYNC
    ),
    Problem.DISCONNECTED: Trouble(None, False, "This bank is disconnected. What was read stays.", Button.CONNECT),
    Problem.DESTROYED: Trouble(None, False, "The workspace's data was destroyed. Nothing is read any more."),
    Problem.ENDING: Trouble(
        None, False, "The bank will end the access soon. Sign in again to keep it.", Button.SIGN_IN
    ),
    Problem.NEW_ACCOUNTS: Trouble(
        None, False, "The bank has new accounts. Choose which of them may be read.", Button.CHOOSE_ACCOUNTS
    ),
}

# For a connection that is disconnected here while the provider has not said so yet.
REMOVAL_WAITS = (
    "It is not used any more. Plaid has not confirmed the end yet and is asked again by itself until it does."
)

_OF_PLAID: dict[type[plaid.PlaidProblem], Problem] = {
    plaid.NotReady: Problem.NOT_READY,
    plaid.RateLimited: Problem.RATE_LIMITED,
    plaid.ProviderDown: Problem.PROVIDER_DOWN,
    plaid.MutationDuringPagination: Problem.MUTATED,
    plaid.BadAnswer: Problem.BAD_ANSWER,
    plaid.NeedsReauth: Problem.NEEDS_REAUTH,
    plaid.ItemGone: Problem.REVOKED,
    plaid.RequestRejected: Problem.REJECTED,
    plaid.Misconfigured: Problem.MISCONFIGURED,
}

_OF_ZOHO: dict[type[zoho.ZohoProblem], Problem] = {
    zoho.GrantDenied: Problem.NEEDS_REAUTH,
    zoho.TokenRejected: Problem.NEEDS_REAUTH,
    zoho.ScopeMissing: Problem.REJECTED,
    zoho.Throttled: Problem.RATE_LIMITED,
    zoho.MinuteLimit: Problem.RATE_LIMITED,
    zoho.DayLimit: Problem.RATE_LIMITED,
    zoho.TooManyAtOnce: Problem.RATE_LIMITED,
    zoho.MustWait: Problem.RATE_LIMITED,
    zoho.Down: Problem.PROVIDER_DOWN,
    zoho.BadAnswer: Problem.BAD_ANSWER,
    zoho.NotAMember: Problem.NEEDS_REAUTH,
    zoho.WrongOrganization: Problem.BAD_DATA,
    zoho.NotThere: Problem.REJECTED,
    zoho.RequestRejected: Problem.REJECTED,
    zoho.Misconfigured: Problem.MISCONFIGURED,
}

# How what is said of a bank is said of books. Longer words first: each is part of the next.
_OF_BOOKS = (
    (
        "The bank was asked too often and wants a pause.",
        "Zoho allows only so many calls a minute and a day, so this takes a pause.",
    ),
    ("The bank's data did not fit together, so nothing", "What Zoho answered did not fit together, so nothing"),
    ("Reading accounts and balances", "Asking Zoho"),
    ("eading transactions", "eading the books"),
    ("riting transactions", "riting the books"),
    ("Sign in at the bank", "Allow access at Zoho"),
    ("sign in at the bank again", "allow access at Zoho again"),
    ("The bank asks you to sign in again. Until then", "Zoho no longer gives access. Until somebody allows it again"),
    ("asked for a new sign-in", "no longer gave access"),
    ("Sign-in needed", "Access needed"),
    ("This bank", "Zoho Books"),
    ("The bank is disconnected", "Zoho Books is disconnected"),
    ("The bank was disconnected", "Zoho Books was disconnected"),
    ("News from the bank", "News from Zoho"),
    ("Plaid has", "Zoho has"),
    ("Plaid could", "Zoho could"),
    ("The bank", "Zoho"),
    ("the bank", "Zoho"),
    ("Bank not", "Zoho not"),
)


def problem_of(error: plaid.PlaidProblem | zoho.ZohoProblem) -> Problem:
    """The problem that an error of a provider's client stands for."""
    if isinstance(error, plaid.PlaidProblem):
        return _OF_PLAID.get(type(error), Problem.INTERNAL)
    return _OF_ZOHO.get(type(error), Problem.INTERNAL)


def said_of(words: str, *, is_books: bool) -> str:
    """A label or sentence of this module as it is said of a bank, or of an organisation's books."""
    for bank, books in _OF_BOOKS if is_books else ():
        words = words.replace(bank, books)
    return words
