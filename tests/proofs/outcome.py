"""What a story must come to: the ledger is the bank's, the person's wishes are kept, sheets and pages agree with both."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.access import workspace_scope
from integrations.models import StagedPage
from ledger.categories import origin_of_hint
from ledger.kinds import BALANCE_SHEET_KINDS, CategoryBy, CategoryKind
from ledger.models import Account, Category, Transaction
from ledger.money import to_minor
from ledger.reports.profit_and_loss import profit_and_loss
from tests.integrations.test_sync import rows_of_bank
from tests.proofs.opened import verify
from tests.proofs.story import Line, Linked, Story
from tests.support.routes import list_routes

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 1)
IN_WORKSPACE = "w/<slug:slug>/"


@dataclass(frozen=True, slots=True)
class Told:
    """A row as the bank tells it: account, date, minor units with + for money in, currency, status, description."""

    account: str
    day: date
    minor: int
    currency: str
    status: str
    description: str


def check(story: Story) -> None:
    """Raises AssertionError for the first thing that is not as it must be."""
    expected = {number: _told(linked) for number, linked in enumerate(story.banks)}
    for number, linked in enumerate(story.banks):
        _check_rows(story, linked, {name: row for name, (row, _) in expected[number].items()})
        _check_balances(story, linked)
    categories = _check_wishes(story, expected)
    _check_sheets(story)
    _check_sums(story, expected, categories)
    _check_pages(story)


def _told(linked: Linked) -> dict[str, tuple[Told, str]]:
    """By the provider's id, each row that the bank has now, with its hint."""
    item = linked.item
    return {
        name: (_row(row), row["personal_finance_category"]["detailed"])
        for name, row in rows_of_bank(item.sandbox, item.access_token.reveal()).items()
    }


def _row(row: dict[str, Any]) -> Told:
    minor = -to_minor(Decimal(row["amount"]), row["iso_currency_code"])
    status = "pending" if row["pending"] else "posted"
    day = date.fromisoformat(row["date"])
    return Told(row["account_id"], day, minor, row["iso_currency_code"], status, row["name"])


def _check_rows(story: Story, linked: Linked, expected: dict[str, Told]) -> None:
    with workspace_scope(story.owner.workspace.pk):
        assert not StagedPage.objects.exists()
        accounts = dict(Account.objects.values_list("id", "provider_id"))
        found = {
            row.provider_id: Told(
                accounts[row.account_id], row.date, row.feed.minor, row.currency, row.status, row.feed.description
            )
            for row in Transaction.objects.filter(connection_id=linked.connection.pk, deleted_at=None)
        }
    assert found == expected


def _check_balances(story: Story, linked: Linked) -> None:
    item = linked.item
    told = item.sandbox.post("/accounts/get", access_token=item.access_token.reveal()).json(parse_float=Decimal)
    expected = {
        one["account_id"]: to_minor(Decimal(one["balances"]["current"]), one["balances"]["iso_currency_code"])
        for one in told["accounts"]
    }
    with workspace_scope(story.owner.workspace.pk):
        accounts = Account.objects.filter(connection_id=linked.connection.pk)
        assert {one.provider_id: one.balances.current for one in accounts} == expected


def _check_wishes(story: Story, expected: dict[int, dict[str, tuple[Told, str]]]) -> dict[UUID, UUID | None]:
    """The category of every row, by the row's id, is the person's choice or what the bank's hint means."""
    lines = dict(story.lines())
    with workspace_scope(story.owner.workspace.pk):
        rows = {row.pk: row for row in Transaction.objects.filter(deleted_at=None)}
        notes = {row.pk: row.own.note if row.own else "" for row in rows.values()}
        origins = {one.origin: one.pk for one in Category.objects.exclude(origin="")}
    for line, row_id in story.wishes.kept.items():
        if line in lines:
            assert lines[line] == row_id, "a row that a person left something on is another one now"
            assert notes[row_id] == story.wishes.notes.get(line, "")
    by_row: dict[UUID, Line] = {row_id: line for line, row_id in lines.items()}
    hints = {name: (row, hint) for told in expected.values() for name, (row, hint) in told.items()}
    for row in rows.values():
        known = by_row.get(row.pk)
        choice = story.wishes.choices.get(known) if known else None
        told, hint = hints[row.provider_id]
        meant = origins.get(origin_of_hint(hint, told.minor))
        wanted = (choice.category_id, CategoryBy.PERSON) if choice else (meant, CategoryBy.FEED)
        assert (row.category_id, row.category_by) == wanted, (known, hint)
    return {row.pk: row.category_id for row in rows.values()}


def _check_sheets(story: Story) -> None:
    for verdict in verify(story.owner.workspace.pk):
        assert verdict.differences == ()
        assert not verdict.is_stale


def _check_sums(
    story: Story, expected: dict[int, dict[str, tuple[Told, str]]], categories: dict[UUID, UUID | None]
) -> None:
    sums: dict[tuple[str, date], int] = defaultdict(int)
    with workspace_scope(story.owner.workspace.pk):
        left_out = {one.pk for one in Category.objects.all() if CategoryKind(one.kind) in BALANCE_SHEET_KINDS}
        names = {
            name: categories[row]
            for row, name in Transaction.objects.filter(deleted_at=None).values_list("id", "provider_id")
        }
        report = profit_and_loss(first=FIRST, last=LAST)
    for told in expected.values():
        for name, (row, _) in told.items():
            if row.status == "posted" and names[name] not in left_out:
                sums[row.currency, row.day.replace(day=1)] += row.minor
    found = {
        (statement.currency, month): amount
        for statement in report.statements
        for month, amount in zip(report.months, statement.net.by_month, strict=True)
    }
    assert {key: amount for key, amount in found.items() if amount} == {k: v for k, v in sums.items() if v}


def _check_pages(story: Story) -> None:
    """Every page of the workspace that needs no more than its name, and one row's own."""
    addresses = [route.address(slug=story.owner.workspace.slug) for route in list_routes() if _is_page(route.path)]
    answers = {address: story.owner.client.get(address).status_code for address in addresses}
    # What only takes a POST says so; what has had its time leads on.
    assert set(answers.values()) <= {200, 302, 405}, answers
    assert list(answers.values()).count(200) >= 4


def _is_page(path: str) -> bool:
    return path.startswith(IN_WORKSPACE) and "<" not in path.removeprefix(IN_WORKSPACE)
