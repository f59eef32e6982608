from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from ledger.actions import list_stale_months, rebuild_month, recategorise_transactions, write_note
from ledger.kinds import Book
from ledger.models import Account, Counterparty, Transaction
from ledger.reports.transactions import (
    Direction,
    Order,
    SelectionChanged,
    Show,
    TransactionFilter,
    TransactionPage,
    TransactionRow,
    collecting,
    list_transactions,
    read_names,
    select_matching,
    transaction_detail,
)
from ledger.reports.transactions.ordering import sorting_of
from ledger.sheets.reading import ROWS, OpenedMonth, Part, stream_sheets
from ledger.sheets.rows import fold
from tests.ledger.counting import counted_statements
from tests.ledger.people import SYNC, Feed, category, feed_account
from vault import keyring
from vault.tenancy import current_scope

pytestmark = pytest.mark.django_db

START = date(2026, 3, 20)
HINTS = ["TRAVEL_FLIGHTS", "RENT_AND_UTILITIES_RENT", "LOAN_PAYMENTS_CREDIT_CARD_PAYMENT", None, "INCOME_WAGES"]


@pytest.fixture
def company(feed: Feed) -> Feed:
    """130 rows over three and a half months, two accounts, two currencies, five pending and one removed."""
    feed.save(feed_account("checking"), feed_account("yen", currency="JPY"))
    rows = [
        feed.row(
            START + timedelta(days=number * 5 % 103),
            (-1) ** number * (number % 17) * 100 - 7 * (number % 5),
            f"Payment {number % 13} Straße",
            provider_id=f"p{number}",
            account="yen" if number % 3 == 0 else "checking",
            currency="JPY" if number % 3 == 0 else "USD",
            counterparty=[None, "Zeta", "acme", "Beta"][number % 4],
            hint=HINTS[number % 5],
            pending=number % 26 == 0,
        )
        for number in range(131)
    ]
    feed.apply(*rows)
    feed.apply(gone=("p1",))
    return feed


def walk(wanted: TransactionFilter) -> list[TransactionPage]:
    pages = [list_transactions(wanted)]
    while pages[-1].next_cursor:
        pages.append(list_transactions(wanted, cursor=pages[-1].next_cursor))
        assert len(pages) < 20
    return pages


def rows_of(pages: Iterable[TransactionPage]) -> list[TransactionRow]:
    return [row for page in pages for row in page.rows]


FILTERS: dict[str, tuple[dict[str, Any], Callable[[Transaction], bool]]] = {
    "everything": ({}, lambda row: True),
    "posted": ({"show": Show.POSTED}, lambda row: not row.is_pending),
    "pending": ({"show": Show.PENDING}, lambda row: row.is_pending),
    "dates": (
        {"first": date(2026, 4, 7), "last": date(2026, 6, 20)},
        lambda row: date(2026, 4, 7) <= row.date <= date(2026, 6, 20),
    ),
    "whole months": (
        {"first": date(2026, 4, 1), "last": date(2026, 5, 31)},
        lambda row: row.date.month in (4, 5),
    ),
    "one day": ({"first": date(2026, 4, 9), "last": date(2026, 4, 9)}, lambda row: row.date == date(2026, 4, 9)),
    "uncategorised": ({"uncategorised": True}, lambda row: row.category_id is None),
    "money in": ({"direction": Direction.IN}, lambda row: row.feed.minor >= 0),
    "large": (
        {"amount_from": Decimal("8.5")},
        lambda row: abs(row.feed.minor) >= (850 if row.currency == "USD" else 9),
    ),
    "small": (
        {"amount_to": Decimal("8.5")},
        lambda row: abs(row.feed.minor) <= (850 if row.currency == "USD" else 8),
    ),
    "beyond all bounds": ({"amount_from": Decimal("1e300")}, lambda row: False),
    "text": ({"text": "  STRASSE 12 "}, lambda row: "12" in row.feed.description),
    "text nowhere": ({"text": "elephant"}, lambda row: False),
}


