"""The cash page's figures, worked out by hand."""

from datetime import date, timedelta

import pytest

from ledger.kinds import AccountKind
from ledger.reports.moved import Moved
from ledger.reports.position import Asked, CurrencyPosition, Position, cash_page
from ledger.reports.standing import Span
from tests.ledger.counting import counted_statements
from tests.ledger.people import Feed, feed_account

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 21)
SEPTEMBER, OCTOBER, NOVEMBER = (date(2026, month, 1) for month in (9, 10, 11))
TWO_MONTHS = Span(OCTOBER, NOVEMBER)


@pytest.fixture
def company(feed: Feed) -> Feed:
    """Two dollar accounts, a card, a loan, an investment and a euro account; one account has no balance."""
    feed.save(
        feed_account("checking", current=500_000),
        feed_account("savings", current=200_000),
        feed_account("card", kind=AccountKind.CREDIT, current=30_000),
        feed_account("loan", kind=AccountKind.LOAN, current=700_000),
        feed_account("fund", kind=AccountKind.INVESTMENT, current=900_000),
        feed_account("silent", current=None),
        feed_account("euros", currency="EUR", current=80_000),
    )
    feed.apply(
        feed.row(date(2026, 9, 10), 100_000),
        feed.row(date(2026, 10, 5), -40_000),
        feed.row(date(2026, 10, 15), 20_000, account="savings"),
        feed.row(date(2026, 10, 7), -8_000, account="card"),
        feed.row(date(2026, 10, 20), -10_000),
        feed.row(date(2026, 11, 3), -60_000),
        feed.row(date(2026, 11, 4), 6_000, account="card"),
        feed.row(date(2026, 11, 5), -99_999, provider_id="gone"),
        feed.row(date(2026, 11, 6), -1_234, account="silent"),
        feed.row(date(2026, 11, 10), -3_000, account="euros", currency="EUR"),
        feed.row(date(2026, 11, 20), -5_000, pending=True),
        feed.row(date(2026, 11, 20), 1_000, pending=True),
    )
    feed.apply(gone=("gone",))
    return feed


def ask(on: date = TODAY, period: Span = TWO_MONTHS, against: Span | None = None) -> Position:
    return cash_page(Asked(on, period, against), today=TODAY)


def dollars(report: Position) -> CurrencyPosition:
    (found,) = [one for one in report.currencies if one.currency == "USD"]
    return found


def test_today_is_what_the_bank_says(company: Feed) -> None:
    report = ask()
    assert [one.currency for one in report.currencies] == ["USD", "EUR"]
    assert dollars(report).cash.total.balance == 700_000
    assert dollars(report).owed.total.balance == 730_000
    assert dollars(report).apart.total.balance == 900_000
    assert report.currencies[1].cash.total.balance == 80_000


@pytest.mark.parametrize(
    ("on", "cash", "owed", "euros"),
    [
        (date(2026, 11, 20), (500_000, 200_000), 30_000, 80_000),
        (date(2026, 11, 3), (500_000, 200_000), 36_000, 83_000),
        (date(2026, 11, 2), (560_000, 200_000), 36_000, 83_000),
        (date(2026, 10, 31), (560_000, 200_000), 36_000, 83_000),
        (date(2026, 10, 15), (570_000, 200_000), 36_000, 83_000),
        (date(2026, 10, 14), (570_000, 180_000), 36_000, 83_000),
        (date(2026, 10, 4), (610_000, 180_000), 28_000, 83_000),
        (date(2026, 9, 9), (510_000, 180_000), 28_000, 83_000),
    ],
)
def test_a_past_day_is_todays_balance_less_what_was_posted_later(
    company: Feed, on: date, cash: tuple[int, int], owed: int, euros: int
) -> None:
    report = ask(on)
    usd = dollars(report)
    assert [one.standing.balance for one in usd.cash.accounts] == [*cash, None]
    assert usd.cash.total.balance == sum(cash)
    assert usd.owed.accounts[0].standing.balance == owed
    assert report.currencies[1].cash.total.balance == euros


def test_before_the_banks_first_row_no_balance_is_known(company: Feed) -> None:
    report = ask(date(2026, 9, 8))
    assert report.known_from == date(2026, 9, 9)
    assert dollars(report).cash.total.balance is None


def test_an_account_without_a_balance_is_in_no_sum(company: Feed) -> None:
    cash = dollars(ask()).cash
    assert [one.name for one in cash.told] == ["The checking account", "The savings account"]
    assert cash.accounts[2].standing.moved == Moved(0, -1_234, 1)
    assert cash.total.moved == Moved(20_000, -110_000, 4)


