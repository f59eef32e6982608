"""Charts of accounts in short form, and the accounts that every organisation has."""

from integrations.sandbox.zoho.books.facts import BAD_DEBT, EXCHANGE, PAYABLE, RECEIVABLE, Account

OPENING = "opening"


def system_accounts(currency: str) -> tuple[Account, ...]:
    return (
        Account(RECEIVABLE, "Accounts Receivable", "1100", "accounts_receivable", currency, is_system=True),
        Account(PAYABLE, "Accounts Payable", "2000", "accounts_payable", currency, is_system=True),
        Account(OPENING, "Opening Balance Offset", "3900", "equity", currency, is_system=True),
        Account(EXCHANGE, "Exchange Gain or Loss", "7900", "other_expense", currency, is_system=True),
        Account(BAD_DEBT, "Bad Debt", "6950", "expense", currency, is_system=True),
    )


def plain_accounts(currency: str, rows: str) -> tuple[Account, ...]:
    """One account a line: code, key, type, key of the parent or a dash, name."""
    found = []
    for row in rows.strip().splitlines():
        code, key, kind, parent, name = row.split(maxsplit=4)
        found.append(Account(key, name, code, kind, currency, None if parent == "-" else parent))
    return tuple(found)
