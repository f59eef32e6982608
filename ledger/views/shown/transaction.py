"""A transaction's own page in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.moments import name_day_and_time
from ledger.kinds import CategoryBy
from ledger.reports.transactions import Deed, DeedKind, TransactionDetail
from ledger.views.shown.months import name_day
from ledger.views.shown.transactions import ShownRow, show_row

CHOSEN_BY = {CategoryBy.FEED: "The bank's hint", CategoryBy.RULE: "A rule", CategoryBy.PERSON: "A person"}
DEEDS = {
    DeedKind.CATEGORISED: "Category chosen by",
    DeedKind.NOTED: "Note written by",
    DeedKind.NOTE_REMOVED: "Note removed by",
}

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DetailPage:
    """`facts` and `history` are pairs of a name and what it is."""

    row: ShownRow
    facts: Facts
    history: Facts
    note: str


def show_detail(detail: TransactionDetail, deeds: Sequence[Deed], place: str) -> DetailPage:
    """Facts that are not known are left out. `place` is the address of the list."""
    row = show_row(detail.row, place)
    return DetailPage(row, _facts(detail, row), _history(detail, deeds), detail.note)


def _facts(detail: TransactionDetail, row: ShownRow) -> Facts:
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


def _history(detail: TransactionDetail, deeds: Sequence[Deed]) -> Facts:
    is_told = any(deed.kind == DeedKind.CATEGORISED for deed in deeds)
    history = [
        ("First seen", name_day_and_time(detail.created_at)),
        ("Last changed", name_day_and_time(detail.updated_at)),
        ("Category chosen by", "" if is_told else CHOSEN_BY[CategoryBy(detail.row.category_by)]),
        *((DEEDS[deed.kind], _tell(deed)) for deed in deeds),
        ("Removed", name_day_and_time(detail.removed_at) if detail.removed_at else None),
        ("Why", detail.removed_because),
    ]
    return tuple((name, words) for name, words in history if words)


def _tell(deed: Deed) -> str:
    """Alice, 3 Nov 2026, 12:03 CET, with 738 others."""
    others = f", with {deed.others:,} {'other' if deed.others == 1 else 'others'}" if deed.others else ""
    return f"{deed.who}, {name_day_and_time(deed.at)}{others}"
