"""Plaid's answers in the ledger's terms: signs, minor units, and what cannot be held exactly."""

from datetime import date
from typing import Any

import msgspec
import pytest

from integrations.plaid_feed import convert_accounts, convert_page, convert_transaction
from integrations.providers.plaid_messages import Account, SyncPage, Transaction
from ledger.kinds import AccountKind

ROW: dict[str, Any] = {
    "transaction_id": "t1",
    "account_id": "a1",
    "amount": 12.34,
    "iso_currency_code": "USD",
    "unofficial_currency_code": None,
    "date": "2026-11-02",
    "authorized_date": "2026-10-31",
    "name": "Coffee Corner",
    "pending": False,
    "pending_transaction_id": None,
    "payment_channel": "in store",
}
ACCOUNT: dict[str, Any] = {
    "account_id": "a1",
    "balances": {
        "available": 90,
        "current": 100.5,
        "limit": None,
        "iso_currency_code": "USD",
        "unofficial_currency_code": None,
    },
    "mask": "1234",
    "name": "Checking",
    "official_name": None,
    "type": "depository",
    "subtype": "checking",
}
PAGE: dict[str, Any] = {
    "accounts": [ACCOUNT],
    "added": [ROW],
    "modified": [],
    "removed": [{"transaction_id": "gone", "account_id": "a1"}],
    "next_cursor": "c",
    "has_more": False,
    "transactions_update_status": "HISTORICAL_UPDATE_COMPLETE",
    "request_id": "r",
}


def row(**changes: Any) -> Transaction:
    return msgspec.json.decode(msgspec.json.encode(ROW | changes), type=Transaction)


def account(**changes: Any) -> Account:
    return msgspec.json.decode(msgspec.json.encode(ACCOUNT | changes), type=Account)


def page(**changes: Any) -> SyncPage:
    return msgspec.json.decode(msgspec.json.encode(PAGE | changes), type=SyncPage)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        (12.34, "USD", -1234),
        (-12.34, "USD", 1234),
        (0, "USD", 0),
        (500, "JPY", -500),
        (1.234, "KWD", -1234),
        (0.1, "EUR", -10),
        (-1234567.89, "USD", 123456789),
    ],
)
def test_money_out_is_negative_and_in_whole_minor_units(amount: float, currency: str, minor: int) -> None:
    found = convert_transaction(row(amount=amount, iso_currency_code=currency))
    assert found is not None
    assert found.amount_minor == minor


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": 12.345},
        {"amount": 0.5, "iso_currency_code": "JPY"},
        {"iso_currency_code": None, "unofficial_currency_code": "BTC"},
        {"iso_currency_code": None},
        {"iso_currency_code": "usd"},
    ],
)
def test_what_cannot_be_held_exactly_is_left_out_and_counted(changes: dict[str, Any]) -> None:
    converted = convert_page(page(added=[ROW, ROW | {"transaction_id": "odd"} | changes]))
    assert [one.provider_id for one in converted.content.changes.upserts] == ["t1"]
    assert converted.skipped == 1


def test_rows_of_an_account_in_an_unknown_currency_are_left_out_with_it() -> None:
    coin = {"iso_currency_code": None, "unofficial_currency_code": "BTC"}
    vault = ACCOUNT | {"account_id": "a2", "balances": ACCOUNT["balances"] | coin}
    converted = convert_page(page(accounts=[ACCOUNT, vault], added=[ROW, ROW | {"account_id": "a2"}]))
    assert [one.provider_id for one in converted.content.accounts] == ["a1"]
    assert len(converted.content.changes.upserts) == 1
    assert converted.skipped == 1


def test_everything_else_of_a_row_arrives() -> None:
    found = convert_transaction(
        row(
            pending_transaction_id="p1",
            merchant_name="Coffee Corner Ltd",
            original_description="POS 4411 COFFEE CRNR",
            personal_finance_category={"primary": "FOOD_AND_DRINK", "detailed": "FOOD_AND_DRINK_COFFEE"},
        )
    )
    assert found is not None
    assert (found.provider_id, found.account_provider_id, found.replaces) == ("t1", "a1", "p1")
    assert (found.date, found.authorized_date) == (date(2026, 11, 2), date(2026, 10, 31))
    assert (found.description, found.counterparty) == ("Coffee Corner", "Coffee Corner Ltd")
    assert (found.memo, found.hint) == ("POS 4411 COFFEE CRNR", "FOOD_AND_DRINK_COFFEE")
    assert not found.pending


def test_a_counterparty_stands_in_for_a_merchant() -> None:
    found = convert_transaction(row(counterparties=[{"name": "Landlord", "type": "merchant"}]))
    assert found is not None
    assert found.counterparty == "Landlord"
    bare = convert_transaction(row(original_description="Coffee Corner"))
    assert bare is not None
    assert (bare.counterparty, bare.memo) == (None, None)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("depository", AccountKind.DEPOSITORY),
        ("credit", AccountKind.CREDIT),
        ("loan", AccountKind.LOAN),
        ("investment", AccountKind.INVESTMENT),
        ("brokerage", AccountKind.INVESTMENT),
        ("something new", AccountKind.OTHER),
    ],
)
def test_kinds_of_account(kind: str, expected: AccountKind) -> None:
    (found,) = convert_accounts([account(type=kind, subtype=None)])
    assert (found.kind, found.subtype) == (expected, "")


def test_balances_are_whole_or_untold() -> None:
    odd = ACCOUNT["balances"] | {"available": None, "current": 10.123, "limit": 500}
    (found,) = convert_accounts([account(balances=odd)])
    assert (found.current_minor, found.available_minor, found.limit_minor) == (None, None, 50_000)


def test_a_page_tells_only_of_accounts_that_are_new_or_changed() -> None:
    known = frozenset(convert_accounts([account()]))
    assert convert_page(page(), known).content.accounts == ()
    moved = ACCOUNT | {"balances": ACCOUNT["balances"] | {"current": 1}}
    assert len(convert_page(page(accounts=[moved]), known).content.accounts) == 1
    assert convert_page(page()).content.changes.removals == ("gone",)


def test_nothing_of_a_converted_row_is_shown_when_it_is_printed() -> None:
    found = convert_transaction(row(name="Very Private Clinic", amount=77.01))
    assert "t1" in repr(found)
    assert "Private" not in repr(found)
    assert "77" not in repr(found)
