from datetime import date
from itertools import count
from typing import Any

import pytest

from ledger.books_kinds import Resource, kind_of_type
from ledger.kinds import CategoryKind
from ledger.reports.books import accrual_profit_and_loss, compare_accrual_profit_and_loss, read_trial_balance
from ledger.reports.profit_and_loss import Statement
from ledger.reports.standing import Span
from tests.ledger.books.company import Books, account, connect_books, posting
from tests.ledger.counting import counted_statements

pytestmark = pytest.mark.django_db

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
ACCOUNTS = {
    "receivable": "accounts_receivable",
    "bank": "bank",
    "tax": "other_current_liability",
    "sales": "income",
    "hosting": "cost_of_goods_sold",
    "rent": "expense",
    "fx": "other_expense",
    "interest": "other_income",
}


@pytest.fixture
def ledger(books: Books) -> Books:
    """Two months of double entry in dollars and euro, with a realised exchange loss."""
    books.apply(Resource.ACCOUNTS, *(account(name, type_name) for name, type_name in ACCOUNTS.items()))
    numbers = count()

    def entry(day: date, *lines: tuple[str, int, int | None], **changes: Any) -> None:
        books.postings(
            *(
                posting(f"l{next(numbers)}", name, minor, date=day, base_minor=base, **changes)
                for name, minor, base in lines
            )
        )

    # A euro invoice at 1.10, paid in April at 1.05; a dollar invoice; rent; hosting and its refund; interest.
    entry(
        date(2026, 3, 5),
        ("receivable", 1000_00, 1100_00),
        ("sales", -900_00, -990_00),
        ("tax", -100_00, -110_00),
        currency="EUR",
    )
    entry(date(2026, 4, 7), ("bank", 1000_00, 1050_00), ("receivable", -1000_00, -1050_00), currency="EUR")
    entry(date(2026, 4, 7), ("fx", 0, 50_00), ("receivable", 0, -50_00), currency="EUR")
    entry(date(2026, 3, 31), ("receivable", 200_00, None), ("sales", -200_00, None))
    entry(date(2026, 4, 1), ("rent", 300_00, 300_00), ("bank", -300_00, -300_00))
    entry(date(2026, 3, 20), ("hosting", 80_00, 80_00), ("bank", -80_00, -80_00))
    entry(date(2026, 4, 20), ("hosting", -30_00, -30_00), ("bank", 30_00, 30_00))
    entry(date(2026, 4, 30), ("bank", 4_00, 4_00), ("interest", -4_00, -4_00))
    return books


def test_the_trial_balance_sums_to_zero_in_every_currency_and_in_base(ledger: Books) -> None:
    for last in (date(2026, 3, 10), date(2026, 3, 31), date(2026, 4, 7), date(2026, 4, 30), date(2027, 1, 1)):
        balance = read_trial_balance(last=last)
        assert balance.is_balanced
        assert [one.net for one in (*balance.currencies, *balance.bases)] == [0] * (len(balance.currencies) + 1)
        assert balance.bases[0].debit > 0


def test_each_accounts_balance_is_that_of_its_lines(ledger: Books) -> None:
    balance = read_trial_balance(last=date(2026, 4, 30))
    found = {one.name.split()[1]: one for one in balance.accounts}
    assert {name: one.base.net for name, one in found.items()} == {
        "receivable": 200_00,
        "bank": 1050_00 - 300_00 - 80_00 + 30_00 + 4_00,
        "tax": -110_00,
        "sales": -1190_00,
        "hosting": 50_00,
        "rent": 300_00,
        "fx": 50_00,
        "interest": -4_00,
    }
    assert [(one.currency, one.net) for one in found["receivable"].currencies] == [("EUR", 0), ("USD", 200_00)]
    assert [(one.debit, one.credit) for one in found["hosting"].currencies] == [(80_00, 30_00)]
    # As in a balance sheet, then as in a profit and loss.
    kinds = [one.kind for one in balance.accounts]
    assert kinds == [*[CategoryKind.ASSET] * 2, CategoryKind.LIABILITY, CategoryKind.INCOME, CategoryKind.COST_OF_SALES,
                     CategoryKind.OPERATING_EXPENSE, CategoryKind.OTHER_INCOME, CategoryKind.OTHER_EXPENSE]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "hosting"),
    [
        (date(2026, 3, 20), date(2026, 4, 19), 80_00),
        (date(2026, 3, 21), date(2026, 4, 19), 0),
        (date(2026, 3, 21), date(2026, 4, 20), -30_00),
        (date(2026, 4, 1), date(2026, 4, 30), -30_00),
        (date(2026, 4, 20), date(2026, 4, 20), -30_00),
    ],
)
def test_a_time_counts_from_its_first_day_to_its_last(ledger: Books, first: date, last: date, hosting: int) -> None:
    balance = read_trial_balance(first=first, last=last)
    found = {one.name.split()[1]: one.base.net for one in balance.accounts}
    assert found.get("hosting", 0) == hosting
    assert balance.is_balanced