def test_money_in_and_out_lead_from_the_opening_to_the_closing_balance(company: Feed) -> None:
    usd = dollars(ask())
    checking = usd.cash.accounts[0].standing
    assert (checking.opening, checking.moved, checking.closing) == (610_000, Moved(0, -110_000, 3), 500_000)
    total = usd.cash.total
    assert total.opening == 610_000 + 180_000
    assert total.closing == 700_000 == total.opening + total.moved.net
    card = usd.owed.accounts[0].standing
    assert (card.opening, card.moved, card.closing) == (28_000, Moved(6_000, -8_000, 2), 30_000)


def test_pending_rows_stand_beside_and_in_no_balance(company: Feed) -> None:
    checking = dollars(ask()).cash.accounts[0].standing
    assert checking.pending == Moved(1_000, -5_000, 2)
    assert checking.balance == 500_000


def test_months_to_compare_with_are_summed_apart(company: Feed) -> None:
    total = dollars(ask(period=Span(NOVEMBER, NOVEMBER), against=Span(OCTOBER, OCTOBER))).cash.total
    assert total.moved == Moved(0, -60_000, 1)
    assert total.compared == Moved(20_000, -50_000, 3)


def test_a_short_period_is_drawn_day_by_day_and_ends_today(company: Feed) -> None:
    course = dollars(ask()).course
    assert [one.day for one in course] == [date(2026, 9, 30) + timedelta(days=n) for n in range(53)]
    by_day = {one.day: one.balance for one in course}
    assert by_day[date(2026, 9, 30)] == 790_000
    assert by_day[date(2026, 10, 5)] == 750_000
    assert by_day[date(2026, 10, 15)] == 770_000
    assert by_day[date(2026, 10, 31)] == 760_000
    assert by_day[TODAY] == 700_000


def test_a_long_period_is_drawn_by_its_months_and_only_as_far_back_as_is_known(company: Feed) -> None:
    course = dollars(ask(period=Span(date(2025, 12, 1), NOVEMBER))).course
    assert [(one.day, one.balance) for one in course] == [
        (date(2026, 9, 30), 790_000),
        (date(2026, 10, 31), 760_000),
        (TODAY, 700_000),
    ]


def test_a_period_that_is_over_ends_with_its_own_last_day(company: Feed) -> None:
    usd = dollars(ask(period=Span(OCTOBER, OCTOBER)))
    assert usd.cash.total.closing == 760_000
    assert usd.course[-1].day == date(2026, 10, 31)


def test_a_period_that_has_not_begun_has_nothing_in_it(company: Feed) -> None:
    usd = dollars(ask(period=Span(date(2027, 1, 1), date(2027, 2, 1))))
    assert usd.cash.total.moved == Moved()
    assert usd.cash.total.opening == usd.cash.total.closing == 700_000
    assert usd.course == ()


def test_pending_rows_are_expected_tomorrow(company: Feed) -> None:
    ahead = dollars(ask()).ahead
    assert ahead
    assert ahead.balances[:3] == (700_000, 696_000, 696_000)
    assert (ahead.lowest, ahead.lowest_on) == (696_000, TODAY + timedelta(days=1))
    assert ahead.is_known


def test_what_repeats_is_expected_and_the_lowest_point_is_named(feed: Feed) -> None:
    feed.save(feed_account("checking", current=100_000))
    feed.apply(
        *(feed.row(date(2026, month, 5), -30_000, counterparty="Landlord") for month in (8, 9, 10, 11)),
        *(feed.row(date(2026, month, 10), 25_000, counterparty="Customer") for month in (9, 10, 11)),
    )
    report = ask()
    ahead = dollars(report).ahead
    assert ahead
    landlord, customer = ahead.repeats
    assert landlord.expected == (date(2026, 12, 5), date(2027, 1, 5), date(2027, 2, 5))
    assert (landlord.amount, landlord.total) == (-30_000, -90_000)
    assert customer.expected == (date(2026, 12, 10), date(2027, 1, 10), date(2027, 2, 10))
    assert {one.code: one.name for one in report.payees} == {
        landlord.counterparty: "Landlord",
        customer.counterparty: "Customer",
    }
    # 100,000 − 30,000, + 25,000 and so on: the least is after the third rent.
    assert (ahead.lowest, ahead.lowest_on) == (60_000, date(2027, 2, 5))
    assert ahead.balances[-1] == 85_000
    assert len(ahead.weeks) == 13
    assert ahead.weeks[1].moved == Moved(0, -30_000, 1)
    assert ahead.weeks[1].balance == 70_000
    assert dollars(report).course[-1].balance == 100_000


def test_the_page_takes_a_fixed_number_of_statements(company: Feed) -> None:
    company.apply(*(company.row(date(2026, month, 5), -9_000, counterparty="Landlord") for month in (9, 10, 11)))
    for asked in (Asked(TODAY, TWO_MONTHS), Asked(date(2025, 3, 4), Span(date(2024, 1, 1), NOVEMBER), TWO_MONTHS)):
        with counted_statements() as statements:
            cash_page(asked, today=TODAY)
        assert len(statements) == 5
