"""The books behind the sandbox's Zoho: balanced in every currency, and the same company as the bank's."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from integrations.sandbox.bank import Row
from integrations.sandbox.company.cedarline import cedarline as bank
from integrations.sandbox.zoho.books.amounts import split, to_base
from integrations.sandbox.zoho.books.state import Standing
from integrations.sandbox.zoho.books.view import Books
from integrations.sandbox.zoho.companies import all_companies, cedarline
from integrations.sandbox.zoho.companies.cedarline import receivables
from tests.integrations.sandbox.zoho_reader import CEDARLINE, Reader, read
from tests.integrations.support import TODAY, Sandbox

ACCOUNTS = ("operating", "payroll", "savings", "card", "euro")


@pytest.fixture(scope="module")
def books() -> Books:
    return Books(cedarline.facts(TODAY), TODAY)


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    return {row.key: row for row in bank().rows(TODAY) if not row.pending}


@pytest.mark.parametrize("number", range(3))
def test_every_entry_is_balanced_in_its_currency_and_in_base(number: int) -> None:
    found = Books(all_companies()[number].facts(TODAY), TODAY)
    assert len(found.entries) > 300
    for entry in found.entries:
        assert sum(line.minor for line in entry.lines) == 0, entry
        assert sum(line.base for line in entry.lines) == 0, entry


def test_the_trial_balance_is_in_three_currencies_and_sums_to_zero_in_each(books: Books) -> None:
    sums: dict[str, int] = defaultdict(int)
    for (_, currency), (minor, _) in books.balances.items():
        sums[currency] += minor
    assert sums == {"USD": 0, "EUR": 0, "GBP": 0}
    assert sum(base for _, base in books.balances.values()) == 0


@pytest.mark.parametrize("days_ago", [0, 1, 30, 100])
def test_bank_accounts_in_the_books_hold_what_the_bank_says(days_ago: int) -> None:
    day = TODAY - timedelta(days=days_ago)
    found, held = Books(cedarline.facts(day), day), bank().balances(day)
    for key in ACCOUNTS:
        waiting = sum(one.minor for one in found.uncategorized.get(key, ()))
        assert found.own_balance(key) + waiting == held[key], key


def test_what_customers_paid_came_in_at_the_bank_that_day_under_their_names(books: Books, rows: dict[str, Row]) -> None:
    paid = [one for one in books.facts.payments if one.side == "customer" and one.date <= TODAY]
    for payment in paid:
        row = rows[payment.key.removeprefix("pay-")]
        assert (row.date, row.party, row.account) == (
            payment.date,
            books.contacts[payment.contact].name,
            payment.account,
        )
        assert row.minor == (payment.minor if row.currency == payment.currency else payment.base)
        assert sum(share.minor for share in payment.shares) == payment.minor
    receipts = [row for row in rows.values() if row.category == "INCOME_OTHER" and row.minor > 0]
    expected = sum(row.date >= date(2023, 12, 1) and row.party != "Paylatch" for row in receipts)
    assert len(paid) == expected


def test_payers_quote_the_number_of_their_invoice_to_the_bank(books: Books, rows: dict[str, Row]) -> None:
    single = [
        one
        for one in books.facts.payments
        if one.side == "customer" and one.date <= TODAY and books.contacts[one.contact].terms == 30
    ]
    quoted = [books.standing[one.shares[0].document].document.number in rows[one.key[4:]].text for one in single]
    assert sum(quoted) / len(quoted) > 0.95


def test_what_vendors_were_paid_left_the_bank_that_day_under_their_names(books: Books, rows: dict[str, Row]) -> None:
    paid = [one for one in books.facts.payments if one.side == "vendor" and one.date <= TODAY]
    assert len(paid) > 650
    for payment in paid:
        row = rows[payment.key.removeprefix("paid-")]
        assert (row.date, row.party) == (payment.date, books.contacts[payment.contact].name)
        assert -row.minor == (payment.minor if row.currency == payment.currency else payment.base)


def test_there_are_documents_of_every_status_in_every_currency(books: Books) -> None:
    def counted(kind: str) -> Counter[str]:
        return Counter(one.status for one in books.standing.values() if one.document.kind == kind)

    invoices, bills, notes = counted("invoice"), counted("bill"), counted("creditnote")
    assert 900 < sum(invoices.values()) < 1500
    assert 650 < sum(bills.values()) < 900
    assert {"draft", "sent", "viewed", "unpaid", "partially_paid", "overdue", "paid", "void"} == set(invoices)
    assert {"draft", "open", "overdue", "paid", "void"} == set(bills)
    assert {"open", "closed"} == set(notes)
    assert sum(one.written_off > 0 for one in books.standing.values()) > 5
    currencies = Counter((one.document.kind, one.document.currency) for one in books.standing.values())
    assert all(currencies[kind, currency] > 40 for kind in ("invoice", "bill") for currency in ("USD", "EUR", "GBP"))


def test_what_is_open_is_of_every_age(books: Books) -> None:
    late = [
        (TODAY - one.document.due).days
        for one in books.standing.values()
        if one.document.kind == "invoice" and one.is_posted and one.balance
    ]
    for first, last in ((-100, 0), (1, 30), (31, 60), (61, 90), (91, 400)):
        assert any(first <= days <= last for days in late), (first, last)


def test_the_receivables_are_the_open_invoices_less_unused_credit_notes(books: Books) -> None:
    expected = 0
    for one in books.standing.values():
        if one.document.kind != "bill" and one.is_posted:
            left = one.base - sum(settled.base for settled in one.settlements) - one.written_off_base
            expected += left if one.document.kind == "invoice" else -left
            assert (left == 0) == (one.balance == 0)
    assert books.base_balance("receivable") == expected


def test_differences_of_exchange_have_no_amount_but_in_base(books: Books) -> None:
    lines = [(one.entry, one.line) for one in books.ledger["exchange"]]
    assert {entry.currency for entry, _ in lines} == {"EUR", "GBP"}
    assert all(line.minor == 0 and line.base for _, line in lines)
    assert any(line.base > 0 for _, line in lines)
    assert any(line.base < 0 for _, line in lines)


def test_a_day_gives_the_same_books_however_it_is_reached(books: Books) -> None:
    cedarline._facts.cache_clear()
    again = Books(cedarline.facts(TODAY), TODAY)
    assert again.entries == books.entries
    # Seen from half a year later, nothing of what was there has another number, day or amount.
    later = Books(cedarline.facts(TODAY + timedelta(days=180)), TODAY)
    assert later.entries == books.entries
    assert {key: one.status for key, one in later.standing.items()} == {
        key: one.status for key, one in books.standing.items()
    }


def test_what_is_open_is_paid_as_the_days_go_on(books: Books) -> None:
    def is_regular(one: Standing) -> bool:
        return one.document.kind == "invoice" and one.document.key.startswith("inv-")

    still_open = [key for key, one in books.standing.items() if is_regular(one) and one.balance]
    assert len(still_open) > 30
    later = Books(cedarline.facts(TODAY + timedelta(days=200)), TODAY + timedelta(days=200))
    assert {later.standing[key].status for key in still_open} == {"paid"}
    # A draft that came to nothing is not there any more, a disputed invoice is given up.
    assert not [key for key, one in books.standing.items() if one.document.is_draft and key in later.standing]
    disputed = [key for key in books.standing if "disputed" in key and key.startswith("invoice")]
    assert {later.standing[key].balance for key in disputed} == {0}


def test_ids_are_unique_and_begin_alike(books: Books) -> None:
    ids = [books.id(one.document.kind, key) for key, one in books.standing.items()]
    ids += [books.id("payment", one.key) for one in books.facts.payments]
    ids += [books.id("expense", one.key) for one in books.facts.expenses]
    assert len(ids) == len(set(ids))
    assert {one[:6] for one in ids} == {"460911"}


def test_every_customer_of_the_bank_is_a_contact() -> None:
    names = {row.party for row in bank().rows(TODAY) if row.category == "INCOME_OTHER" and row.party != "Paylatch"}
    assert names <= set(receivables.BY_NAME)


def test_amounts_are_divided_without_losing_a_cent() -> None:
    assert split(100, (1, 1, 1)) == [33, 34, 33]
    assert split(-101, (1, 1)) == [-50, -51]
    assert split(0, (0, 0)) == [0, 0]
    assert to_base(12_345, Decimal("1.090001")) == 13_456


def test_the_lines_that_are_read_come_to_the_trial_balance(whole: Reader) -> None:
    reader = whole
    read_lines: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for account in reader.all("/chartofaccounts", "chartofaccounts"):
        for line in reader.all("/chartofaccounts/transactions", "transactions", account_id=account["account_id"]):
            sums = read_lines[account["account_id"], line["currency_code"]]
            for place, name in ((0, "fcy_"), (1, "")):
                debit, credit = line[f"{name}debit_amount"], line[f"{name}credit_amount"]
                assert debit == "" or credit == ""
                sums[place] += round(Decimal(str(debit or 0)) * 100) - round(Decimal(str(credit or 0)) * 100)
    expected = {(one["account_id"], one["currency"]): [one["minor"], one["base_minor"]] for one in reader.balances()}
    assert dict(read_lines) == expected
    assert len(expected) > 60


def test_the_report_says_the_same_in_base(sandbox: Sandbox) -> None:
    reader = read(sandbox, scope="ZohoBooks.reports.READ")
    (report,) = reader.get("/reports/trialbalance", to_date=TODAY.isoformat())["trialbalance"]
    rows = [row for group in report["account_transactions"] for row in group["account_transactions"]]
    base: dict[str, int] = defaultdict(int)
    for one in reader.balances():
        base[one["account_id"]] += one["base_minor"]
    assert {
        row["account_id"]: round(row["net_debit_total"] * 100) - round(row["net_credit_total"] * 100) for row in rows
    } == dict(base)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    one = Sandbox(tmp_path_factory.mktemp("books"))
    yield one
    one.stop()


@pytest.fixture(scope="module")
def whole(sandbox: Sandbox) -> Reader:
    return read(sandbox, CEDARLINE)
