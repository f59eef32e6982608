"""What a role may not see is not asked of the database either: by page and by part of a page."""

from secrets import token_hex
from typing import Any

import psycopg
import pytest

from accounts import permissions
from accounts.access import workspace_scope
from accounts.actions import invite
from accounts.permissions import Permission, Role
from tests.journeys.people import trading_company
from tests.support.people import Persona, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement with its parameters, also of cursors that are not Django's."""
    statements: list[str] = []

    def record(name: str) -> None:
        plain = getattr(psycopg.Cursor, name)

        def recorded(self: Any, query: Any, params: Any = None, **options: Any) -> Any:
            statements.append(f"{query} {params}")
            return plain(self, query, params, **options)

        monkeypatch.setattr(psycopg.Cursor, name, recorded)

    record("execute")
    record("stream")
    return statements


def asked_for(asked: list[str], person: Persona, address: str) -> str:
    """All that a page asked of the database, in one text."""
    asked.clear()
    assert person.client.get(f"/w/{person.workspace.slug}/{address}").status_code == 200
    return "\n".join(asked)


def test_invitations_and_factors_are_asked_for_only_by_whom_they_are_shown(alice: Persona, asked: list[str]) -> None:
    with workspace_scope(alice.workspace.pk):
        invite(actor=alice.actor, email=f"{token_hex(6)}@example.test", role=Role.STAFF)
    found = {
        role: asked_for(asked, make_member(role, alice.workspace, role), "settings/members/")
        for role in (Role.ADMIN, Role.MANAGER, Role.STAFF, Role.AUDITOR)
    }

    assert {role for role, sql in found.items() if "accounts_invitation" in sql} == {
        Role.ADMIN,
        Role.MANAGER,
        Role.AUDITOR,
    }
    assert {role for role, sql in found.items() if "accounts_totpdevice" in sql} == {Role.ADMIN, Role.AUDITOR}


def test_what_is_owed_is_asked_for_only_by_whom_reports_are_shown(
    alice: Persona, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    trading_company(alice)
    whole = asked_for(asked, alice, "")
    # A role as it may be made one day: the overview, and no report.
    table = {**permissions.ROLE_PERMISSIONS, Role.OWNER: frozenset({Permission.VIEW_OVERVIEW})}
    monkeypatch.setattr("accounts.models.workspaces.ROLE_PERMISSIONS", table)
    part = asked_for(asked, alice, "")

    # The sheets of the books, by the name that they are kept under.
    assert all(book in whole for book in ("'bank'", "'invoices'", "'bills'"))
    assert "'bank'" in part
    assert "'invoices'" not in part
    assert "'bills'" not in part
