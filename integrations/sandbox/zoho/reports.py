"""The trial balance: Zoho's report of it, and one by currency for comparison."""

from integrations.sandbox.zoho import shapes
from integrations.sandbox.zoho.books.view import Books
from integrations.sandbox.zoho.query import Query

GROUPS = (
    ("Assets", ("cash", "bank", "accounts_receivable", "fixed_asset", "other_asset", "other_current_asset")),
    ("Liabilities", ("accounts_payable", "credit_card", "other_current_liability", "long_term_liability")),
    ("Equities", ("equity",)),
    ("Incomes", ("income", "other_income")),
    ("Expenses", ("expense", "cost_of_goods_sold", "other_expense")),
)


def trial_balance(books: Books, query: Query, _: str) -> dict[str, object]:
    """In the base currency, as undocumented reports have it; `to_date` is the last day that counts."""
    last = query.last or books.day
    sums = {key: sum(one.line.base for one in lines if one.entry.date <= last) for key, lines in books.ledger.items()}
    groups = []
    for name, types in GROUPS:
        rows = [
            {
                "name": account.name,
                "account_id": books.id("account", account.key),
                "account_code": account.code,
                "net_debit_total": shapes.decimal(max(sums[account.key], 0)),
                "net_credit_total": shapes.decimal(max(-sums[account.key], 0)),
            }
            for account in books.facts.accounts
            if account.type in types and account.key in sums
        ]
        groups.append({"name": name, "account_transactions": rows})
    return {"trialbalance": [{"name": "Trial Balance", "account_transactions": groups}]}


def balances(books: Books) -> list[dict[str, object]]:
    """Each account in each currency, in minor units: + debit, − credit."""
    return [
        {
            "account_id": books.id("account", key),
            "account_name": books.accounts[key].name,
            "currency": currency,
            "minor": minor,
            "base_minor": base,
        }
        for (key, currency), (minor, base) in sorted(books.balances.items())
    ]
