from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

from integrations.sandbox.bank import Row
from integrations.sandbox.company import cedarline, payroll, tidewater
from integrations.sandbox.company.calendar import bank_day_after, bank_day_before, is_bank_day, is_due, last_of_month
from integrations.sandbox.company.cedarline import OPENING
from integrations.sandbox.company.simulation import CompanyBank
from tests.integrations.support import TODAY

START = TODAY - timedelta(days=1096)


@pytest.fixture(scope="module")
def bank() -> CompanyBank:
    return cedarline.cedarline()


@pytest.fixture(scope="module")
def rows(bank: CompanyBank) -> list[Row]:
    return list(bank.rows(TODAY))


def test_a_day_gives_the_same_rows_however_it_is_reached(bank: CompanyBank) -> None:
    fresh = cedarline.cedarline.__wrapped__()
    for day in (TODAY - timedelta(days=400), TODAY):
        assert list(fresh.rows(day)) == list(bank.rows(day))


def test_long_history_has_about_nine_thousand_rows_and_first_harbor_six_hundred(rows: list[Row]) -> None:
    assert 8_500 < sum(row.date >= START for row in rows) < 9_800
    small = tidewater.tidewater().rows(TODAY)
    assert 540 < sum(row.date >= TODAY - timedelta(days=730) for row in small) < 660


def test_yesterday_and_the_changes_of_a_day_give_today(bank: CompanyBank) -> None:
    day = TODAY - timedelta(days=40)
    standing = {row.key: row for row in bank.rows(day)}
    while day < TODAY:
        day += timedelta(days=1)
        for change in bank.changes(day):
            if change.kind == "removed":
                del standing[change.row.key]
            else:
                assert (change.row.key in standing) == (change.kind == "modified")
                standing[change.row.key] = change.row
    expected = {row.key: facts(row) for row in bank.rows(TODAY)}
    assert {key: facts(row) for key, row in standing.items()} == expected


def facts(row: Row) -> tuple[object, ...]:
    return row.account, row.minor, row.date, row.pending, row.name, row.category


def test_no_account_is_ever_overdrawn(bank: CompanyBank, rows: list[Row]) -> None:
    for company, opening in ((bank, OPENING), (tidewater.tidewater(), {"checking": 38_400_00, "savings": 9_500_00})):
        held = defaultdict(int, opening)
        for row in (row for row in company.rows(TODAY) if not row.pending):
            held[row.account] += row.minor
            if row.account in opening and row.account != "card":
                assert held[row.account] >= 0, (company.name, row.account, row.date)


def test_balances_are_opening_plus_posted_rows(bank: CompanyBank, rows: list[Row]) -> None:
    for key, opening in OPENING.items():
        moved = sum(row.minor for row in rows if row.account == key and not row.pending)
        assert bank.balances(TODAY)[key] == opening + moved


def test_transfers_between_own_accounts_come_in_pairs(rows: list[Row]) -> None:
    legs: dict[tuple[date, str], list[int]] = defaultdict(list)
    for row in rows:
        if row.category.startswith(("TRANSFER_", "LOAN_PAYMENTS_CREDIT")) and row.currency == "USD":
            legs[row.date, row.party or ""].append(row.minor)
    exchanged = {key: minors for key, minors in legs.items() if key[1] == "Currency exchange"}
    own = {key: minors for key, minors in legs.items() if key not in exchanged}
    assert len(own) > 100
    assert all(sum(minors) == 0 and len(minors) == 2 for minors in own.values())
    assert len(exchanged) == sum(row.party == "Currency exchange" and row.currency == "EUR" for row in rows)


def test_the_company_grows_and_has_its_seasons(rows: list[Row]) -> None:
    income: dict[int, int] = defaultdict(int)
    for row in rows:
        if row.category == "INCOME_OTHER" and row.currency == "USD":
            income[row.date.year * 12 + row.date.month] += row.minor
    years = [sum(income[2024 * 12 + 12 * year + month] for month in range(12)) for year in range(1, 3)]
    assert years[1] > years[0]
    assert income[2025 * 12 + 12] > income[2025 * 12 + 7] > 100_000_00


def test_everyone_is_paid_on_a_bank_day_from_an_account_that_was_funded(rows: list[Row]) -> None:
    paid = [row for row in rows if row.account == "payroll" and row.category == "INCOME_SALARY"]
    assert all(is_bank_day(row.date) and row.minor < 0 for row in paid)
    for day in {row.date for row in paid}:
        assert day == payroll.pay_day(day)
        funded = bank_day_before(day - timedelta(days=1))
        total = sum(row.minor for row in paid if row.date == day)
        assert [row.minor for row in rows if row.account == "payroll" and row.date == funded] == [-total]


def test_it_has_everything_a_company_has(rows: list[Row]) -> None:
    details = {row.category for row in rows}
    for wanted in (
        *("INCOME_OTHER", "INCOME_SALARY", "INCOME_INTEREST_EARNED", "INCOME_TAX_REFUND", "RENT_AND_UTILITIES_RENT"),
        *("GOVERNMENT_AND_NON_PROFIT_TAX_PAYMENT", "BANK_FEES_OTHER_BANK_FEES", "BANK_FEES_FOREIGN_TRANSACTION_FEES"),
        *("LOAN_PAYMENTS_CREDIT_CARD_PAYMENT", "TRANSFER_IN_SAVINGS", "GENERAL_SERVICES_OTHER_GENERAL_SERVICES"),
    ):
        assert wanted in details
    assert any(row.category == "INCOME_OTHER" and row.minor < 0 for row in rows)
    assert any(row.account == "card" and row.minor > 0 and row.merchant for row in rows)
    assert len({row.merchant for row in rows}) > 60
    assert len({row.party for row in rows if row.category == "INCOME_OTHER"}) > 50


def test_only_the_last_days_are_pending(rows: list[Row]) -> None:
    pending = [row for row in rows if row.pending]
    assert pending
    assert all(TODAY - row.date < timedelta(days=7) for row in pending)


def test_bank_days() -> None:
    assert not any(map(is_bank_day, (date(2026, 11, 26), date(2026, 12, 25), date(2026, 5, 25), date(2026, 11, 21))))
    assert is_bank_day(date(2026, 11, 20))
    assert bank_day_after(date(2026, 11, 21), 0) == date(2026, 11, 23)
    assert bank_day_after(date(2026, 11, 25), 1) == date(2026, 11, 27)
    assert bank_day_before(date(2026, 11, 22)) == date(2026, 11, 20)
    assert last_of_month(date(2028, 2, 3)) == date(2028, 2, 29)


@pytest.mark.parametrize("day_of_month", [1, 15, 28, 31])
def test_a_monthly_bill_is_due_once_a_month(day_of_month: int) -> None:
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(1096)]
    due = [day for day in days if is_due(day, day_of_month)]
    # The bill of the last day of 2023 can fall into the first days of 2024.
    assert len(due) in {36, 37}
    assert all(timedelta(days=25) < later - earlier < timedelta(days=37) for earlier, later in pairwise(due))
