"""All that a company's people can read of a synced bank, opened, in an order and with names that any two syncs share."""

from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID

from accounts.access import workspace_scope
from integrations.models import Connection, StagedPage
from ledger.kinds import Book
from ledger.models import Account, Category, Counterparty, Transaction
from ledger.reports.profit_and_loss import profit_and_loss
from ledger.sheets.verify import SheetVerdict, months_to_verify, verify_month

Row = tuple[str, str, date, int, str, str, str | None, str | None, str | None, str, bool]


@dataclass(frozen=True, slots=True)
class Opened:
    """Values, with the provider's ids and names in place of our ids, which are new in every sync.

    `figures` are profit and loss: currency, category, month, posted and pending minor units, count.
    """

    rows: tuple[Row, ...]
    accounts: tuple[tuple[object, ...], ...]
    cursor: str | None
    figures: tuple[tuple[object, ...], ...]
    sheets: tuple[tuple[date, int], ...]

    def differences(self, other: "Opened") -> list[str]:
        """What differs, each with its first two entries on either side."""
        found = []
        for name in (one.name for one in fields(self)):
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine == theirs:
                continue
            if isinstance(mine, tuple):
                mine, theirs = [one for one in mine if one not in theirs], [one for one in theirs if one not in mine]
                found.append(f"{name}: {len(mine)} {mine[:2]} and not {len(theirs)} {theirs[:2]}")
            else:
                found.append(f"{name}: {mine} and not {theirs}")
        return found


def read_opened(workspace_id: UUID, connection_id: UUID) -> Opened:
    """Everything of one connection as it now is. Sheets are held against their rows on the way."""
    verdicts = verify(workspace_id)
    assert [one for verdict in verdicts for one in verdict.differences] == []
    assert not any(verdict.is_stale for verdict in verdicts)
    with workspace_scope(workspace_id):
        assert not StagedPage.objects.exists()
        accounts = list(Account.objects.filter(connection_id=connection_id))
        return Opened(
            rows=_rows(connection_id, {one.id: one.provider_id for one in accounts}),
            accounts=tuple(sorted(_account(one) for one in accounts)),
            cursor=Connection.objects.get(pk=connection_id).cursor,
            figures=_figures([verdict.month for verdict in verdicts]),
            sheets=tuple((verdict.month, verdict.rows) for verdict in verdicts),
        )


def verify(workspace_id: UUID) -> list[SheetVerdict]:
    """What `manage.py verify_sheets` finds, of one workspace."""
    with workspace_scope(workspace_id):
        return [verify_month(Book.BANK, month) for month in months_to_verify(Book.BANK)]


def _rows(connection_id: UUID, accounts: dict[UUID, str]) -> tuple[Row, ...]:
    categories = {one.id: one.name for one in Category.objects.all()}
    parties = {one.code: one.name for one in Counterparty.objects.all()}
    return tuple(
        (
            row.provider_id,
            accounts[row.account_id],
            row.date,
            row.feed.minor,
            row.currency,
            row.feed.description,
            row.feed.memo,
            parties.get(row.feed.counterparty),
            categories[row.category_id] if row.category_id else None,
            row.status,
            row.deleted_at is None,
        )
        for row in Transaction.objects.filter(connection_id=connection_id).order_by("provider_id")
    )


def _account(account: Account) -> tuple[object, ...]:
    facts, balances = account.facts, account.balances
    described = account.provider_id, account.kind, account.subtype, account.currency, facts.name, facts.mask
    return *described, balances.current, balances.available, balances.limit, account.closed_at is None


def _figures(months: list[date]) -> tuple[tuple[object, ...], ...]:
    report = profit_and_loss(first=months[0], last=months[-1])
    return tuple(
        (statement.currency, line.name, month, *amounts)
        for statement in report.statements
        for section in statement.sections
        for line in sorted(section.lines, key=lambda one: one.name)
        for month, *amounts in zip(report.months, line.posted.by_month, line.pending.by_month, line.counts, strict=True)
    )