@pytest.mark.parametrize("order", Order)
def test_pages_visit_each_matching_row_once_with_true_totals(company: Feed, order: Order) -> None:
    everything = list(Transaction.objects.filter(deleted_at=None))
    for name, (fields, is_wanted) in FILTERS.items():
        pages = walk(TransactionFilter(order=order, **fields))
        expected = {row.id: row for row in everything if is_wanted(row)}
        shown = [row.id for row in rows_of(pages)]
        assert len(shown) == len(expected), name
        assert set(shown) == expected.keys(), name
        for page in pages:
            totals = {(one.currency, one.count, one.money_in, one.money_out, one.net) for one in page.totals}
            assert (page.count, totals) == (len(expected), plain_totals(expected.values())), name


def plain_totals(rows: Iterable[Transaction]) -> set[tuple[str, int, int, int, int]]:
    amounts: dict[str, list[int]] = {}
    for row in rows:
        amounts.setdefault(row.currency, []).append(row.feed.minor)
    return {
        (code, len(all_), sum(one for one in all_ if one > 0), sum(one for one in all_ if one < 0), sum(all_))
        for code, all_ in amounts.items()
    }


@pytest.mark.parametrize("sealed", [False, True], ids=["by SQL", "by sheets"])
def test_orders_are_the_same_on_both_paths(company: Feed, sealed: bool) -> None:
    extra: dict[str, Any] = {"text": "payment"} if sealed else {}
    newest = [(row.date, row.id) for row in rows_of(walk(TransactionFilter(**extra)))]
    oldest = [(row.date, row.id) for row in rows_of(walk(TransactionFilter(order=Order.OLDEST, **extra)))]
    assert newest == sorted(newest, reverse=True)
    assert oldest == newest[::-1]


def test_amounts_sort_in_major_units_and_names_without_case(company: Feed) -> None:
    def size(row: TransactionRow) -> Decimal:
        return Decimal(row.minor) if row.currency == "JPY" else Decimal(row.minor) / 100

    largest = [size(row) for row in rows_of(walk(TransactionFilter(order=Order.LARGEST)))]
    assert largest == sorted(largest, reverse=True)
    assert [size(row) for row in rows_of(walk(TransactionFilter(order=Order.SMALLEST)))] == largest[::-1]
    names = [row.counterparty for row in rows_of(walk(TransactionFilter(order=Order.COUNTERPARTY)))]
    assert list(dict.fromkeys(names)) == ["acme", "Beta", "Zeta", None]


def test_accounts_categories_and_counterparties_narrow(company: Feed) -> None:
    yen = Account.objects.get(provider_id="yen")
    zeta = next(one for one in Counterparty.objects.all() if one.name == "Zeta")
    travel = category("travel")
    for wanted, is_wanted in (
        (TransactionFilter(accounts=(yen.id,)), lambda row: row.account_id == yen.id),
        (TransactionFilter(categories=(travel.id,)), lambda row: row.category_id == travel.id),
        (
            TransactionFilter(categories=(travel.id,), uncategorised=True),
            lambda row: row.category_id in (travel.id, None),
        ),
        (TransactionFilter(counterparties=(zeta.id,)), lambda row: row.feed.counterparty == zeta.code),
        (TransactionFilter(accounts=(uuid4(),)), lambda row: False),
        (TransactionFilter(counterparties=(uuid4(),)), lambda row: False),
    ):
        expected = {row.id for row in Transaction.objects.filter(deleted_at=None) if is_wanted(row)}
        for variant in (wanted, replaced(wanted, text="payment")):
            pages = walk(variant)
            assert {row.id for row in rows_of(pages)} == expected
            assert pages[0].count == len(expected)


def replaced(wanted: TransactionFilter, **fields: Any) -> TransactionFilter:
    return replace(wanted, **fields)


