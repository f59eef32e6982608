"""What the ledger holds after a sync is what the bank says. R82; ruling 30."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.access import workspace_scope
from integrations.models import CallCount, Connection
from integrations.reports.calls import read_calls
from ledger.actions import recategorise_transactions, write_note
from ledger.kinds import Book, Status
from ledger.models import Account, Category, Transaction
from ledger.money import to_minor
from ledger.sheets.rebuild import list_stale_months
from tests.integrations.linked import (
    Month,
    TaskQueue,
    assert_synced,
    ledger_months,
    link_bank,
    opened,
    page_of,
)
from tests.integrations.support import FIRST_HARBOR, LONG_HISTORY, Sandbox
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)


def token_of(persona: Persona, connection: Connection) -> str:
    with opened(persona, connection) as now:
        assert now.access_token is not None
        return now.access_token.reveal()


def rows_of_bank(bank: Sandbox, token: str) -> dict[str, dict[str, Any]]:
    """Every row as the bank now gives it to somebody who begins anew, asked for without the product's own client."""
    rows: dict[str, dict[str, Any]] = {}
    cursor = ""
    while True:
        page = bank.post("/transactions/sync", access_token=token, cursor=cursor, count=500).json(parse_float=Decimal)
        rows |= {row["transaction_id"]: row for row in (*page["added"], *page["modified"])}
        for row in page["removed"]:
            rows.pop(row["transaction_id"], None)
        cursor = page["next_cursor"]
        if not page["has_more"]:
            return rows


def bank_months(rows: dict[str, dict[str, Any]]) -> dict[Month, tuple[int, int]]:
    found: dict[Month, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in rows.values():
        key = row["account_id"], date.fromisoformat(row["date"]).replace(day=1)
        minor = -to_minor(Decimal(row["amount"]), row["iso_currency_code"])
        found[key] = (found[key][0] + 1, found[key][1] + minor)
    return dict(found)


def sync_now(persona: Persona, queue: TaskQueue, connection: Connection) -> None:
    answer = persona.client.post(page_of(persona, "create_sync", connection_id=connection.pk))
    assert answer.status_code == 302
    queue.work()


@pytest.mark.parametrize("institution", [FIRST_HARBOR, LONG_HISTORY])
def test_the_ledger_equals_the_bank_by_account_and_month(
    institution: str, alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    connection = link_bank(alice, harbor, queue, institution)
    run = assert_synced(alice, connection)
    rows = rows_of_bank(harbor, token_of(alice, connection))
    assert run.rows_added == len(rows) > 500
    assert ledger_months(alice.workspace.pk, connection) == bank_months(rows)
    with workspace_scope(alice.workspace.pk):
        assert list_stale_months(Book.BANK) == []


def test_balances_are_the_banks(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    connection = link_bank(alice, harbor, queue, LONG_HISTORY)
    given = harbor.post("/accounts/get", access_token=token_of(alice, connection)).json(parse_float=Decimal)
    expected = {
        one["account_id"]: (
            one["mask"],
            to_minor(Decimal(one["balances"]["current"]), one["balances"]["iso_currency_code"]),
        )
        for one in given["accounts"]
    }
    with workspace_scope(alice.workspace.pk):
        kept = {one.provider_id: (one.facts.mask, one.balances.current) for one in Account.objects.all()}
    assert kept == expected


def test_days_later_the_ledger_still_equals_the_bank(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    connection = link_bank(alice, harbor, queue, LONG_HISTORY)
    for days in (3, 9):
        harbor.day += timedelta(days=days)
        sync_now(alice, queue, connection)
        run = assert_synced(alice, connection)
        assert run.rows_added
        rows = rows_of_bank(harbor, token_of(alice, connection))
        assert ledger_months(alice.workspace.pk, connection) == bank_months(rows)
    assert run.rows_removed
    assert run.rows_modified


def test_a_pending_row_keeps_its_note_and_category_when_it_is_posted(
    alice: Persona, harbor: Sandbox, queue: TaskQueue
) -> None:
    connection = link_bank(alice, harbor, queue, LONG_HISTORY)
    with workspace_scope(alice.workspace.pk):
        pending = list(Transaction.objects.filter(status=Status.PENDING))
        category = Category.objects.get(origin="training")
        ids = [row.pk for row in pending]
        recategorise_transactions(actor=alice.actor, ids=ids, category_id=category.pk)
        for row in pending:
            write_note(actor=alice.actor, transaction_id=row.pk, note=f"Note of {row.pk}")
    was = {row.pk: row.provider_id for row in pending}
    harbor.day += timedelta(days=6)
    sync_now(alice, queue, connection)
    with workspace_scope(alice.workspace.pk):
        settled = list(Transaction.objects.filter(pk__in=ids, status=Status.POSTED, deleted_at=None))
        assert settled
        for row in settled:
            assert row.provider_id != was[row.pk]
            assert row.category_id == category.pk
            assert row.own is not None
            assert row.own.note == f"Note of {row.pk}"
        # What was never posted stays, with its note, out of every sum.
        rest = Transaction.objects.filter(pk__in=ids).exclude(pk__in=[row.pk for row in settled])
        assert all(row.deleted_at and row.own for row in rest)


def test_a_sync_without_news_changes_nothing(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    connection = link_bank(alice, harbor, queue)
    before = ledger_months(alice.workspace.pk, connection)
    sync_now(alice, queue, connection)
    run = assert_synced(alice, connection)
    assert (run.pages_written, run.rows_added, run.rows_modified, run.rows_removed) == (1, 0, 0, 0)
    assert ledger_months(alice.workspace.pk, connection) == before


# R82: nothing but reading, and every call is counted.
def test_every_call_is_counted_and_none_writes(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    link_bank(alice, harbor, queue)
    with workspace_scope(alice.workspace.pk):
        made = {one.endpoint: one.calls for one in read_calls().endpoints}
        assert sum(CallCount.objects.values_list("writes", flat=True)) == 0
    assert made == {
        "/link/token/create": 1,
        "/link/token/get": 1,
        "/item/public_token/exchange": 1,
        "/accounts/get": 2,
        "/transactions/sync": 2,
    }
