from datetime import UTC, date, datetime, timedelta

import pytest
from django.http import QueryDict

from ledger.reports.freshness import Freshness
from ledger.views.period import read_period
from ledger.views.shown.freshness import describe_stale
from ledger.views.shown.months import last_day, name_age, name_day, name_moment, name_months, shift_month

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def test_the_year_stands_at_the_first_month_and_each_january() -> None:
    months = [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
    assert name_months(months) == ["Nov ’25", "Dec", "Jan ’26", "Feb"]


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "just now"), (12, "12 min ago"), (60, "1 h ago"), (47 * 60, "47 h ago"), (72 * 60, "3 days ago")],
)
def test_ages_are_said_as_people_say_them(minutes: int, words: str) -> None:
    assert name_age(NOW - timedelta(minutes=minutes), NOW) == words


def test_months_reach_over_years() -> None:
    assert shift_month(date(2026, 1, 31), -1) == date(2025, 12, 1)
    assert shift_month(date(2025, 12, 31), 2) == date(2026, 2, 1)
    assert last_day(date(2028, 2, 3)) == date(2028, 2, 29)


def test_days_and_moments() -> None:
    assert name_day(date(2026, 3, 4)) == "4 Mar 2026"
    assert name_moment(NOW, NOW) == "09:30 UTC"
    assert name_moment(NOW - timedelta(days=1), NOW) == "20 Nov 09:30 UTC"


def test_stale_figures_are_named_by_their_time() -> None:
    stale = (date(2026, 10, 1), date(2026, 11, 1))
    assert describe_stale(Freshness((), None, NOW), NOW) == ""
    assert "2 months are being computed anew" in describe_stale(Freshness(stale, NOW, NOW), NOW)
    assert "the figures of 09:30 UTC" in describe_stale(Freshness(stale, NOW, NOW), NOW)
    assert "still being computed" in describe_stale(Freshness(stale, None, NOW), NOW)


@pytest.mark.parametrize(
    ("today", "first"),
    [(date(2026, 4, 1), date(2026, 4, 1)), (date(2026, 3, 31), date(2025, 4, 1)), (NOW.date(), date(2026, 4, 1))],
)
def test_a_fiscal_year_begins_at_its_own_month(today: date, first: date) -> None:
    period, control = read_period(QueryDict("period=fiscal-year"), today=today, fiscal_start=4)
    assert (period.first, period.last) == (first, today.replace(day=1))
    assert [choice.label for choice in control.choices if choice.is_current] == ["This fiscal year"]
