"""What is said of a bank is said of books in their own words, wherever a person can read it."""

import re
from datetime import timedelta
from html import unescape
from itertools import product

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.permissions import Permission
from integrations.actions.grants import NotOffered
from integrations.actions.syncs import AskedToWait, NotConnected
from integrations.alerting import OF_BOOKS
from integrations.models import (
    VISIT_OPEN_STATES,
    BooksList,
    Connection,
    GrantVisit,
    ItemFacts,
    ItemRemoval,
    Offers,
    OrganizationFacts,
    ResourceState,
    RunState,
    Step,
    SyncRun,
    Trigger,
    VisitEnd,
    VisitState,
    ZohoGrant,
)
from integrations.problems import REMOVAL_WAITS, TROUBLES, Problem, State, said_of
from integrations.providers.secret import Secret
from integrations.reports.buttons import ACTIONS
from integrations.reports.freshness import describe_freshness, read_banks
from integrations.reports.grants import BY_STATE, ENDS, REFUSAL
from integrations.returning import SENTENCES
from integrations.views.connections import DISCONNECTED, DISCONNECTED_HERE
from integrations.zoho_scopes import SCOPES
from tests.integrations.linked import page_of
from tests.support.people import Persona

SAID = [
    *(trouble.sentence for trouble in TROUBLES.values()),
    *(str(one.label) for kind in (State, Problem, Trigger, Step, RunState) for one in kind),
    *(words for action in ACTIONS.values() for words in (action.label, action.who)),
    *(DISCONNECTED, DISCONNECTED_HERE, REMOVAL_WAITS, str(NotConnected()), str(AskedToWait())),
]
OF_BOOKS_ALONE = [
    *ENDS.values(),
    *BY_STATE.values(),
    *SENTENCES.values(),
    *(str(one.label) for kind in (VisitEnd, VisitState, BooksList) for one in kind),
    *SCOPES.values(),
    *(REFUSAL, OF_BOOKS, str(NotOffered())),
]
# Bank accounts that are kept in the books are called what they are.
IN_THE_BOOKS = re.compile("Bank accounts in the books|Bank transactions")
OF_A_BANK = re.compile(r"\bbank|plaid", re.IGNORECASE)


def is_of_a_bank(words: str) -> bool:
    return OF_A_BANK.search(IN_THE_BOOKS.sub("", words)) is not None


@pytest.mark.parametrize("words", SAID)
def test_nothing_said_of_books_speaks_of_a_bank(words: str) -> None:
    said = said_of(words, is_books=True)
    assert not is_of_a_bank(said)
    assert "transactions" not in said.lower()
    assert said_of(words, is_books=False) == words


def test_most_of_it_would_speak_of_one() -> None:
    assert sum(is_of_a_bank(words) for words in SAID) > 20


@pytest.mark.parametrize("words", OF_BOOKS_ALONE)
def test_nothing_that_is_said_of_books_alone_speaks_of_a_bank(words: str) -> None:
    assert not is_of_a_bank(words)


def put(persona: Persona, problem: Problem, run: RunState, step: Step, *, is_books: bool = True) -> Connection:
    """A connection as a run in that trouble could have left it: with all else that there can be to say of it."""
    now = timezone.now()
    state = State.DISCONNECTED if problem == Problem.DISCONNECTED else TROUBLES[problem].state
    with workspace_scope(persona.workspace.pk):
        connection = Connection.objects.create(
            provider=Connection.Provider.ZOHO if is_books else Connection.Provider.PLAID,
            facts=ItemFacts("801460911", "Alder Works"),
            state=state or State.CONNECTED,
            problem=problem,
            failures=5,
            due_at=None if state == State.DISCONNECTED else now + timedelta(hours=3),
            disconnected_at=now if state == State.DISCONNECTED else None,
        )
        if is_books and not connection.is_disconnected:
            grant(connection)
        for trigger, ended in product(Trigger, (RunState.FAILED, run)):
            is_open = ended != RunState.FAILED
            if is_open and trigger != Trigger.SCHEDULE:
                continue
            SyncRun.objects.create(
                connection=connection,
                trigger=trigger,
                state=ended,
                step=step,
                problem=problem,
                created_at=now,
                due_at=now + timedelta(minutes=2) if is_open else None,
            )
        if connection.is_disconnected:
            ItemRemoval.objects.create(
                connection=connection,
                provider=connection.provider,
                location="us" if is_books else "",
                access_token=Secret("token-1"),
                due_at=now,
            )
    return connection


def grant(connection: Connection) -> None:
    now = timezone.now()
    ZohoGrant.objects.create(
        connection=connection,
        location="us",
        organization=OrganizationFacts("801460911", "Alder Works", "USD"),
        scopes=" ".join([one for one in SCOPES if "bills" not in one]),
        refresh_token=Secret("refresh-1"),
        granted_at=now,
    )
    for name in (BooksList.INVOICES, BooksList.BANK_LINES, BooksList.BILLS):
        ResourceState.objects.create(
            connection=connection,
            resource=name,
            is_missing_scope=True,
            scope_checked_at=now + timedelta(seconds=1),
        )


