"""The workspace scope: whose rows this transaction may see.

Only this module sets `app.workspace_id` and `app.user_id`, and always for the running transaction alone: a setting of
the session would reach the next request through a kept connection.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.pq import TransactionStatus

SITE_ID = UUID(int=0)


class NoScope(RuntimeError):
    """A tenant's data was asked for outside a workspace's scope."""


class ScopeConflict(RuntimeError):
    """A scope was entered inside a different one."""


class OutsideTransaction(RuntimeError):
    """A scope was asked for in autocommit, where the setting would be lost at once."""


@dataclass(slots=True)
class Scope:
    """One stay in a workspace. `memo` keeps what is read once a stay, such as the opened keyring."""

    workspace_id: UUID
    memo: dict[object, Any] = field(default_factory=dict)


_scope: ContextVar[Scope | None] = ContextVar("workspace_scope", default=None)
_person: ContextVar[UUID | None] = ContextVar("person_scope", default=None)


def current_scope() -> Scope:
    """The scope this code runs in. Raises NoScope."""
    scope = scope_if_any()
    if scope is None:
        raise NoScope("No workspace has been entered")
    return scope


def scope_if_any() -> Scope | None:
    """The scope this code runs in, None outside any."""
    return _scope.get()


def current_workspace_id() -> UUID:
    """The id of the workspace this code runs for. Raises NoScope."""
    return current_scope().workspace_id


@contextmanager
def enter_workspace(workspace_id: UUID) -> Iterator[None]:
    """Let this transaction see and write one workspace's rows, until the block ends.

    Raises OutsideTransaction in autocommit and ScopeConflict inside a different scope. Entering the same one again is
    allowed and changes nothing.
    """
    outer = _scope.get()
    if outer is not None and outer.workspace_id == workspace_id:
        yield
        return
    require_no_scope()
    _set_local("app.workspace_id", str(workspace_id))
    with stay_entered(workspace_id):
        yield


@contextmanager
def stay_entered(workspace_id: UUID) -> Iterator[None]:
    """The stay in a workspace that this transaction's last statement has entered, from outside any."""
    token = _scope.set(Scope(workspace_id))
    try:
        yield
    finally:
        _scope.reset(token)
        _clear_local("app.workspace_id")


@contextmanager
def as_person(user_id: UUID) -> Iterator[None]:
    """Let this transaction read one person's memberships and the workspaces they are in, before one is chosen.

    Never together with a workspace: policies are OR-ed, and a workspace's pages would list memberships elsewhere.
    """
    require_no_scope()
    _set_local("app.user_id", str(user_id))
    token = _person.set(user_id)
    try:
        yield
    finally:
        _person.reset(token)
        _clear_local("app.user_id")


def scope_in_database() -> str:
    """The workspace id that PostgreSQL itself holds for this connection now, '' for none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.workspace_id', true), '')")
        return str(cursor.fetchone()[0])


def set_local(name: str, value: str) -> None:
    """Set a custom setting until the transaction ends; for this package's own policies."""
    _require_transaction()
    _set_local(name, value)


def require_no_scope() -> None:
    """Raises ScopeConflict inside any scope, OutsideTransaction in autocommit."""
    if _scope.get() is not None or _person.get() is not None:
        raise ScopeConflict("Another scope is already entered")
    _require_transaction()


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise OutsideTransaction("A scope needs a transaction around it")


def _set_local(name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


def _clear_local(name: str) -> None:
    # A failed transaction takes no more statements, and its rollback takes the setting back with it.
    raw = connection.connection
    if raw is None or raw.info.transaction_status != TransactionStatus.INTRANS or connection.needs_rollback:
        return
    _set_local(name, "")
