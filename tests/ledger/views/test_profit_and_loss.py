from datetime import date

import pytest

from ledger.models import Category
from ledger.views.shown.months import last_day, name_month, shift_month
from tests.ledger.people import Feed, feed_account
from tests.ledger.views.reading import TODAY, Page
from tests.support.people import Persona

pytestmark = pytest.mark.django_db

LAST_MONTH = shift_month(TODAY, -1)
MONTH_BEFORE = shift_month(TODAY, -2)


def open_report(persona: Persona, query: str = "") -> Page:
    answer = persona.client.get(f"/w/{persona.workspace.slug}/reports/profit-and-loss/?{query}")
    assert answer.status_code == 200
    return Page(answer)


def own_months(first: date, last: date) -> str:
    return f"from={first:%Y-%m}&to={last:%Y-%m}"


@pytest.fixture
def trade(bank: Feed) -> Feed:
    with bank.scope():
        bank.save(feed_account(), feed_account("euros", currency="EUR"))
        bank.apply(
            bank.row(LAST_MONTH, 500_000, "Invoice 1", hint="INCOME_CONTRACTOR"),
            bank.row(last_day(LAST_MONTH), 250_000, "Invoice 2", hint="INCOME_CONTRACTOR"),
            bank.row(LAST_MONTH, -120_000, "Rent", hint="RENT_AND_UTILITIES_RENT"),
            bank.row(MONTH_BEFORE, -110_000, "Rent", hint="RENT_AND_UTILITIES_RENT"),
            bank.row(LAST_MONTH, 20_000, "Rent refund", hint="RENT_AND_UTILITIES_RENT"),
            bank.row(LAST_MONTH, -3_333, "Who knows"),
            bank.row(LAST_MONTH, -77_777, "To savings", hint="TRANSFER_OUT_SAVINGS"),
            bank.row(LAST_MONTH, -9_999, "Not yet", hint="RENT_AND_UTILITIES_RENT", pending=True),
            bank.row(LAST_MONTH, -4_000, "Miete", hint="RENT_AND_UTILITIES_RENT", account="euros", currency="EUR"),
        )
    return bank


def test_months_are_columns_and_the_net_is_the_sum_of_all_rows_but_transfers(alice: Persona, trade: Feed) -> None:
    page = open_report(alice, own_months(MONTH_BEFORE, LAST_MONTH))

    assert page.rows[0] == ["Category", name_month(MONTH_BEFORE), name_month(LAST_MONTH), "Total"]
    assert page.row("Sales") == ["Sales", "–", "7,500.00", "7,500.00"]
    assert page.row("Rent") == ["Rent", "−1,100.00", "−1,000.00", "−2,100.00"]
    assert page.row("Uncategorised") == ["Uncategorised", "–", "−33.33", "−33.33"]
    assert page.row("Net profit") == ["Net profit", "−1,100.00", "6,466.67", "5,366.67"]


def test_what_is_pending_stands_beside_and_in_no_figure(alice: Persona, trade: Feed) -> None:
    page = open_report(alice, own_months(LAST_MONTH, LAST_MONTH))

    assert page.row("Pending, in no figure above") == ["Pending, in no figure above", "−99.99", "−99.99"]
    assert "Not yet" in Page(alice.client.get(page.link("−99.99"))).words


def test_each_currency_has_a_statement_the_base_currency_first(alice: Persona, trade: Feed) -> None:
    page = open_report(alice, own_months(LAST_MONTH, LAST_MONTH))

    assert page.words.index("USD") < page.words.index("EUR")
    assert [row for row in page.rows if row[0] == "Rent"][1] == ["Rent", "−40.00", "−40.00"]


def test_a_figure_opens_exactly_the_rows_it_sums(alice: Persona, trade: Feed) -> None:
    page = open_report(alice, own_months(MONTH_BEFORE, LAST_MONTH))
    rows = Page(alice.client.get(page.link("−1,000.00")))

    assert rows.column(2) == ["Rent refund", "Rent"] or rows.column(2) == ["Rent", "Rent refund"]
    assert "Net −1,000.00" in rows.words


def test_every_figure_that_is_a_link_equals_the_net_behind_it(alice: Persona, trade: Feed) -> None:
    page = open_report(alice, own_months(MONTH_BEFORE, LAST_MONTH))
    figures = [(words, href) for words, href in page.links if "status=posted" in href]

    assert len(figures) >= 8
    for words, href in figures:
        assert f"Net {words}" in Page(alice.client.get(href)).words


def test_a_figure_of_an_archived_category_still_opens(alice: Persona, trade: Feed) -> None:
    with trade.scope():
        Category.objects.filter(origin="rent").update(archived_at=trade.transaction("row-1").created_at)
    page = open_report(alice, own_months(LAST_MONTH, LAST_MONTH))

    assert "Net −1,000.00" in Page(alice.client.get(page.link("−1,000.00"))).words


@pytest.mark.parametrize(("period", "months"), [("12", 12), ("24", 24), ("36", 36), ("nonsense", 12)])
def test_ready_made_periods_end_with_this_month(alice: Persona, trade: Feed, period: str, months: int) -> None:
    header = open_report(alice, f"period={period}").rows[0]

    assert len(header) == months + 2
    assert header[-2] == name_month(TODAY)


