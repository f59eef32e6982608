"""The one button of a bank's card: what it is called, who may press it, and whether it helps at the moment."""

from dataclasses import dataclass, replace

from accounts.permissions import Permission, name_roles_with
from integrations.models import RunState, SyncRun
from integrations.problems import Button, Problem, Trouble, said_of

FOR_A_PERSON = (Button.SIGN_IN, Button.CONNECT)


@dataclass(frozen=True, slots=True)
class Action:
    """What helps. `permission` is a name in Permission; `who` is for those who lack it.

    `is_ready`: False while nobody can do more than wait. `is_urgent`: nothing goes on without it.
    """

    button: Button
    label: str
    permission: str
    who: str
    is_ready: bool = True
    is_urgent: bool = False


def choose_action(trouble: Trouble | None, open_run: SyncRun | None, *, is_books: bool = False) -> Action:
    """The one action for a bank, or books, in that trouble, if any, with that open run, if any."""
    action = _choose(trouble, open_run)
    return replace(action, label=said_of(action.label, is_books=is_books), who=said_of(action.who, is_books=is_books))


def _choose(trouble: Trouble | None, open_run: SyncRun | None) -> Action:
    button = trouble.button if trouble else Button.SYNC
    if button not in (Button.SYNC, Button.NONE):
        return ACTIONS[button]
    if open_run is None:
        return TRY_AGAIN if trouble else ACTIONS[Button.SYNC]
    if open_run.state != RunState.WAITING:
        return SYNCING
    return WAITING if open_run.problem == Problem.RATE_LIMITED else TRY_AGAIN


def _action(button: Button, label: str, permission: Permission, deed: str, *, is_urgent: bool = False) -> Action:
    who = f"{name_roles_with(permission)} can {deed}."
    return Action(button, label, permission.name, who, is_urgent=is_urgent)


def _nothing(label: str) -> Action:
    return Action(Button.NONE, label, Permission.SYNC_CONNECTIONS.name, "It goes on by itself.", is_ready=False)


SYNCING, WAITING = _nothing("Syncing …"), _nothing("Waiting …")
TRY_AGAIN = _action(Button.SYNC, "Try now", Permission.SYNC_CONNECTIONS, "try it now")
ACTIONS = {
    Button.SYNC: _action(Button.SYNC, "Sync now", Permission.SYNC_CONNECTIONS, "sync it now"),
    Button.SIGN_IN: _action(
        Button.SIGN_IN,
        "Sign in at the bank",
        Permission.MANAGE_CONNECTIONS,
        "sign in at the bank again",
        is_urgent=True,
    ),
    Button.CONNECT: _action(
        Button.CONNECT, "Connect again", Permission.MANAGE_CONNECTIONS, "connect it again", is_urgent=True
    ),
    Button.CHOOSE_ACCOUNTS: _action(
        Button.CHOOSE_ACCOUNTS, "Choose accounts at the bank", Permission.MANAGE_CONNECTIONS, "choose accounts"
    ),
}
