from datetime import timedelta
from typing import Any

import pytest

from ledger.models import Account, Counterparty
from tests.ledger.people import Feed, category, feed_account
from tests.ledger.views.reading import TODAY, Page
from tests.support.people import Persona

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - timedelta(days=1)


def open_list(persona: Persona, query: str = "", status: int = 200) -> Page:
    answer: Any = persona.client.get(f"/w/{persona.workspace.slug}/transactions/{query}")
    assert answer.status_code == status
    return Page(answer)


@pytest.fixture
def rows(bank: Feed) -> Feed:
    with bank.scope():
        bank.save(feed_account(), feed_account("euros", currency="EUR"))
        bank.apply(
            bank.row(TODAY, -1_250, "Kiosk", counterparty="Kiosk Ltd"),
            bank.row(YESTERDAY, 80_000, "Invoice 7", hint="INCOME_CONTRACTOR"),
            bank.row(YESTERDAY, -40_000, "Rent", hint="RENT_AND_UTILITIES_RENT", memo="Harbour street"),
            bank.row(TODAY, -700, "Train", account="euros", currency="EUR", pending=True),
        )
    return bank


def shown(page: Page) -> set[str]:
    return {cell.removesuffix(" Pending") for cell in page.column(2)}


def test_rows_are_shown_with_what_a_person_asks_of_them(alice: Persona, rows: Feed) -> None:
    page = open_list(alice)

    assert shown(page) == {"Kiosk", "Invoice 7", "Rent", "Train"}
    invoice = next(row for row in page.rows if "Invoice 7" in row)
    assert invoice[4:] == ["The checking account ····1234", "Sales", "800.00 USD"]


def test_the_strip_counts_and_sums_each_currency(alice: Persona, rows: Feed) -> None:
    words = open_list(alice).words

    assert "USD rows 3 In 800.00 Out −412.50 Net 387.50" in words
    assert "EUR rows 1 In 0.00 Out −7.00 Net −7.00" in words


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=harbour", {"Rent"}),
        ("?category=none", {"Kiosk", "Train"}),
        (f"?from={TODAY}", {"Kiosk", "Train"}),
        (f"?to={YESTERDAY}", {"Invoice 7", "Rent"}),
        ("?min=300", {"Invoice 7", "Rent"}),
        ("?max=12.50&min=8", {"Kiosk"}),
        ("?status=pending", {"Train"}),
        ("?status=posted&direction=out", {"Kiosk", "Rent"}),
        ("?currency=EUR", {"Train"}),
        ("?currency=EUR&q=t", {"Train"}),
        ("?currency=EUR&status=posted", set()),
    ],
)
def test_a_filter_narrows_rows_and_strip_alike(alice: Persona, rows: Feed, query: str, expected: set[str]) -> None:
    page = open_list(alice, query)

    assert shown(page) == expected
    assert not expected or f"{len(expected)} transaction" in page.words


def test_account_category_and_counterparty_narrow_by_id(alice: Persona, rows: Feed) -> None:
    with rows.scope():
        euros, sales = Account.objects.get(currency="EUR").id, category("sales").id
        kiosk = Counterparty.objects.get().id

    assert shown(open_list(alice, f"?account={euros}")) == {"Train"}
    assert shown(open_list(alice, f"?category={sales}&category=none")) == {"Invoice 7", "Kiosk", "Train"}
    assert shown(open_list(alice, f"?counterparty={kiosk}")) == {"Kiosk"}


def test_a_chip_names_what_narrows_and_takes_it_away(alice: Persona, rows: Feed) -> None:
    page = open_list(alice, f"?q=rent&from={YESTERDAY}&status=posted")
    chip = next(words for words, _ in page.links if words.startswith("Posted"))
    without = open_list(alice, page.link(chip))

    assert "“rent” , remove this filter" in page.words
    assert 'value="rent"' in without.html
    assert "Posted , remove this filter" not in without.words


def test_a_counterparty_in_a_row_narrows_to_itself(alice: Persona, rows: Feed) -> None:
    assert shown(open_list(alice, open_list(alice).link("Kiosk Ltd"))) == {"Kiosk"}


