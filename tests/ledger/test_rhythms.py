from datetime import date, timedelta

import pytest

from ledger.reports.rhythms import Rhythm, expect_days, find_rhythm

MONDAY = date(2026, 8, 3)


def every(days: int, times: int) -> list[date]:
    return [MONDAY + timedelta(days=days * n) for n in range(times)]


def of_months(*days: str) -> list[date]:
    return [date.fromisoformat(f"2026-{day}") for day in days]


@pytest.mark.parametrize(
    ("days", "rhythm"),
    [
        (every(7, 4), Rhythm.WEEKLY),
        (of_months("08-03", "08-11", "08-17", "08-24"), Rhythm.WEEKLY),
        (every(14, 4), Rhythm.FORTNIGHTLY),
        (of_months("08-14", "08-31", "09-15", "09-30", "10-15"), Rhythm.TWICE_A_MONTH),
        (of_months("09-30", "10-15", "10-30", "11-13"), Rhythm.TWICE_A_MONTH),
        (of_months("08-01", "09-01", "10-01"), Rhythm.MONTHLY),
        (of_months("08-03", "09-01", "10-05", "11-02"), Rhythm.MONTHLY),
    ],
)
def test_days_that_follow_a_rhythm(days: list[date], rhythm: Rhythm) -> None:
    assert find_rhythm(days) == rhythm


@pytest.mark.parametrize(
    "days",
    [
        every(7, 3),
        every(14, 3),
        of_months("09-01", "10-01"),
        of_months("08-01", "09-01", "10-12"),
        of_months("08-03", "08-10", "08-21", "08-28"),
        of_months("08-01", "08-15", "09-20", "10-01"),
        every(60, 3),
        [],
    ],
)
def test_days_that_follow_none(days: list[date]) -> None:
    assert find_rhythm(days) is None


def test_weeks_and_fortnights_go_on_from_the_last_day() -> None:
    assert expect_days(Rhythm.WEEKLY, every(7, 4), date(2026, 9, 8)) == tuple(of_months("08-31", "09-07"))
    assert expect_days(Rhythm.FORTNIGHTLY, every(14, 4), date(2026, 9, 28)) == (date(2026, 9, 28),)


def test_a_month_goes_back_to_its_usual_day_after_a_weekend_moved_it() -> None:
    moved = of_months("08-03", "09-01", "10-01", "11-02")
    assert expect_days(Rhythm.MONTHLY, moved, date(2027, 1, 31)) == (date(2026, 12, 1), date(2027, 1, 1))


def test_the_end_of_a_month_stays_its_end() -> None:
    ends = of_months("08-31", "09-30", "10-31")
    assert expect_days(Rhythm.MONTHLY, ends, date(2027, 2, 28)) == (
        date(2026, 11, 30),
        date(2026, 12, 31),
        date(2027, 1, 31),
        date(2027, 2, 28),
    )


def test_twice_a_month_has_two_days_of_its_own() -> None:
    days = of_months("08-14", "08-31", "09-15", "09-30", "10-15", "10-31")
    assert expect_days(Rhythm.TWICE_A_MONTH, days, date(2026, 12, 20)) == tuple(of_months("11-15", "11-30", "12-15"))
