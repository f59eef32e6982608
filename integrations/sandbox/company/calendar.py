"""Bank days of the United States, as far as a sample company needs them."""

from datetime import date, timedelta
from functools import cache

MONDAY, THURSDAY = 0, 3
FIXED_HOLIDAYS = {(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)}


def nth_weekday(year: int, month: int, weekday: int, n: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))


@cache
def is_bank_day(day: date) -> bool:
    if day.weekday() >= 5 or (day.month, day.day) in FIXED_HOLIDAYS:
        return False
    mondays = {(1, 3), (2, 3), (9, 1), (10, 2)}
    if day.weekday() == MONDAY and (day.month, (day.day - 1) // 7 + 1) in mondays:
        return False
    if day.weekday() == MONDAY and day.month == 5 and day.day > 24:
        return False
    return day != nth_weekday(day.year, 11, THURSDAY, 4)


@cache
def bank_day_after(day: date, count: int) -> date:
    """The bank day that is `count` bank days after `day`; with 0, `day` itself or the next bank day."""
    while not is_bank_day(day):
        day += timedelta(days=1)
    for _ in range(count):
        day = bank_day_after(day + timedelta(days=1), 0)
    return day


@cache
def bank_day_before(day: date) -> date:
    """The last bank day that is not after `day`."""
    while not is_bank_day(day):
        day -= timedelta(days=1)
    return day


def last_of_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def is_due(day: date, day_of_month: int) -> bool:
    """Whether a bill of that day of the month is paid on `day`: on the day itself or the next bank day."""
    nominal = day.replace(day=min(day_of_month, last_of_month(day).day))
    if bank_day_after(nominal, 0) == day:
        return True
    before = last_of_month(day.replace(day=1) - timedelta(days=1))
    return bank_day_after(before.replace(day=min(day_of_month, before.day)), 0) == day


def months_between(start: date, day: date) -> int:
    return (day.year - start.year) * 12 + day.month - start.month