def test_headings_sort_and_say_so(alice: Persona, rows: Feed) -> None:
    largest = open_list(alice, open_list(alice).link("Amount"))
    smallest = open_list(alice, largest.link("Amount"))

    assert largest.column(2)[0] == "Invoice 7"
    assert 'aria-sort="descending"' in largest.html
    assert smallest.column(2)[0] == "Rent"


@pytest.mark.parametrize("size", [50, 100])
def test_pages_show_each_row_once(alice: Persona, bank: Feed, size: int) -> None:
    with bank.scope():
        bank.apply(*(bank.row(TODAY - timedelta(days=n // 3), -n - 1, f"Row {n}") for n in range(220)))
    first = page = open_list(alice) if size == 50 else open_list(alice, open_list(alice).link("100 a page"))
    seen = list[str]()
    while True:
        seen += page.column(2)
        if f"Next {size} →" not in dict(page.links):
            break
        page = open_list(alice, page.link(f"Next {size} →"))

    assert len(first.column(2)) == size
    assert sorted(seen) == sorted(f"Row {n}" for n in range(220))
    assert open_list(alice, page.link("First page")).column(2) == seen[:size]
    before_last = 220 - 220 % size
    assert open_list(alice, page.link(f"← Previous {size}")).column(2) == seen[before_last - size : before_last]
    assert "First page" not in dict(first.links)
    assert open_list(alice, first.link(f"{150 - size} a page")).column(2) == seen[: 150 - size]


def test_a_list_that_is_short_offers_no_longer_pages(alice: Persona, rows: Feed) -> None:
    assert "100 a page" not in dict(open_list(alice).links)


def test_what_was_typed_stays_when_it_makes_no_sense(alice: Persona, rows: Feed) -> None:
    page = open_list(alice, "?from=2026-05-01&to=2026-01-01&min=-4&q=rent", status=422)

    assert "This is before the first day." in page.words
    assert "Amounts are compared without their sign" in page.words
    assert 'value="rent"' in page.html
    assert 'value="2026-05-01"' in page.html


@pytest.mark.parametrize(
    "query", ["?account=x", "?category=x", "?counterparty=x", "?currency=XYZ", "?from=0001-01-01", "?rows=7"]
)
def test_a_query_that_nobody_typed_is_answered(alice: Persona, rows: Feed, query: str) -> None:
    assert "These filters cannot be applied." in open_list(alice, query, status=422).words


@pytest.mark.parametrize("query", ["?from=11/05/2026", "?to=Nov+5+2026", "?from=2026-11-01&from=yesterday"])
def test_a_day_in_other_words_is_sent_back_with_what_to_write(alice: Persona, rows: Feed, query: str) -> None:
    assert "Write the day as 2026-11-05." in open_list(alice, query, status=422).words


@pytest.mark.parametrize("query", ["?from=2026-1-5", "?from=+2026-01-05+", "?from=yesterday&from=2026-01-05"])
def test_chips_say_what_the_list_shows(alice: Persona, rows: Feed, query: str) -> None:
    assert "from 5 Jan 2026" in open_list(alice, query).words


@pytest.mark.parametrize("query", ["?after=x", "?after=00000000-0000-0000-0000-000000000000", "?changed=x"])
def test_a_cursor_that_is_no_row_is_the_beginning(alice: Persona, rows: Feed, query: str) -> None:
    assert len(shown(open_list(alice, query))) == 4


def test_three_different_sentences_stand_where_no_row_does(alice: Persona, bank: Feed) -> None:
    assert "Nothing yet" in open_list(alice).words
    with bank.scope():
        bank.apply(bank.row(TODAY, -40_000, "Rent", hint="RENT_AND_UTILITIES_RENT"))

    assert "Nothing matches" in open_list(alice, "?q=zebra").words
    assert "All caught up" in open_list(alice, "?category=none").words


def test_an_auditor_reads_without_boxes_and_choices(alice: Persona, bob: Persona, rows: Feed) -> None:
    page = open_list(bob)

    assert len(shown_to_reader := page.column(1)) == 4
    assert "Kiosk" in shown_to_reader
    assert 'type="checkbox" name="transaction"' not in page.html
    assert "<a data-categorise" not in page.html
    assert "<a data-categorise" in open_list(alice).html


def test_a_description_is_words_and_never_markup(alice: Persona, bank: Feed) -> None:
    with bank.scope():
        bank.apply(bank.row(TODAY, -1, "<script>alert(1)</script>"))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in open_list(alice).html
