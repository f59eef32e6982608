"""A transaction's own page in words."""

from dataclasses import dataclass
from datetime import datetime

from ledger.kinds import CategoryBy
from ledger.reports.transactions import TransactionDetail
from ledger.views.shown.months import name_day
from ledger.views.shown.transactions import ShownRow, show_row

CHOSEN_BY = {CategoryBy.FEED: "The bank's hint", CategoryBy.RULE: "A rule", CategoryBy.PERSON: "A person"}

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DetailPage:
    """`facts` and `history` are pairs of a name and what it is."""

    row: ShownRow
    facts: Facts
    history: Facts
    note: str


def show_detail(detail: TransactionDetail) -> DetailPage:
    """Facts that are not known are left out."""
    return DetailPage(show_row(detail.row), _facts(detail), _history(detail), detail.note)


def _facts(detail: TransactionDetail) -> Facts:
    row = show_row(detail.row)
    facts = [
        ("Description", row.description),
        ("Counterparty", row.counterparty),
        ("Memo", detail.memo),
        ("Date", row.date),
        ("Authorised", name_day(detail.authorized_date) if detail.authorized_date else None),
        ("Account", f"{row.account} {row.account_end}".strip()),
        ("Bank's category", detail.hint.replace("_", " ").capitalize() if detail.hint else None),
        ("Bank's id", detail.provider_id),
    ]
    return tuple((name, words) for name, words in facts if words)


def _history(detail: TransactionDetail) -> Facts:
    history = [
        ("First seen", _at(detail.created_at)),
        ("Last changed", _at(detail.updated_at)),
        ("Category chosen by", CHOSEN_BY[CategoryBy(detail.row.category_by)]),
        ("Removed", _at(detail.removed_at) if detail.removed_at else None),
        ("Why", detail.removed_because),
    ]
    return tuple((name, words) for name, words in history if words)


def _at(moment: datetime) -> str:
    return f"{name_day(moment.date())}, {moment:%H:%M} UTC"