def read(page: str) -> str:
    """What a person reads of it."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def main_of(page: str) -> str:
    found = re.search(r"<main.*</main>", page, re.DOTALL)
    assert found is not None
    return read(found[0])


def card_of(reader: Persona, connection: Connection, of: Persona) -> str:
    page = reader.client.get(page_of(of, "connections")).content.decode()
    found = re.search(rf'<section class="card bank" id="connection-{connection.pk}".*?</section>', page, re.DOTALL)
    assert found is not None
    return read(found[0])


STATES = [
    *((problem, run, Step.READING) for problem in Problem for run in (RunState.WAITING, RunState.FAILED)),
    *((Problem.BUSY, run, step) for step in Step for run in (RunState.RUNNING, RunState.FAILED)),
    (Problem.BUSY, RunState.QUEUED, Step.NONE),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("problem", "run", "step"), STATES)
def test_no_card_of_books_speaks_of_a_bank(
    alice: Persona, bob: Persona, problem: Problem, run: RunState, step: Step
) -> None:
    connection = put(alice, problem, run, step)
    # Who may not help reads who can.
    for reader in (alice, bob):
        words = card_of(reader, connection, alice)
        assert "Alder Works" in words
        assert not is_of_a_bank(words), words
        assert "transactions" not in IN_THE_BOOKS.sub("", words)
    fragment = alice.client.get(page_of(alice, "progress", connection_id=connection.pk) + "?waiting")
    assert not is_of_a_bank(read(fragment.content.decode()))
    with workspace_scope(alice.workspace.pk):
        freshness = describe_freshness(read_banks(), "")
    assert freshness is None or not is_of_a_bank(freshness.text)


@pytest.mark.django_db
def test_a_banks_card_speaks_of_one_in_each_trouble_but_our_own(alice: Persona, bob: Persona) -> None:
    ours = {Problem.BUSY, Problem.INTERNAL, Problem.DESTROYED}
    for problem in set(Problem) - ours:
        connection = put(alice, problem, RunState.FAILED, Step.READING, is_books=False)
        assert is_of_a_bank(card_of(alice, connection, alice)), problem


@pytest.mark.django_db
def test_what_went_wrong_is_said_in_the_books_words_to_the_end(alice: Persona) -> None:
    connection = put(alice, Problem.PROVIDER_DOWN, RunState.FAILED, Step.ACCOUNTS)
    assert "Zoho could not be reached, while asking Zoho" in card_of(alice, connection, alice)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("problem", "run", "told"),
    [
        (Problem.DISCONNECTED, RunState.FAILED, "Zoho Books is no longer connected. Connect it again"),
        (Problem.RATE_LIMITED, RunState.WAITING, "Zoho wants a pause before it is asked again."),
    ],
)
def test_a_sync_that_cannot_be_had_is_refused_in_the_books_words(
    alice: Persona, problem: Problem, run: RunState, told: str
) -> None:
    connection = put(alice, problem, run, Step.READING)
    page = alice.client.post(page_of(alice, "create_sync", connection_id=connection.pk), follow=True)
    assert told in read(page.content.decode())


@pytest.mark.django_db
def test_books_cannot_be_signed_in_to_at_a_bank(alice: Persona) -> None:
    connection = put(alice, Problem.NEEDS_REAUTH, RunState.FAILED, Step.READING)
    assert alice.client.post(page_of(alice, "create_repair", connection_id=connection.pk)).status_code == 404


@pytest.mark.parametrize("is_ending", [False, True])
def test_the_mail_about_books_does_not_speak_of_a_bank(is_ending: bool) -> None:
    facts = {"is_ending": is_ending, "page": "https://example.com/"}
    assert is_of_a_bank(render_to_string("mail/bank_needs_person.txt", facts | {"is_books": False}))
    assert not is_of_a_bank(render_to_string("mail/bank_needs_person.txt", facts | {"is_books": True}))


@pytest.mark.django_db
@pytest.mark.parametrize("state", [state for state in VisitState if state != VisitState.CONNECTED])
def test_no_page_of_a_visit_to_zoho_speaks_of_a_bank(alice: Persona, state: VisitState) -> None:
    offered = Offers((OrganizationFacts("801460911", "Alder Works", "USD"),))
    is_open, now = state in VISIT_OPEN_STATES, timezone.now()
    with workspace_scope(alice.workspace.pk):
        visit = GrantVisit.objects.create(
            user_id=alice.user.pk,
            session_digest=b"",
            state_digest=b"",
            state=state,
            offers=offered if state == VisitState.CHOOSING else None,
            expires_at=now,
            due_at=now if is_open else None,
        )
    page = alice.client.get(page_of(alice, "grant", visit_id=visit.pk))
    assert not is_of_a_bank(main_of(page.content.decode()))


@pytest.mark.django_db
def test_disconnecting_books_is_asked_in_their_own_words(alice: Persona) -> None:
    connection = put(alice, Problem.BUSY, RunState.FAILED, Step.READING)
    page = alice.client.get(page_of(alice, "create_disconnection", connection_id=connection.pk))
    words = main_of(page.content.decode())
    assert "The access is revoked at Zoho" in words
    assert not is_of_a_bank(words)


def test_who_may_not_connect_books_is_told_that_it_is_about_books_as_well() -> None:
    assert Permission.MANAGE_CONNECTIONS.value == "connect and disconnect banks and books"
