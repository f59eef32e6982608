"""Profit and loss, cash and the overview, against figures worked out by hand."""

from datetime import date

import pytest

from ledger.actions import recategorise_transactions
from ledger.kinds import AccountKind, CategoryKind
from ledger.models import Transaction
from ledger.reports.cash import cash_position
from ledger.reports.choices import list_accounts, list_categories, list_counterparties
from ledger.reports.overview import Overview, overview
from ledger.reports.profit_and_loss import Figures, profit_and_loss
from tests.ledger.counting import counted_statements
from tests.ledger.people import SYNC, Feed, category, feed_account

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 21)
SALES, RENT, TRAVEL, SHIPPING = (
    "INCOME_OTHER_INCOME",
    "RENT_AND_UTILITIES_RENT",
    "TRAVEL_FLIGHTS",
    "GENERAL_SERVICES_POSTAGE_AND_SHIPPING",
)
CARD_PAYMENT, TAX = "LOAN_PAYMENTS_CREDIT_CARD_PAYMENT", "GOVERNMENT_AND_NON_PROFIT_TAX_PAYMENT"


@pytest.fixture
def company(feed: Feed) -> Feed:
    """Three months of a dollar account and a card, with a yen account beside."""
    feed.save(
        feed_account("checking", current=500_000),
        feed_account("card", kind=AccountKind.CREDIT, current=30_000),
        feed_account("yen", currency="JPY", current=9_000),
        feed_account("silent", current=None),
    )
    for month, sold in ((8, 100_000), (9, 200_000), (10, 120_000)):
        feed.apply(
            feed.row(date(2026, month, 3), sold, "Invoice paid", hint=SALES),
            feed.row(date(2026, month, 5), -30_000, "Parcels", hint=SHIPPING),
            feed.row(date(2026, month, 7), -150_000, "Office", hint=RENT),
            feed.row(date(2026, month, 9), -20_000, "Flight", account="card", hint=TRAVEL),
            feed.row(date(2026, month, 11), -20_000, "Card bill", hint=CARD_PAYMENT),
            feed.row(date(2026, month, 11), 20_000, "Card bill", account="card", hint=CARD_PAYMENT),
        )
    feed.apply(
        feed.row(date(2026, 10, 20), 5_000, "Flight refunded", account="card", hint=TRAVEL),
        feed.row(date(2026, 10, 21), -7_000, "Who knows"),
        feed.row(date(2026, 10, 22), -1_000, "Hotel, not yet posted", pending=True, hint=TRAVEL),
        feed.row(date(2026, 10, 23), -99_999, "A mistake", provider_id="gone", hint=TRAVEL),
        feed.row(date(2026, 11, 2), -40_000, "Advance tax", hint=TAX),
        feed.row(date(2026, 10, 25), -800, "Ramen", account="yen", currency="JPY", hint="FOOD_AND_DRINK_RESTAURANT"),
    )
    feed.apply(gone=("gone",))
    return feed


def test_profit_and_loss_adds_up_by_section_month_and_currency(company: Feed) -> None:
    report = profit_and_loss(first=date(2026, 9, 15), last=TODAY)
    assert report.months == (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1))
    dollars, yen = report.statements
    assert (dollars.currency, yen.currency) == ("USD", "JPY")
    by_kind = {section.kind: section for section in dollars.sections}
    assert list(by_kind) == [
        CategoryKind.INCOME,
        CategoryKind.COST_OF_SALES,
        CategoryKind.OPERATING_EXPENSE,
        CategoryKind.TAX,
        None,
    ]
    assert by_kind[CategoryKind.INCOME].posted == Figures((200_000, 120_000, 0), 320_000)
    rent, travel = by_kind[CategoryKind.OPERATING_EXPENSE].lines
    assert (rent.name, rent.posted.by_month, rent.counts) == ("Rent", (-150_000, -150_000, 0), (1, 1, 0))
    assert (travel.posted.by_month, travel.pending.by_month) == ((-20_000, -15_000, 0), (0, -1_000, 0))
    assert by_kind[None].lines[0].name == "Uncategorised"
    assert by_kind[None].lines[0].category_id is None
    assert dollars.gross_profit.by_month == (170_000, 90_000, 0)
    assert dollars.operating_profit.by_month == (0, -75_000, 0)
    assert dollars.net == Figures((0, -82_000, -40_000), -122_000)
    assert dollars.pending_net.total == -1_000
    assert yen.net.by_month == (0, -800, 0)
    assert report.freshness.is_current