def test_removed_rows_are_shown_when_asked_for_and_in_no_sum(company: Feed) -> None:
    page = list_transactions(TransactionFilter(show=Show.REMOVED))
    assert [row.is_removed for row in page.rows] == [True]
    assert (page.count, page.totals) == (1, ())


@pytest.mark.parametrize("sealed", [False, True], ids=["by SQL", "by sheets"])
def test_a_cursor_whose_row_no_longer_matches_still_marks_the_place(company: Feed, sealed: bool) -> None:
    wanted = TransactionFilter(uncategorised=True, text="payment" if sealed else "")
    everything = TransactionFilter(text="payment" if sealed else "")
    page = list_transactions(everything)
    assert page.next_cursor
    following = list_transactions(everything, cursor=page.next_cursor)
    recategorise_transactions(actor=SYNC, ids=[page.next_cursor], category_id=category("rent").id)
    narrowed = list_transactions(wanted, cursor=page.next_cursor)
    uncategorised = [row.id for row in following.rows if row.category_id is None]
    assert uncategorised
    assert [row.id for row in narrowed.rows][: len(uncategorised)] == uncategorised


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("sealed", [False, True], ids=["by SQL", "by sheets"])
def test_pages_back_are_the_pages_one_came_by(company: Feed, order: Order, sealed: bool) -> None:
    wanted = TransactionFilter(order=order, text="payment" if sealed else "")
    pages = walk(wanted)
    assert len(pages) == 3
    assert pages[0].previous_cursor is None
    for page, earlier in zip(pages[:0:-1], pages[-2::-1], strict=True):
        assert page.previous_cursor == page.rows[0].id
        back = list_transactions(wanted, before=page.previous_cursor)
        assert (back.rows, back.next_cursor) == (earlier.rows, earlier.next_cursor)
        assert (back.previous_cursor is None) == (earlier is pages[0])


@pytest.mark.parametrize("sealed", [False, True], ids=["by SQL", "by sheets"])
def test_a_page_back_that_would_not_be_full_is_the_first_page(company: Feed, sealed: bool) -> None:
    wanted = TransactionFilter(text="payment" if sealed else "")
    first = list_transactions(wanted)
    for before in (first.rows[0].id, first.rows[20].id, uuid4()):
        assert list_transactions(wanted, before=before).rows == first.rows


@pytest.mark.parametrize("sealed", [False, True], ids=["by SQL", "by sheets"])
def test_after_the_last_row_the_list_begins_anew(company: Feed, sealed: bool) -> None:
    wanted = TransactionFilter(text="payment" if sealed else "")
    last = walk(wanted)[-1].rows[-1].id
    assert list_transactions(wanted, cursor=last).rows == list_transactions(wanted).rows


@pytest.mark.parametrize("sealed", [False, True], ids=["by SQL", "by sheets"])
def test_an_unknown_cursor_is_the_beginning(company: Feed, sealed: bool) -> None:
    wanted = TransactionFilter(text="payment" if sealed else "")
    assert list_transactions(wanted, cursor=uuid4()).rows == list_transactions(wanted).rows


def test_notes_and_counterparties_are_found_by_text(company: Feed) -> None:
    row = company.transaction("p10")
    write_note(actor=SYNC, transaction_id=row.id, note="Ärger mit dem FINANZAMT")
    (found,) = list_transactions(TransactionFilter(text="ärger finanzamt")).rows
    assert (found.id, found.has_note) == (row.id, True)
    assert {one.counterparty for one in list_transactions(TransactionFilter(text="ACME")).rows} == {"acme"}


@pytest.mark.parametrize("text", ["5 straße acme", "yment", "payment 5", "ACM", "5", "payment nowhere", "traß yme"])
def test_a_search_finds_the_rows_whose_words_hold_all_that_is_looked_for(company: Feed, text: str) -> None:
    rows = list_transactions(TransactionFilter()).count
    found = {row.id for page in walk(TransactionFilter(text=text)) for row in page.rows}
    everything = [row for page in walk(TransactionFilter()) for row in page.rows]
    folded = {row.id: fold(f"{row.description} {row.counterparty or ''}") for row in everything}
    assert len(folded) == rows
    assert found == {row for row, words in folded.items() if all(fold(term) in words for term in text.split())}