def test_the_fiscal_year_starts_with_the_workspace_own_month(alice: Persona, trade: Feed) -> None:
    with trade.scope():
        alice.workspace.fiscal_year_start_month = MONTH_BEFORE.month
        alice.workspace.save(update_fields=["fiscal_year_start_month"])

    assert open_report(alice, "period=fiscal-year").rows[0][1] == name_month(MONTH_BEFORE)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("from=2026-05&to=2026-02", "The first month comes after the last one."),
        ("from=2001-01&to=2026-02", "At most 60 months at once."),
        ("from=soon&to=2026-02", "Write the month as 2026-11."),
        ("from=0001-01&to=0001-02", "Choose a year from 1970 to 2099."),
    ],
)
def test_months_that_make_no_sense_stay_in_the_form_with_the_reason(
    alice: Persona, trade: Feed, query: str, sentence: str
) -> None:
    page = open_report(alice, query)

    assert sentence in page.words
    assert f'value="{query[5:].partition("&")[0]}"' in page.html


def test_a_period_without_rows_says_so(alice: Persona, trade: Feed) -> None:
    assert "Nothing was posted in these months" in open_report(alice, "from=1999-01&to=1999-12").words


def test_a_comparison_stands_before_the_months_with_change_and_percentage(alice: Persona, trade: Feed) -> None:
    page = open_report(alice, f"{own_months(LAST_MONTH, LAST_MONTH)}&compare=previous")
    dollars, euros = (row for row in page.rows if row[0] == "Rent" and len(row) == 5)
    compared = {row[0]: row[1:] for row in reversed(page.rows[: page.rows.index(euros)])}

    assert compared["Category"] == [name_month(LAST_MONTH), name_month(MONTH_BEFORE), "Change", "%"]
    assert dollars[1:] == ["−1,000.00", "−1,100.00", "100.00", "9.1%"]
    assert compared["Sales"] == ["7,500.00", "0.00", "7,500.00", "– there was nothing to compare with"]
    assert compared["Net profit"] == ["6,466.67", "−1,100.00", "7,566.67", "– the figure changed its sign"]
    assert "in place of a percentage: there was nothing to compare with; or the figure changed its sign." in page.words
    assert page.row("Sales") == ["Sales", *compared["Sales"]]
    assert ["Sales", "7,500.00", "7,500.00"] in page.rows
    assert f"compared with {name_month(MONTH_BEFORE)}" in page.words


def test_compared_figures_open_their_own_rows(alice: Persona, trade: Feed) -> None:
    page = open_report(alice, f"{own_months(LAST_MONTH, LAST_MONTH)}&compare=previous")

    assert "Net −1,100.00" in Page(alice.client.get(page.link("−1,100.00"))).words


def test_rows_in_the_compared_months_alone_are_still_a_report(alice: Persona, trade: Feed) -> None:
    empty = open_report(alice, own_months(TODAY, TODAY))
    page = open_report(alice, f"{own_months(TODAY, TODAY)}&compare=previous")

    assert "Nothing was posted in these months" in empty.words
    assert "Nothing was posted in these months" not in page.words
    assert page.row("Rent") == ["Rent", "0.00", "−1,000.00", "1,000.00", "100.0%"]


def test_figures_as_percentages_of_income(alice: Persona, trade: Feed) -> None:
    page = open_report(alice, f"{own_months(MONTH_BEFORE, LAST_MONTH)}&figures=income")

    assert page.row("Sales") == ["Sales", "–", "100.0%", "100.0%"]
    assert page.row("Rent") == ["Rent", "–", "−13.3%", "−28.0%"]
    assert page.row("Net profit") == ["Net profit", "–", "86.2%", "71.6%"]
    assert "each figure in percent of the income of its months" in page.words
    assert page.link("Amounts").startswith("?from=")


def test_percentages_of_income_are_compared_in_points(alice: Persona, trade: Feed) -> None:
    with trade.scope():
        trade.apply(trade.row(MONTH_BEFORE, 220_000, "Invoice 0", hint="INCOME_CONTRACTOR"))
    page = open_report(alice, f"{own_months(LAST_MONTH, LAST_MONTH)}&compare=previous&figures=income")

    assert page.row("Rent") == ["Rent", "−13.3%", "−50.0%", "36.7%"]


@pytest.mark.parametrize(("query", "sheets"), [("period=12", 0), ("period=24", 2), ("period=36", 3)])
def test_a_long_period_is_put_on_paper_in_slices_with_every_month_once(
    alice: Persona, trade: Feed, query: str, sheets: int
) -> None:
    page = open_report(alice, query)
    slices = page.html.split('<table class="table table--matrix table--slice print-only">')[1:]

    # Dollars and euros.
    assert len(slices) == sheets * 2
    if sheets:
        whole, *printed = [row for row in page.rows if row[0] == "Category"][: sheets + 1]
        assert [name for row in printed for name in row[1:]][:-1] == whole[1:-1]
        rent = [row[1:] for row in page.rows if row[0] == "Rent"]
        assert [text for row in rent[1 : sheets + 1] for text in row] == rent[0]


def test_a_period_that_is_not_offered_is_named_as_wrong(alice: Persona, trade: Feed) -> None:
    assert "There is no such period to choose." in open_report(alice, "period=nonsense").words
    assert "There is nothing of that name to compare with." in open_report(alice, "compare=nonsense").words
