"""The lists of the sandbox's Zoho: their fields, pages, filters, and what one needs to read them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.integrations.sandbox import zoho_fields
from tests.integrations.sandbox.zoho_reader import BULK, CEDARLINE, EUROPE, Reader, read
from tests.integrations.support import Sandbox

NAMES = {path: path[1:] for path in zoho_fields.LISTS}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    one = Sandbox(tmp_path_factory.mktemp("zoho"))
    yield one
    one.stop()


@pytest.fixture(scope="module")
def cedarline(sandbox: Sandbox) -> Reader:
    return read(sandbox)


@pytest.fixture(scope="module")
def europe(sandbox: Sandbox) -> Reader:
    return read(sandbox, EUROPE)


@pytest.mark.parametrize("path", zoho_fields.LISTS)
def test_every_row_of_a_list_has_its_fields(path: str, cedarline: Reader) -> None:
    rows = cedarline.all(path, NAMES[path])
    assert rows
    assert not [wrong for row in rows if (wrong := zoho_fields.wrong_fields(row, zoho_fields.LISTS[path]))]


def test_the_check_of_fields_finds_what_is_wrong() -> None:
    fields = {"date": zoho_fields.is_day, "total": zoho_fields.is_number, "note": zoho_fields.is_text}
    assert zoho_fields.wrong_fields({"date": "2026-1-1", "total": "1"}, fields) == ["date", "total", "note"]


def test_the_organisations_have_their_fields(cedarline: Reader) -> None:
    (row,) = cedarline.get("/organizations")["organizations"]
    assert zoho_fields.wrong_fields(row, zoho_fields.ORGANIZATION) == []
    assert (row["organization_id"], row["currency_code"]) == (CEDARLINE, "USD")


def test_lines_of_an_account_have_their_fields(cedarline: Reader) -> None:
    for account in cedarline.get("/chartofaccounts")["chartofaccounts"][:12]:
        lines = cedarline.get("/chartofaccounts/transactions", account_id=account["account_id"])["transactions"]
        assert not [wrong for line in lines if (wrong := zoho_fields.wrong_fields(line, zoho_fields.LINE))]
        assert {line["account_id"] for line in lines} <= {account["account_id"]}


def test_pages_are_wrapped_in_each_of_the_ways(cedarline: Reader) -> None:
    def context(path: str, **more: object) -> Any:
        return cedarline.get(path, per_page=5, **more).get("page_context", "absent")

    for path in ("/invoices", "/expenses"):
        (only,) = context(path)
        assert only["has_more_page"] is True
    for path in ("/contacts", "/bills", "/customerpayments", "/creditnotes"):
        assert (context(path)["per_page"], context(path)["page"]) == (5, 1)
    for path in ("/chartofaccounts", "/vendorpayments", "/bankaccounts", "/banktransactions", "/journals"):
        assert context(path) == "absent"


def test_the_specification_and_the_wire_name_payments_differently(cedarline: Reader, europe: Reader) -> None:
    assert "customerpayments" in cedarline.get("/customerpayments")
    assert "customer_payments" in europe.get("/customerpayments")


def test_pages_give_every_row_once(cedarline: Reader) -> None:
    rows = [row["bill_id"] for page in range(1, 9) for row in cedarline.get("/bills", page=page, per_page=100)["bills"]]
    assert len(rows) == len(set(rows)) == len(cedarline.all("/bills", "bills"))
    assert cedarline.get("/bills", page=9, per_page=100)["bills"] == []
    assert cedarline.get("/bills", page=8, per_page=100)["page_context"]["has_more_page"] is False


def test_no_page_has_more_than_200_rows(cedarline: Reader) -> None:
    assert len(cedarline.get("/invoices", per_page=1000)["invoices"]) == 200
    assert len(cedarline.get("/invoices")["invoices"]) == 200
    assert cedarline.call("/invoices", page=0).json()["code"] == 2
    assert cedarline.call("/invoices", per_page="many").json()["code"] == 2


def test_what_was_modified_is_asked_for_by_its_moment(sandbox: Sandbox, europe: Reader) -> None:
    newest = europe.get("/bills", sort_column="last_modified_time", sort_order="D")["bills"]
    moment = datetime.strptime(newest[10]["last_modified_time"], "%Y-%m-%dT%H:%M:%S%z")
    after = [
        row["bill_id"] for row in europe.get("/bills", last_modified_time=newest[10]["last_modified_time"])["bills"]
    ]
    assert set(after) == {row["bill_id"] for row in newest if later(row, moment)}
    assert len(after) == 10
    # Lists that do not have this filter pass over it, and a plus that was not escaped is refused.
    everything = europe.get("/contacts", last_modified_time="2099-01-01T00:00:00+0000")["contacts"]
    assert len(everything) == 9
    unescaped = (
        f"{sandbox.url}/zoho/books/v3/bills?organization_id={EUROPE}&last_modified_time=2026-01-01T00:00:00+0100"
    )
    headers = {"Authorization": f"Zoho-oauthtoken {europe.access_token}"}
    assert requests.get(unescaped, headers=headers, timeout=10).json()["code"] == 2


def later(row: dict[str, Any], moment: datetime) -> bool:
    return datetime.strptime(row["last_modified_time"], "%Y-%m-%dT%H:%M:%S%z") > moment


@pytest.mark.parametrize("names", [("date_start", "date_end"), ("date.start", "date.end")])
def test_days_can_be_chosen(names: tuple[str, str], cedarline: Reader) -> None:
    days = {names[0]: "2026-03-05", names[1]: "2026-03-20"}
    rows = cedarline.all("/invoices", "invoices", **days)
    every = cedarline.all("/invoices", "invoices")
    assert rows
    assert len(rows) == sum("2026-03-05" <= row["date"] <= "2026-03-20" for row in every)
    outside = cedarline.all("/invoices", "invoices", date_after="2026-03-05", date_before="2026-03-20")
    assert len(outside) == sum("2026-03-05" < row["date"] < "2026-03-20" for row in every)


def test_ids_are_text_or_numbers_and_longer_than_a_double_can_hold(cedarline: Reader) -> None:
    invoice = cedarline.get("/invoices", per_page=1)["invoices"][0]
    payment = cedarline.get("/customerpayments", per_page=1)["customerpayments"][0]
    assert isinstance(invoice["invoice_id"], str)
    assert isinstance(payment["payment_id"], int)
    assert int(invoice["invoice_id"]) > 2**53
    assert int(float(payment["payment_id"])) != payment["payment_id"] or payment["payment_id"] > 2**53


def test_an_invoice_a_bill_and_a_journal_are_shown_with_their_lines(cedarline: Reader) -> None:
    invoice = cedarline.get("/invoices")["invoices"][3]
    shown = cedarline.get(f"/invoices/{invoice['invoice_id']}")["invoice"]
    assert sum(line["item_total"] for line in shown["line_items"]) == pytest.approx(float(invoice["total"]))
    bill = cedarline.get("/bills")["bills"][3]
    assert cedarline.get(f"/bills/{bill['bill_id']}")["bill"]["line_items"]
    journal = cedarline.get("/journals")["journals"][0]
    assert "line_items" not in journal
    lines = cedarline.get(f"/journals/{journal['journal_id']}")["journal"]["line_items"]
    signs = {"debit": 1, "credit": -1}
    assert round(sum(signs[line["debit_or_credit"]] * line["amount"] for line in lines), 2) == 0
    for path in ("/invoices/1", "/bills/1", "/journals/1"):
        answer = cedarline.call(path)
        assert (answer.status_code, answer.json()["code"]) == (404, 1002)


def test_only_zohos_own_scheme_opens_the_data(sandbox: Sandbox, cedarline: Reader) -> None:
    url = f"{sandbox.url}/zoho/books/v3/invoices"
    params = {"organization_id": CEDARLINE}
    for header in (f"Bearer {cedarline.access_token}", "Zoho-oauthtoken guess", ""):
        answer = requests.get(url, params=params, headers={"Authorization": header}, timeout=10)
        assert (answer.status_code, answer.json()["code"]) == (401, 14)


def test_an_organisation_has_to_be_named_and_to_be_the_persons_own(cedarline: Reader) -> None:
    for name in ("", EUROPE, "1"):
        answer = cedarline.call("/invoices", organization_id=name)
        assert (answer.status_code, answer.json()["code"]) == (400, 6041)


def test_each_list_needs_its_own_scope(sandbox: Sandbox) -> None:
    reader = read(sandbox, scope="ZohoBooks.invoices.READ,ZohoBooks.settings.READ")
    assert reader.get("/invoices")["invoices"]
    for path in ("/contacts", "/bills", "/journals", "/chartofaccounts", "/banktransactions"):
        answer = reader.call(path)
        assert (answer.status_code, answer.json()["code"]) == (401, 57)


def test_nothing_can_be_written(sandbox: Sandbox, cedarline: Reader) -> None:
    headers = {"Authorization": f"Zoho-oauthtoken {cedarline.access_token}"}
    for method in ("POST", "PUT", "DELETE"):
        answer = requests.request(method, f"{sandbox.url}/zoho/books/v3/invoices", headers=headers, timeout=10)
        assert answer.status_code == 405
    assert cedarline.call("/nothing").json()["code"] == 5


def test_the_bulk_organisation_has_twenty_thousand_invoices_and_sixty_thousand_lines(sandbox: Sandbox) -> None:
    bulk = read(sandbox, BULK)
    assert len(bulk.all("/invoices", "invoices")) == 20_000
    accounts = bulk.all("/chartofaccounts", "chartofaccounts")
    lines = [
        bulk.all("/chartofaccounts/transactions", "transactions", account_id=one["account_id"]) for one in accounts
    ]
    assert sum(map(len, lines)) == 60_000


def test_the_next_day_brings_new_rows_with_new_moments(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    try:
        reader = read(sandbox)
        before = reader.get("/invoices", sort_column="last_modified_time", sort_order="D")["invoices"]
        sandbox.day += timedelta(days=4)
        after = reader.get("/invoices", last_modified_time=before[0]["last_modified_time"])["invoices"]
        assert after
        assert all(row["last_modified_time"][:10] > before[0]["last_modified_time"][:10] for row in after)
    finally:
        sandbox.stop()