@pytest.mark.parametrize(
    ("moment", "last"),
    [
        (Part.TEXT, [[Part.NUMBERS, Part.WORDS, Part.TEXT], [Part.ASIDE]]),
        (Part.NUMBERS, [[Part.NUMBERS, Part.WORDS, Part.TEXT], [Part.ASIDE]]),
        (Part.ASIDE, [[Part.TEXT], list(ROWS)]),
    ],
    ids=["after words", "after texts", "before ids"],
)
def test_what_is_written_between_the_readings_of_a_search_is_found_as_it_then_is(
    company: Feed, monkeypatch: pytest.MonkeyPatch, moment: Part, last: list[list[Part]]
) -> None:
    before = list_transactions(TransactionFilter(text="straße")).count
    readings: list[list[Part]] = []

    def stream(book: Book, parts: Sequence[Part], **which: Any) -> Iterator[OpenedMonth]:
        if list(parts) == [moment] and [moment] not in readings:
            company.apply(company.row(START, -1, "Straße", provider_id="late"), gone=("p13",))
        readings.append(list(parts))
        yield from stream_sheets(book, parts, **which)

    monkeypatch.setattr(collecting, "stream_sheets", stream)
    page = list_transactions(TransactionFilter(text="straße"))
    assert readings[-2:] == last
    monkeypatch.undo()
    after = list_transactions(TransactionFilter(text="straße"))
    assert (page.count, page.totals, page.sheet_version) == (after.count, after.totals, after.sheet_version)
    assert [row.id for row in page.rows] == [row.id for row in after.rows]
    assert after.count == before


