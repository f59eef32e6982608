"""What can be done to the books from outside, and what a reader then sees."""

from typing import Any

import pytest

from tests.integrations.sandbox.zoho_reader import EUROPE, Reader, read
from tests.integrations.support import Sandbox


@pytest.fixture
def reader(bank: Sandbox) -> Reader:
    return read(bank, EUROPE)


def open_invoice(reader: Reader) -> dict[str, Any]:
    found: dict[str, Any] = next(
        row for row in reader.get("/invoices")["invoices"] if row["balance"] == row["total"] != "0.00"
    )
    return found


def shown(reader: Reader, invoice_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in reader.get("/invoices")["invoices"] if row["invoice_id"] == invoice_id)
    return found


def receivable(reader: Reader) -> int:
    return sum(one["base_minor"] for one in reader.balances() if one["account_name"] == "Accounts Receivable")


def account_id(reader: Reader, name: str) -> str:
    accounts = reader.get("/chartofaccounts")["chartofaccounts"]
    found: str = next(row["account_id"] for row in accounts if row["account_name"] == name)
    return found


def test_a_void_invoice_leaves_the_ledger_and_counts_as_modified(reader: Reader) -> None:
    invoice, before = open_invoice(reader), receivable(reader)
    newest = reader.get("/invoices", sort_column="last_modified_time", sort_order="D")["invoices"][0]
    reader.change("void", id=invoice["invoice_id"])
    after = shown(reader, invoice["invoice_id"])
    assert (after["status"], after["balance"], after["total"]) == ("void", "0.00", invoice["total"])
    assert receivable(reader) < before
    changed = reader.get("/invoices", last_modified_time=newest["last_modified_time"])["invoices"]
    assert [row["invoice_id"] for row in changed] == [invoice["invoice_id"]]


def test_a_deleted_invoice_is_gone_without_a_word(reader: Reader) -> None:
    invoice, before = open_invoice(reader), receivable(reader)
    reader.change("delete", id=invoice["invoice_id"])
    assert invoice["invoice_id"] not in {row["invoice_id"] for row in reader.get("/invoices")["invoices"]}
    assert reader.call(f"/invoices/{invoice['invoice_id']}").json()["code"] == 1002
    assert receivable(reader) < before


def test_a_paid_invoice_that_is_deleted_leaves_its_payment_unused(reader: Reader) -> None:
    paid = next(row for row in reader.get("/invoices")["invoices"] if row["status"] == "paid")
    reader.change("delete", id=paid["invoice_id"])
    payments = reader.get("/customerpayments")["customer_payments"]
    assert [row["unused_amount"] for row in payments if row["unused_amount"]] == [float(paid["total"])]
    assert sum(one["base_minor"] for one in reader.balances()) == 0


def test_what_is_written_off_is_paid_by_nobody(reader: Reader) -> None:
    invoice = open_invoice(reader)
    reader.change("write_off", id=invoice["invoice_id"])
    after = shown(reader, invoice["invoice_id"])
    assert (after["status"], after["balance"]) == ("paid", "0.00")
    assert after["write_off_amount"] == float(invoice["total"])
    lost = [one for one in reader.balances() if one["account_name"] == "Bad Debt"]
    assert sum(one["base_minor"] for one in lost) > 0


def test_an_invoice_is_paid_in_parts(reader: Reader) -> None:
    invoice = open_invoice(reader)
    total, bank = round(float(invoice["total"]) * 100), account_id(reader, "Geschäftskonto")
    rate = str(invoice["exchange_rate"])
    reader.change("pay", id=invoice["invoice_id"], minor=1_00, account_id=bank, rate=rate)
    after = shown(reader, invoice["invoice_id"])
    assert after["status"] in {"partially_paid", "overdue"}
    assert round(float(after["balance"]) * 100) == total - 1_00
    assert after["last_payment_date"].strip()
    reader.change("pay", id=invoice["invoice_id"], minor=total - 1_00, account_id=bank, rate="1.2")
    assert shown(reader, invoice["invoice_id"])["status"] == "paid"
    assert sum(one["base_minor"] for one in reader.balances()) == 0


def test_an_invoice_and_a_bill_are_added_and_amended(reader: Reader) -> None:
    contacts = reader.get("/contacts")["contacts"]
    for kind, side, account in (("invoice", "customer", "Geräteverkauf"), ("bill", "vendor", "Bauteile")):
        contact = next(row for row in contacts if row["contact_type"] == side and row["currency_code"] == "EUR")
        order = {"contact_id": contact["contact_id"], "account_id": account_id(reader, account), "name": "NEW-1"}
        made = reader.change(kind, minor=123_45, **order)
        rows = reader.get(f"/{kind}s")[f"{kind}s"]
        row = next(row for row in rows if row[f"{kind}_id"] == made["id"])
        assert (float(row["total"]), row[f"{kind}_number"]) == (123.45, "NEW-1")
        reader.change("amend", id=made["id"], minor=200_00)
        assert float(reader.get(f"/{kind}s/{made['id']}")[kind]["total"]) == 200.0
    assert sum(one["base_minor"] for one in reader.balances()) == 0


def test_contacts_and_accounts_are_renamed_and_closed(reader: Reader) -> None:
    contact = reader.get("/contacts")["contacts"][0]["contact_id"]
    account = account_id(reader, "Miete")
    reader.change("rename", id=contact, name="Another Name")
    reader.change("deactivate", id=contact)
    reader.change("rename", id=account, name="Raummiete")
    reader.change("deactivate", id=account)
    row = next(row for row in reader.get("/contacts")["contacts"] if row["contact_id"] == contact)
    assert (row["contact_name"], row["status"]) == ("Another Name", "inactive")
    accounts = reader.get("/chartofaccounts")["chartofaccounts"]
    row = next(row for row in accounts if row["account_id"] == account)
    assert (row["account_name"], row["is_active"]) == ("Raummiete", False)


def test_changes_survive_a_restart(bank: Sandbox, reader: Reader) -> None:
    invoice = open_invoice(reader)
    reader.change("void", id=invoice["invoice_id"])
    bank.restart()
    assert shown(reader, invoice["invoice_id"])["status"] == "void"


@pytest.mark.parametrize(
    "order",
    [
        {"kind": "burn", "id": "1"},
        {"kind": "void", "id": "1"},
        {"kind": "invoice", "minor": 1},
        {"kind": "void", "id": "1", "colour": "red"},
        {"kind": "void", "id": "1", "organization_id": "2"},
    ],
)
def test_the_control_says_what_it_cannot_do(order: dict[str, object], bank: Sandbox) -> None:
    answer = bank.post("/control/zoho/changes", **{"organization_id": EUROPE, **order})
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_an_account_cannot_be_void_and_a_payment_needs_a_bank_account(reader: Reader, bank: Sandbox) -> None:
    account, invoice = account_id(reader, "Miete"), open_invoice(reader)["invoice_id"]
    for order in ({"kind": "void", "id": account}, {"kind": "pay", "id": invoice, "minor": 5}):
        assert bank.post("/control/zoho/changes", organization_id=EUROPE, **order).status_code == 400
