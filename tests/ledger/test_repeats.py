"""What is taken for something that repeats, and what is not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from ledger.reports.movements import Rows
from ledger.reports.repeats import MOST, Repeat, find_repeats
from ledger.reports.rhythms import Rhythm
from ledger.sheets.parts import day_number

TODAY = date(2026, 11, 21)
UNTIL = TODAY + timedelta(days=91)
MONTHLY = [date(2026, month, 5) for month in (8, 9, 10, 11)]


@dataclass(frozen=True, slots=True)
class Row:
    day: date
    minor: int
    payee: int = 1
    account: int = 1
    pending: bool = False
    transfer: bool = False


def find(*rows: Row) -> tuple[Repeat, ...]:
    ordered = sorted(rows, key=lambda row: row.day)
    return find_repeats(
        Rows(
            day=np.array([day_number(row.day) for row in ordered], "<i4"),
            account=np.array([row.account for row in ordered], "<i4"),
            counterparty=np.array([row.payee for row in ordered], "<i4"),
            minor=np.array([row.minor for row in ordered], "<i8"),
            is_pending=np.array([row.pending for row in ordered], bool),
            is_transfer=np.array([row.transfer for row in ordered], bool),
        ),
        (1, 2, 3, 4),
        today=TODAY,
        until=UNTIL,
    )


def on(days: Sequence[date], minor: int, payee: int = 1, account: int = 1) -> list[Row]:
    return [Row(day, minor, payee, account) for day in days]


def test_a_monthly_rent_is_expected_at_its_last_amount() -> None:
    (rent,) = find(*on(MONTHLY[:2], -100_000), *on(MONTHLY[2:], -103_000))
    assert rent.rhythm == Rhythm.MONTHLY
    assert rent.days == tuple(MONTHLY)
    assert rent.amount == -103_000
    assert rent.expected == (date(2026, 12, 5), date(2027, 1, 5), date(2027, 2, 5))


def test_three_months_are_enough_and_two_are_not() -> None:
    assert find(*on(MONTHLY[1:], -500))
    assert not find(*on(MONTHLY[2:], -500))


def test_money_that_comes_in_every_week_is_found_too() -> None:
    (fees,) = find(*on([TODAY - timedelta(days=7 * n) for n in range(8)], 4_000))
    assert (fees.rhythm, fees.expected[0], len(fees.expected)) == (Rhythm.WEEKLY, TODAY + timedelta(days=7), 13)


def test_amounts_that_vary_are_not_expected() -> None:
    days = zip(MONTHLY, (-100_000, -120_000, -90_000, -101_000), strict=True)
    assert not find(*(Row(day, minor) for day, minor in days))


def test_irregular_days_are_not_expected() -> None:
    assert not find(*on([date(2026, 8, 5), date(2026, 8, 22), date(2026, 10, 19), date(2026, 11, 5)], -500))


def test_two_subscriptions_to_one_supplier_are_told_apart_by_their_amounts() -> None:
    found = find(*on(MONTHLY, -2_000), *on([day + timedelta(days=6) for day in MONTHLY], -9_900))
    assert [one.amount for one in found] == [-2_000, -9_900]


def test_other_payments_to_the_same_counterparty_do_not_hide_it() -> None:
    (rent,) = find(*on(MONTHLY, -100_000), Row(date(2026, 9, 17), -7_345), Row(date(2026, 10, 28), -60_011))
    assert rent.days == tuple(MONTHLY)


def test_several_rows_on_a_day_are_one_time() -> None:
    (pay,) = find(*on(MONTHLY, -50_000), *on(MONTHLY, -51_000))
    assert (len(pay.days), pay.amount) == (4, -101_000)


def test_a_refund_is_not_a_payment() -> None:
    (rent,) = find(*on(MONTHLY, -100_000), Row(date(2026, 10, 6), 100_000))
    assert rent.amounts == (-100_000,) * 4


def test_different_accounts_and_counterparties_are_not_put_together() -> None:
    assert not find(*(Row(day, -500, payee=number) for number, day in enumerate(MONTHLY, start=1)))
    assert not find(*(Row(day, -500, account=number) for number, day in enumerate(MONTHLY, start=1)))


def test_a_row_without_a_counterparty_is_never_expected() -> None:
    assert not find(*on(MONTHLY, -500, payee=0))


def test_what_is_late_is_awaited_for_a_week_and_then_given_up() -> None:
    late = [day.replace(day=18) for day in (date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1))]
    assert find(*on(late, -500))[0].expected[0] == date(2026, 11, 18)
    given_up = [day.replace(day=12) for day in late]
    assert not find(*on(given_up, -500))


def test_a_pending_row_is_this_months_payment() -> None:
    days = [day.replace(day=20) for day in MONTHLY]
    (rent,) = find(*on(days[:-1], -500), Row(days[-1], -500, pending=True))
    assert rent.expected[0] == date(2026, 12, 20)


def test_moves_between_two_of_the_accounts_change_no_cash() -> None:
    out = [Row(day, -70_000, payee=3, transfer=True) for day in MONTHLY]
    back = [Row(day + timedelta(days=1), 70_000, payee=4, account=2, transfer=True) for day in MONTHLY]
    assert not find(*out, *back)
    assert len(find(*out)) == 1


def test_what_is_moved_to_an_account_that_is_not_looked_at_is_a_payment() -> None:
    out = [Row(day, -70_000, payee=3, transfer=True) for day in MONTHLY]
    to_a_card = [Row(day, 70_000, payee=3, account=9, transfer=True) for day in MONTHLY]
    (payment,) = find(*out, *to_a_card)
    assert payment.account == 1


def test_a_busy_counterparty_is_not_looked_at() -> None:
    weeks = [TODAY - timedelta(days=7 * n) for n in range(8)]
    others = [Row(TODAY - timedelta(days=n), -(10**n)) for n in range(1, MOST - 7)]
    assert len(find(*on(weeks, -500), *others)) == 1
    assert not find(*on(weeks, -500), *others, Row(TODAY, -(10**17)))


def test_nothing_repeats_where_nothing_is() -> None:
    assert find() == ()