def test_a_page_is_full_though_what_was_on_it_went_between_the_readings(
    company: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    largest = TransactionFilter(order=Order.LARGEST)
    gone = [row.id for row in list_transactions(largest).rows]
    provider_ids = tuple(Transaction.objects.filter(id__in=gone).values_list("provider_id", flat=True))

    def stream(book: Book, parts: Sequence[Part], **which: Any) -> Iterator[OpenedMonth]:
        if list(parts) == [Part.ASIDE]:
            company.apply(gone=provider_ids)
        yield from stream_sheets(book, parts, **which)

    monkeypatch.setattr(collecting, "stream_sheets", stream)
    page = list_transactions(largest)
    monkeypatch.undo()
    assert len(page.rows) == 50
    assert page.rows == list_transactions(largest).rows
    assert not {row.id for row in page.rows} & set(gone)


@pytest.mark.parametrize(
    "fields",
    [{}, {"order": Order.LARGEST}, {"text": "payment"}, {"first": date(2026, 4, 7)}],
    ids=["default", "sorted", "searched", "cut"],
)
def test_a_page_takes_as_many_statements_for_many_rows_as_for_few(feed: Feed, fields: dict[str, Any]) -> None:
    wanted = TransactionFilter(**fields)
    feed.apply(*(feed.row(START, -1, "Payment", counterparty="Acme") for _ in range(2)))
    with counted_statements() as few:
        assert len(list_transactions(wanted).rows) == (0 if "first" in fields else 2)
    feed.apply(*(feed.row(START + timedelta(days=day), -1, "Payment", counterparty="Acme") for day in range(120)))
    with counted_statements() as many:
        assert len(list_transactions(wanted).rows) == 50
    assert len(many) - len(few) in (0, 1)
    assert len(many) < 9


def test_a_page_of_fifty_rows_opens_the_key_once(company: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    derive = keyring._derive

    def counted(*args: Any) -> Any:
        opened.append(args)
        return derive(*args)

    monkeypatch.setattr(keyring, "_derive", counted)
    keyring._opened.clear()
    current_scope().memo.clear()
    assert len(list_transactions(TransactionFilter(text="payment")).rows) == 50
    assert len(opened) == 1
    current_scope().memo.clear()
    list_transactions(TransactionFilter())
    assert len(opened) == 1


def test_all_matching_are_selected_unless_something_changed(company: Feed) -> None:
    for wanted in (TransactionFilter(uncategorised=True), TransactionFilter(text="payment 12")):
        page = list_transactions(wanted)
        ids = select_matching(wanted, sheet_version=page.sheet_version)
        assert len(ids) == page.count
        assert {row.id for row in page.rows} <= set(ids)
    company.apply(company.row(START, -1))
    with pytest.raises(SelectionChanged):
        select_matching(wanted, sheet_version=page.sheet_version)


def test_a_page_of_stale_sheets_says_of_when_its_figures_are(feed: Feed) -> None:
    feed.apply(feed.row(START, -1))
    assert list_transactions(TransactionFilter()).freshness.is_current
    feed.apply(feed.row(START, -2), merge=False)
    page = list_transactions(TransactionFilter())
    assert (len(page.rows), page.count) == (2, 1)
    assert page.freshness.stale_months == (date(2026, 3, 1),)
    assert page.freshness.figures_of is not None
    for month in list_stale_months(Book.BANK):
        rebuild_month(book=Book.BANK, month=month)
    assert list_transactions(TransactionFilter()).count == 2


def test_detail_opens_everything_of_one_row(company: Feed) -> None:
    row = company.transaction("p6")
    write_note(actor=SYNC, transaction_id=row.id, note="Look")
    detail = transaction_detail(row.id)
    assert detail
    assert (detail.note, detail.row.description, detail.provider_id) == ("Look", "Payment 6 Straße", "p6")
    assert detail.removed_at is None
    removed = transaction_detail(company.transaction("p1").id)
    assert removed
    assert removed.removed_because == "Withdrawn by the bank"
    assert transaction_detail(UUID(int=7)) is None


def test_nothing_yet_is_an_empty_page(feed: Feed) -> None:
    for wanted in (TransactionFilter(), TransactionFilter(text="x"), TransactionFilter(order=Order.LARGEST)):
        page = list_transactions(wanted)
        assert (page.rows, page.count, page.totals, page.next_cursor) == ((), 0, (), None)


def test_a_counterparty_that_comes_between_the_readings_is_the_last_by_name(company: Feed) -> None:
    sorting = sorting_of(Order.COUNTERPARTY)
    company.apply(company.row(START, -1, provider_id="late", counterparty="Aardvark"))
    matches = collecting.collect_matches(TransactionFilter(), read_names())
    late = company.transaction("late").id
    # Those with none have no name either, and stand among them.
    assert late in sorting.page_of(matches, 200)[-1 - 33 :]
    assert late in replace(sorting, backwards=True).page_of(matches, 200)[: 1 + 33]
    assert len(sorting.thinning(51)(matches.rows)) >= 51
    assert sorting_of(Order.COUNTERPARTY).page_of(matches, 1) == [late]


@pytest.mark.parametrize("order", [Order.COUNTERPARTY, Order.LARGEST])
def test_all_names_are_opened_once_for_a_page_that_they_sort_and_else_never(company: Feed, order: Order) -> None:
    with counted_statements() as statements:
        list_transactions(TransactionFilter(order=order))
    every = [one for one in statements if "FROM ledger_counterparty" in one and "ANY" not in one]
    assert len(every) == (order == Order.COUNTERPARTY)


def test_a_page_is_full_though_a_month_was_gone_at_the_second_reading(
    company: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    largest = TransactionFilter(order=Order.LARGEST)
    expected = list_transactions(largest).rows

    def stream(book: Book, parts: Sequence[Part], **which: Any) -> Iterator[OpenedMonth]:
        months = stream_sheets(book, parts, **which)
        if list(parts) == [Part.ASIDE]:
            next(months)
        yield from months

    monkeypatch.setattr(collecting, "stream_sheets", stream)
    assert list_transactions(largest).rows == expected