def test_a_new_category_shows_in_profit_and_loss_at_once(company: Feed) -> None:
    (row,) = [one for one in Transaction.objects.all() if one.feed.description == "Who knows"]
    recategorise_transactions(actor=SYNC, ids=[row.id], category_id=category("owners").id)
    (dollars, _) = profit_and_loss(first=date(2026, 10, 1), last=date(2026, 10, 31)).statements
    assert None not in {section.kind for section in dollars.sections}
    assert dollars.net.total == -75_000


def test_a_month_without_rows_is_a_report_without_statements(feed: Feed) -> None:
    report = profit_and_loss(first=TODAY, last=TODAY)
    assert (report.months, report.statements) == ((date(2026, 11, 1),), ())


def test_cash_is_the_banks_balance_and_the_past_is_less_what_came_later(company: Feed) -> None:
    position = cash_position(today=TODAY, months=4)
    assert position.month_ends == (date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31), TODAY)
    checking, card, yen, silent = position.accounts
    # November −40,000; October 120,000 − 30,000 − 150,000 − 20,000 − 7,000; September evens out at 0.
    assert checking.history == (627_000, 627_000, 540_000, 500_000)
    # What the card owes was changed in October by the flight, its refund and the bill.
    assert card.history == (35_000, 35_000, 30_000, 30_000)
    assert yen.history == (9_800, 9_800, 9_000, 9_000)
    assert (silent.current, silent.history) == (None, (None,) * 4)
    dollars, yens = position.currencies
    assert (dollars.currency, dollars.cash, dollars.owed) == ("USD", 500_000, 30_000)
    assert dollars.history == checking.history
    assert (yens.currency, yens.cash) == ("JPY", 9_000)


def test_the_overview_says_burn_runway_flows_expenses_and_what_to_review(company: Feed) -> None:
    seen = overview(today=TODAY)
    # Net of the three full months: −100,000, 0 and −82,000.
    assert seen.burn == 82_000
    assert seen.cash_now == 500_000
    assert seen.runway
    assert seen.runway.tenths == 60
    assert seen.runway.ends_on == date(2027, 5, 25)
    assert len(seen.flows) == 13
    october = seen.flows[-2]
    assert (october.month, october.money_in, october.money_out) == (date(2026, 10, 1), 125_000, -207_000)
    assert [(one.name, one.amount) for one in seen.top_expenses] == [
        ("Rent", 450_000),
        ("Shipping and postage", 90_000),
        ("Travel", 55_000),
        ("Uncategorised", 7_000),
    ]
    assert seen.to_review == 1
    assert seen.has_transactions


def test_no_runway_before_three_full_months_or_while_earning(feed: Feed) -> None:
    assert shown(overview(today=TODAY)) == (None, None, False)
    feed.apply(feed.row(date(2026, 9, 1), -100))
    assert shown(overview(today=TODAY)) == (None, None, True)
    feed.apply(*(feed.row(date(2026, month, 2), 300) for month in (8, 9, 10)))
    assert shown(overview(today=TODAY)) == (-300, None, True)


def shown(seen: Overview) -> tuple[int | None, object, bool]:
    return seen.burn, seen.runway, seen.has_transactions


def test_reports_take_a_fixed_number_of_statements(company: Feed) -> None:
    for report, most in (
        (lambda: profit_and_loss(first=date(2024, 1, 1), last=TODAY), 2),
        (lambda: cash_position(today=TODAY), 3),
        (lambda: overview(today=TODAY), 3),
    ):
        with counted_statements() as statements:
            report()
        assert len(statements) == most


def test_forms_choose_from_what_is_in_use(company: Feed) -> None:
    assert [one.name for one in list_accounts()][:2] == ["The checking account", "The card account"]
    kinds = [one.kind for one in list_categories()]
    assert kinds == sorted(kinds, key=list(CategoryKind).index)
    assert list_counterparties() == ()
    company.apply(company.row(TODAY, 1, counterparty="zeta"), company.row(TODAY, 1, counterparty="Acme"))
    assert [one.name for one in list_counterparties()] == ["Acme", "zeta"]
