"""Accounts, rows and items as Plaid writes them. Amounts are positive for money out of the account."""

import json
from collections.abc import Collection
from datetime import UTC, datetime
from functools import cache

from integrations.sandbox.bank import AccountSpec, Row
from integrations.sandbox.plaid.faults import error_body
from integrations.sandbox.plaid.ids import derive_id
from integrations.sandbox.plaid.items import Item
from integrations.sandbox.plaid.world import World

PRODUCTS = ["transactions"]
NOWHERE = dict.fromkeys(("address", "city", "region", "postal_code", "country", "lat", "lon", "store_number"))
NO_PAYMENT = dict.fromkeys(
    ("by_order_of", "payee", "payer", "payment_method", "payment_processor", "ppd_id", "reason", "reference_number")
)
PRIMARIES = (
    *("INCOME", "LOAN_DISBURSEMENTS", "LOAN_PAYMENTS", "TRANSFER_IN", "TRANSFER_OUT", "BANK_FEES", "ENTERTAINMENT"),
    *("FOOD_AND_DRINK", "GENERAL_MERCHANDISE", "HOME_IMPROVEMENT", "MEDICAL", "PERSONAL_CARE", "GENERAL_SERVICES"),
    *("GOVERNMENT_AND_NON_PROFIT", "TRANSPORTATION", "TRAVEL", "RENT_AND_UTILITIES", "OTHER"),
)
# What has not been posted and not been taken back.
PENDING = """
SELECT account, coalesce(sum(minor), 0) AS minor FROM event AS e WHERE item_id = ? AND pending AND kind = 'added'
    AND NOT EXISTS (SELECT 1 FROM event AS r WHERE r.item_id = e.item_id AND r.row_key = e.row_key AND r.pending
                    AND r.kind = 'removed')
GROUP BY account
"""


def timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def transaction_id(item_id: str, key: str) -> str:
    return derive_id(item_id, "row", key)


def account_id(item_id: str, key: str) -> str:
    return derive_id(item_id, "account", key)


def account_dicts(world: World, item_id: str, *, only: Collection[str] | None = None) -> list[dict[str, object]]:
    """The item's accounts, or those of them whose keys are in `only`."""
    pending = {row["account"]: row["minor"] for row in world.store.all(PENDING, item_id)}
    rows = world.store.all("SELECT * FROM account WHERE item_id = ? ORDER BY position", item_id)
    return [
        {
            "account_id": row["id"],
            "balances": _balances(
                AccountSpec(**json.loads(row["spec"])), row["current_minor"], pending.get(row["key"], 0)
            ),
            **_identity(AccountSpec(**json.loads(row["spec"]))),
        }
        for row in rows
        if only is None or row["key"] in only
    ]


def _identity(spec: AccountSpec) -> dict[str, object]:
    return {
        "mask": spec.mask,
        "name": spec.name,
        "official_name": spec.official_name,
        "type": spec.type,
        "subtype": spec.subtype,
        "holder_category": "business",
    }


def _balances(spec: AccountSpec, current: int, pending: int) -> dict[str, object]:
    """What a card owes is positive; what may still be spent counts pending rows too."""
    is_card = spec.type == "credit"
    limit = spec.limit_minor
    return {
        "available": (limit + current + pending) / 100 if is_card and limit is not None else (current + pending) / 100,
        "current": (-current if is_card else current) / 100,
        "limit": limit / 100 if limit is not None else None,
        "iso_currency_code": spec.currency,
        "unofficial_currency_code": None,
    }


def transaction_dict(item_id: str, row: Row, *, with_text: bool) -> dict[str, object]:
    """A row as Plaid's Transaction; `with_text` adds the bank's own description."""
    text = {"original_description": row.text} if with_text else {}
    is_merchant = row.party_type == "merchant"
    return {
        "account_id": account_id(item_id, row.account),
        "account_owner": None,
        "amount": -row.minor / 100 if row.minor else 0.0,
        "authorized_date": row.authorized.isoformat() if row.authorized else None,
        "authorized_datetime": None,
        "check_number": row.check_number,
        "counterparties": [_counterparty(row)] if row.party else [],
        "date": row.date.isoformat(),
        "datetime": None,
        "iso_currency_code": row.currency,
        "location": {**NOWHERE, "city": row.city, "region": row.region, "country": "US" if row.city else None},
        "logo_url": None,
        "merchant_entity_id": _party_id(row) if row.merchant else None,
        "merchant_name": row.merchant,
        "name": row.name,
        **text,
        "payment_channel": row.channel,
        "payment_meta": {
            **NO_PAYMENT,
            "payment_method": row.method,
            "reference_number": row.reference,
            "payee": row.party if not is_merchant and row.minor < 0 else None,
            "payer": row.party if not is_merchant and row.minor > 0 else None,
        },
        "pending": row.pending,
        "pending_transaction_id": transaction_id(item_id, row.replaces) if row.replaces else None,
        "personal_finance_category": {
            "primary": _primary_of(row.category),
            "detailed": row.category,
            "confidence_level": row.confidence,
            "version": "v2",
        },
        "transaction_code": None,
        "transaction_id": transaction_id(item_id, row.key),
        "transaction_type": {"in store": "place", "online": "digital", "other": "special"}[row.channel],
        "unofficial_currency_code": None,
        "website": None,
    }


@cache
def _primary_of(detailed: str) -> str:
    return next(name for name in PRIMARIES if detailed.startswith(f"{name}_"))


def _counterparty(row: Row) -> dict[str, object]:
    return {
        "name": row.party,
        "type": row.party_type,
        "entity_id": _party_id(row),
        "website": None,
        "logo_url": None,
        "confidence_level": row.confidence,
    }


def _party_id(row: Row) -> str:
    """The same for the same party whatever the item, as Plaid's are."""
    return derive_id("parties", "party", row.party or "")


def item_dict(world: World, item: Item) -> dict[str, object]:
    error = {**error_body(item.error_code), "request_id": "", "status": 400} if item.error_code else None
    return {
        "item_id": item.id,
        "institution_id": item.institution_id,
        "institution_name": world.banks[item.institution_id].name,
        "webhook": item.webhook,
        "auth_method": None,
        "error": error,
        "available_products": [],
        "billed_products": PRODUCTS,
        "products": PRODUCTS,
        "consented_products": PRODUCTS,
        "consent_expiration_time": None,
        "update_type": "background",
    }


def item_status_dict(item: Item) -> dict[str, object]:
    is_ready = item.phase != "waiting"
    last = (
        {"sent_at": timestamp(item.last_webhook_at), "code_sent": item.last_webhook} if item.last_webhook_at else None
    )
    return {
        "transactions": {
            "last_successful_update": timestamp(item.ready_at) if is_ready else None,
            "last_failed_update": None,
        },
        "last_webhook": last,
    }
