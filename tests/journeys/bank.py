"""What the sandbox bank itself says of a company, read with a client of its own, apart from the product's tables."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import requests
from django.conf import settings

from config.outbound import OutboundSession
from integrations.providers.plaid import PlaidAccess, PlaidClient, allow_plaid
from integrations.providers.plaid_messages import Transaction
from integrations.providers.secret import Secret

# What the product leaves out of profit and loss, by the bank's own category: moves between a company's own accounts.
OWN_MONEY = ("TRANSFER_IN", "TRANSFER_OUT", "LOAN_PAYMENTS", "LOAN_DISBURSEMENTS")


@dataclass(frozen=True, slots=True)
class BankFigures:
    """By currency, in the bank's own decimals and the company's own sign: + is money in."""

    cash: dict[str, Decimal]
    profit: dict[str, Decimal]
    rows: int
    first: date
    last: date


def read_bank(url: str, institution: str) -> BankFigures:
    """Everything the bank has on the company, by following its own cursors from the start."""
    session = OutboundSession(allow_plaid(url, production=False), lambda call: None)
    try:
        access = PlaidAccess(url, settings.PLAID.client_id, Secret(settings.PLAID.secret))
        return _figures(PlaidClient(session, access), url, institution)
    finally:
        session.close()


def _figures(client: PlaidClient, url: str, institution: str) -> BankFigures:
    credentials = {"client_id": settings.PLAID.client_id, "secret": settings.PLAID.secret}
    body = {**credentials, "institution_id": institution, "initial_products": ["transactions"]}
    made = requests.post(f"{url}/sandbox/public_token/create", json=body, timeout=60).json()
    token = client.exchange(Secret(made["public_token"])).access_token
    cash: dict[str, Decimal] = defaultdict(Decimal)
    for account in client.get_accounts(token).accounts:
        if account.type == "depository":
            cash[account.balances.iso_currency_code or ""] += account.balances.current or 0
    rows = _all_rows(client, token)
    profit: dict[str, Decimal] = defaultdict(Decimal)
    posted = [row for row in rows.values() if not row.pending]
    for row in posted:
        category = row.personal_finance_category
        if category is None or category.primary not in OWN_MONEY:
            profit[row.iso_currency_code or ""] -= row.amount
    days = [row.date for row in posted]
    return BankFigures(dict(cash), dict(profit), len(rows), min(days), max(days))


def _all_rows(client: PlaidClient, token: Secret) -> dict[str, Transaction]:
    rows: dict[str, Transaction] = {}
    cursor: str | None = None
    complete = False
    while not complete:
        page = client.sync_transactions(token, cursor)
        rows |= {row.transaction_id: row for row in (*page.added, *page.modified)}
        for gone in page.removed:
            rows.pop(gone.transaction_id, None)
        cursor = page.next_cursor or cursor
        complete = not page.has_more and page.transactions_update_status == "HISTORICAL_UPDATE_COMPLETE"
    return rows
