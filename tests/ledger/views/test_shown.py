from datetime import UTC, date, datetime

import pytest
from django.http import QueryDict

from ledger.reports.freshness import Freshness
from ledger.reports.standing import Span
from ledger.views.period import PeriodControl, read_period
from ledger.views.shown.freshness import describe_stale
from ledger.views.shown.months import last_day, name_day, name_months, name_span, shift_month

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def test_the_year_stands_at_the_first_month_and_each_january() -> None:
    months = [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
    assert name_months(months) == ["Nov ’25", "Dec", "Jan ’26", "Feb"]


def test_months_reach_over_years() -> None:
    assert shift_month(date(2026, 1, 31), -1) == date(2025, 12, 1)
    assert shift_month(date(2025, 12, 31), 2) == date(2026, 2, 1)
    assert last_day(date(2028, 2, 3)) == date(2028, 2, 29)


def test_days_and_spans_of_months() -> None:
    assert name_day(date(2026, 3, 4)) == "4 Mar 2026"
    assert name_span(Span(date(2026, 3, 1), date(2026, 4, 1))) == "Mar 2026 to Apr 2026"
    assert name_span(Span(date(2026, 3, 1), date(2026, 3, 1))) == "Mar 2026"


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
    assert period.months == Span(first, today.replace(day=1))
    assert [choice.label for choice in control.choices if choice.is_current] == ["This fiscal year"]


def test_the_last_fiscal_year_is_twelve_months_that_are_over() -> None:
    period, _ = read_period(QueryDict("period=last-fiscal-year"), today=NOW.date(), fiscal_start=4)
    assert period.months == Span(date(2025, 4, 1), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("query", "against"),
    [
        ("period=3&compare=previous", Span(date(2026, 6, 1), date(2026, 8, 1))),
        ("period=3&compare=year", Span(date(2025, 9, 1), date(2025, 11, 1))),
        ("from=2026-01&to=2026-01&compare=previous", Span(date(2025, 12, 1), date(2025, 12, 1))),
        ("from=2024-02&to=2025-01&compare=year", Span(date(2023, 2, 1), date(2024, 1, 1))),
        ("period=fiscal-year&compare=year", Span(date(2025, 4, 1), date(2025, 11, 1))),
        ("period=12", None),
        ("period=12&compare=nonsense", None),
    ],
)
def test_a_period_is_compared_with_as_many_months(query: str, against: Span | None) -> None:
    period, control = read_period(QueryDict(query), today=NOW.date(), fiscal_start=4)
    assert period.against == against
    assert control.against == (name_span(against) if against else "")


def hrefs(control: PeriodControl) -> dict[str, str]:
    return {choice.label: choice.href for choice in (*control.choices, *control.comparisons)}


def test_every_choice_keeps_the_rest_of_the_address() -> None:
    query = QueryDict("from=2026-01&to=2026-02&compare=year&on=2026-02-03")
    control = read_period(query, today=NOW.date(), fiscal_start=1)[1]
    assert hrefs(control)["12 months"] == "?period=12&compare=year&on=2026-02-03"
    assert hrefs(control)["Period before"] == "?from=2026-01&to=2026-02&compare=previous&on=2026-02-03"
    assert hrefs(control)["Nothing"] == "?from=2026-01&to=2026-02&on=2026-02-03"
    assert control.kept == (("compare", "year"), ("on", "2026-02-03"))


def test_what_makes_no_sense_is_named_and_the_default_stands_in() -> None:
    query = QueryDict("period=forever&compare=dreams")
    period, control = read_period(query, today=NOW.date(), fiscal_start=1, default="3")
    assert (period.key, period.comparison) == ("3", "")
    assert len(control.wrong) == 2
