"""What moves money without a document: the opening balances, transfers, exchange, card payments, interest, the web shop."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from integrations.sandbox.bank import Row
from integrations.sandbox.zoho.books.amounts import rate_between, split, to_base
from integrations.sandbox.zoho.books.facts import Line, Move
from integrations.sandbox.zoho.companies.cedarline.bank import BOOKS_FROM, BankRows
from integrations.sandbox.zoho.companies.cedarline.receivables import TAX_SHARE
from integrations.sandbox.zoho.companies.chart import OPENING
from integrations.sandbox.zoho.companies.rates import dollars_for

ONE = Decimal(1)
EQUIPMENT, DEPRECIATED, TAX_OWED = 288_000_00, 48_000_00, 4_150_00
EVE = BOOKS_FROM - timedelta(days=1)
OWN_KINDS = {
    "INCOME_INTEREST_EARNED": ("interest_income", "interest"),
    "INCOME_TAX_REFUND": ("tax_refund", "tax_credits"),
}


def derive(bank: BankRows) -> tuple[Move, ...]:
    return (*_opening(bank), *_transfers(bank.transfers), *_payouts(bank.payouts), *_incomes(bank.others))


def _opening(bank: BankRows) -> Iterator[Move]:
    """What the bank held on the eve, and what was owned and owed besides; euro in an entry of its own."""
    owed = _owed_for_wages(bank)
    held = {
        **{key: minor for key, minor in bank.opening.items() if key != "euro"},
        "equipment": EQUIPMENT,
        "depreciated": -DEPRECIATED,
        "sales_tax": -TAX_OWED,
        "payroll_liabilities": -owed,
    }
    lines = [_line(key, minor) for key, minor in held.items() if minor]
    lines.append(_line(OPENING, -sum(held.values())))
    yield _move("opening-usd", "opening_balance", EVE, tuple(lines), text="Opening balances")
    euro, rate = bank.opening["euro"], dollars_for("EUR", EVE)
    base = to_base(euro, rate)
    given = (Line("euro", euro, base), Line(OPENING, -euro, -base))
    yield Move("opening-eur", "opening_balance", EVE, "EUR", rate, given, text="Opening balances")


def _owed_for_wages(bank: BankRows) -> int:
    """What was owed on the eve for wages already paid: taxes that leave the bank before the first pay day of the books."""
    first = min((row.date for row in bank.wages), default=date.max)
    return -sum(
        row.minor for row in bank.others if row.date < first and ("EFTPS 941" in row.text or "WITHHOLDING" in row.text)
    )


def _transfers(rows: list[Row]) -> Iterator[Move]:
    """Two legs each; where they differ in currency the entry is in the foreign one."""
    legs: dict[tuple[date, str], list[Row]] = defaultdict(list)
    for row in rows:
        legs[row.date, row.party or ""].append(row)
    for (day, _), pair in sorted(legs.items()):
        first, second = sorted(pair, key=lambda row: row.currency)
        is_card = first.category.startswith("LOAN")
        kind, text = ("card_payment" if is_card else "transfer_fund"), first.text.capitalize()
        if first.currency == second.currency:
            lines = (_line(first.account, first.minor), _line(second.account, second.minor))
            yield _move(f"transfer-{first.key}", kind, day, lines, text=text, payee=first.party or "")
            continue
        rate = rate_between(abs(first.minor), abs(second.minor))
        given = (
            Line(first.account, first.minor, -second.minor),
            Line(second.account, -first.minor, second.minor),
        )
        yield Move(f"transfer-{first.key}", kind, day, first.currency, rate, given, payee=first.party or "", text=text)


def _payouts(rows: list[Row]) -> Iterator[Move]:
    """The web shop sells within the country, with sales tax."""
    for row in rows:
        net, tax = split(row.minor, TAX_SHARE)
        lines = (_line(row.account, row.minor), _line("card_sales", -net), _line("sales_tax", -tax))
        yield _move(
            f"payout-{row.key}", "sales_without_invoices", row.date, lines, text=row.text, payee=row.party or ""
        )


def _incomes(rows: list[Row]) -> Iterator[Move]:
    for row in rows:
        if row.category in OWN_KINDS:
            kind, account = OWN_KINDS[row.category]
            lines = (_line(row.account, row.minor), _line(account, -row.minor))
            yield _move(f"{kind}-{row.key}", kind, row.date, lines, text=row.text, payee=row.party or "")


def _move(key: str, kind: str, day: date, lines: tuple[Line, ...], **words: str) -> Move:
    return Move(key, kind, day, "USD", ONE, lines, **words)


def _line(account: str, minor: int) -> Line:
    return Line(account, minor, minor)
