"""Profit and loss against other months, and changes as percentages, worked out by hand."""

from datetime import date

import pytest

from ledger.kinds import CategoryKind
from ledger.reports.change import Change, NoShare
from ledger.reports.comparison import Comparison, compare_profit_and_loss
from ledger.reports.profit_and_loss import profit_and_loss
from ledger.reports.standing import Span
from tests.ledger.counting import counted_statements
from tests.ledger.people import Feed, feed_account

pytestmark = pytest.mark.django_db

OCTOBER, NOVEMBER = Span(date(2026, 10, 1), date(2026, 10, 1)), Span(date(2026, 11, 1), date(2026, 11, 1))
SALES, RENT, FLIGHTS = "INCOME_OTHER_INCOME", "RENT_AND_UTILITIES_RENT", "TRAVEL_FLIGHTS"


@pytest.fixture
def company(feed: Feed) -> Feed:
    feed.save(feed_account(), feed_account("euros", currency="EUR"))
    feed.apply(
        feed.row(date(2026, 10, 2), 100_000, hint=SALES),
        feed.row(date(2026, 10, 3), -40_000, hint=RENT),
        feed.row(date(2026, 10, 4), -9_000, hint=FLIGHTS),
        feed.row(date(2026, 11, 2), 150_000, hint=SALES),
        feed.row(date(2026, 11, 3), -50_000, hint=RENT),
        feed.row(date(2026, 11, 5), -700),
        feed.row(date(2026, 11, 6), -300, pending=True),
        feed.row(date(2026, 10, 9), -2_500, account="euros", currency="EUR", hint=RENT),
    )
    return feed


def compare(now: Span = NOVEMBER, before: Span = OCTOBER) -> Comparison:
    return compare_profit_and_loss(now=now, before=before)


def test_lines_sections_and_results_stand_side_by_side(company: Feed) -> None:
    dollars, euros = compare().statements
    by_kind = {section.kind: section for section in dollars.sections}
    assert by_kind[CategoryKind.INCOME].posted == Change(150_000, 100_000)
    rent, travel = by_kind[CategoryKind.OPERATING_EXPENSE].lines
    assert (rent.name, rent.posted, rent.has_rows) == ("Rent", Change(-50_000, -40_000), (True, True))
    assert (travel.name, travel.posted, travel.has_rows) == ("Travel", Change(0, -9_000), (False, True))
    assert by_kind[None].posted == Change(-700, 0)
    assert dollars.gross_profit == Change(150_000, 100_000)
    assert dollars.operating_profit == Change(100_000, 51_000)
    assert dollars.net == Change(99_300, 51_000)
    assert dollars.pending_net == Change(-300, 0)
    assert euros.net == Change(0, -2_500)


def test_the_figures_of_now_are_those_of_the_report_without_a_comparison(company: Feed) -> None:
    assert compare().now == profit_and_loss(first=NOVEMBER.first, last=NOVEMBER.last)


def test_months_that_overlap_are_compared_all_the_same(company: Feed) -> None:
    both = Span(OCTOBER.first, NOVEMBER.last)
    assert compare(both, OCTOBER).statements[0].net == Change(150_300, 51_000)


def test_it_takes_as_many_statements_as_the_report_alone(company: Feed) -> None:
    with counted_statements() as statements:
        compare()
    assert len(statements) == 2


@pytest.mark.parametrize(
    ("now", "before", "tenths"),
    [
        (150, 100, 500),
        (50, 100, -500),
        (100, 100, 0),
        (0, 100, -1000),
        (-120, -100, -200),
        (-80, -100, 200),
        (2, 3, -333),
        (4, 3, 333),
        (1_001, 2_000, -500),
        (2_003, 2_000, 2),
        (1_997, 2_000, -2),
        (0, 0, NoShare.FROM_NOTHING),
        (5, 0, NoShare.FROM_NOTHING),
        (-5, 100, NoShare.OTHER_SIGN),
        (100, -5, NoShare.OTHER_SIGN),
    ],
)
def test_a_change_is_a_share_of_the_older_figures_size(now: int, before: int, tenths: int | NoShare) -> None:
    assert Change(now, before).tenths == tenths