def test_books_that_are_not_whole_show_it(ledger: Books) -> None:
    ledger.postings(posting("alone", "rent", 5))
    balance = read_trial_balance(last=MAY)
    assert not balance.is_balanced
    assert balance.bases[0].net == 5


def amounts(statement: Statement) -> dict[str, tuple[int, ...]]:
    return {section.title: section.posted.by_month for section in statement.sections}


# R79: the switch between cash and accrual.
def test_accrual_profit_and_loss_is_by_account_type_and_month_in_base_currency(ledger: Books) -> None:
    report = accrual_profit_and_loss(first=MARCH, last=MAY)
    assert report.months == (MARCH, APRIL, MAY)
    (statement,) = report.statements
    assert statement.currency == "USD"
    assert amounts(statement) == {
        "Income": (1190_00, 0, 0),
        "Cost of sales": (-80_00, 30_00, 0),
        "Operating expenses": (0, -300_00, 0),
        "Other income": (0, 4_00, 0),
        "Other expenses": (0, -50_00, 0),
    }
    assert statement.gross_profit.by_month == (1110_00, 30_00, 0)
    assert statement.operating_profit.by_month == (1110_00, -270_00, 0)
    assert statement.net.by_month == (1110_00, -316_00, 0)
    assert statement.pending_net.total == 0
    (line,) = statement.sections[0].lines
    assert (line.category_id, line.name, line.counts) == (ledger.account("sales").id, "The sales account", (2, 0, 0))


def test_the_net_of_profit_and_loss_is_what_the_balance_sheet_gained(ledger: Books) -> None:
    (statement,) = accrual_profit_and_loss(first=MARCH, last=MAY).statements
    balance = read_trial_balance(last=date(2026, 5, 31))
    held = [one.base.net for one in balance.accounts if one.kind in {CategoryKind.ASSET, CategoryKind.LIABILITY}]
    assert statement.net.total == sum(held)


def test_two_spans_are_compared(ledger: Books) -> None:
    comparison = compare_accrual_profit_and_loss(now=Span(APRIL, APRIL), before=Span(MARCH, MARCH))
    (statement,) = comparison.statements
    assert (statement.net.now, statement.net.before) == (-316_00, 1110_00)
    assert comparison.now == accrual_profit_and_loss(first=APRIL, last=APRIL)


def test_books_in_another_base_currency_have_a_statement_of_their_own(ledger: Books) -> None:
    europe = connect_books(ledger.workspace, "EUR")
    europe.apply(Resource.ACCOUNTS, account("sales"), account("bank", "bank"))
    europe.postings(posting("l1", "sales", -10_00, base_minor=-9_00), posting("l2", "bank", 10_00, base_minor=9_00))
    statements = accrual_profit_and_loss(first=MARCH, last=MAY).statements
    assert [(one.currency, one.net.total) for one in statements] == [("USD", 794_00), ("EUR", 9_00)]
    assert [(one.currency, one.net) for one in read_trial_balance(last=MAY).bases] == [("USD", 0), ("EUR", 0)]


def test_without_books_there_is_nothing_to_state(books: Books) -> None:
    assert accrual_profit_and_loss(first=MARCH, last=MAY).statements == ()
    assert read_trial_balance(last=MAY).accounts == ()
    assert read_trial_balance(last=MAY).is_balanced


def test_each_report_takes_three_statements(ledger: Books) -> None:
    for report in (
        lambda: accrual_profit_and_loss(first=MARCH, last=MAY),
        lambda: read_trial_balance(last=date(2026, 4, 7)),
    ):
        with counted_statements() as statements:
            report()
        assert len(statements) == 3


@pytest.mark.parametrize(
    ("type_name", "kind"),
    [
        ("income", CategoryKind.INCOME),
        ("cost_of_goods_sold", CategoryKind.COST_OF_SALES),
        ("expense", CategoryKind.OPERATING_EXPENSE),
        ("finance_income", CategoryKind.OTHER_INCOME),
        ("finance_expense", CategoryKind.OTHER_EXPENSE),
        ("tax_expense", CategoryKind.TAX),
        ("other_comprehensive_income", CategoryKind.EQUITY),
        ("accounts_payable", CategoryKind.LIABILITY),
        ("credit_card", CategoryKind.LIABILITY),
        ("lease_liability", CategoryKind.LIABILITY),
        ("accounts_receivable", CategoryKind.ASSET),
        ("stock", CategoryKind.ASSET),
        ("something_new", CategoryKind.ASSET),
    ],
)
def test_account_types_have_their_place_in_the_statements(type_name: str, kind: CategoryKind) -> None:
    assert kind_of_type(type_name) == kind
