"""Every shape that Zoho's lists were seen in is read, and what cannot be understood is never taken for a page."""

import datetime as dt
import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.providers import zoho_rows
from integrations.providers.zoho_errors import BadAnswer, WrongOrganization
from integrations.providers.zoho_messages import Page, Row, as_time, read_page

ORGANIZATION = "10234695"
INVOICE: dict[str, Any] = {
    "invoice_id": "982000000567114",
    "customer_id": 982000000567001,
    "customer_name": "Bowman & Co",
    "status": "overdue",
    "invoice_number": "INV-00003",
    "reference_number": " ",
    "date": "2026-10-17",
    "due_date": "",
    "currency_code": "EUR",
    "total": "4260.50",
    "balance": 4260,
    "exchange_rate": 1.0835,
    "write_off_amount": 0,
    "last_payment_date": "",
    "last_modified_time": "2026-11-18T02:17:40-0800",
}
LINE: dict[str, Any] = {
    "categorized_transaction_id": "982000000567300",
    "transaction_type": "invoice",
    "transaction_id": "982000000567114",
    "transaction_date": "2026-10-17",
    "account_id": "982000000000388",
    "customer_id": "982000000567001",
    "entry_number": "INV-00003",
    "currency_code": "EUR",
    "debit_or_credit": "debit",
}
READERS: dict[str, Any] = {
    name: reader for name, reader in vars(zoho_rows).items() if name.startswith("read_") and callable(reader)
}


def decoded(answer: object) -> object:
    """As the client hands it over."""
    return msgspec.json.Decoder(float_hook=Decimal).decode(json.dumps(answer).encode())


def page(
    rows: list[dict[str, Any]],
    *,
    read: Any = zoho_rows.read_invoice,
    key: str = "invoices",
    number: int = 1,
    **rest: Any,
) -> Page[Any]:
    return read_page(decoded({"code": 0, key: rows, **rest}), (key,), read, organization_id=ORGANIZATION, page=number)


def invoice(**changes: Any) -> zoho_rows.Document:
    (found,) = page([INVOICE | changes]).rows
    assert isinstance(found, zoho_rows.Document)
    return found


def line(**changes: Any) -> zoho_rows.Line:
    (found,) = page([LINE | changes], read=zoho_rows.read_line, key="transactions").rows
    assert isinstance(found, zoho_rows.Line)
    return found


def test_ids_dates_blanks_and_amounts_of_every_type() -> None:
    found = invoice()
    assert (found.document_id, found.contact_id) == ("982000000567114", "982000000567001")
    assert (found.total, found.balance, found.rate) == (Decimal("4260.50"), Decimal(4260), Decimal("1.0835"))
    assert (found.reference, found.due_date, found.last_payment_date) == (None, None, None)
    assert found.modified == dt.datetime(2026, 11, 18, 10, 17, 40, tzinfo=dt.UTC)


@pytest.mark.parametrize("day", ["9999-12-31", "1969-12-31", "0202-11-01"])
def test_a_row_of_a_year_that_nothing_is_kept_of_spoils_the_page(day: str) -> None:
    assert invoice(date="2099-12-31").date == line(transaction_date="2099-12-31").date == dt.date(2099, 12, 31)
    assert invoice(due_date=day).due_date == dt.date.fromisoformat(day)
    with pytest.raises(BadAnswer):
        invoice(date=day)
    with pytest.raises(BadAnswer):
        line(transaction_date=day)


@pytest.mark.parametrize("given_id", [982000000567114, "982000000567114", " 982000000567114 "])
def test_an_id_is_text_whatever_it_was(given_id: object) -> None:
    assert invoice(invoice_id=given_id).document_id == "982000000567114"


@pytest.mark.parametrize(
    ("written", "amount"),
    [(0, "0"), ("0.00", "0.00"), (12.3, "12.3"), ("-4.10", "-4.10"), (" 7 ", "7"), ("12.345", "12.345")],
)
def test_money_is_exactly_what_was_written(written: object, amount: str) -> None:
    assert str(invoice(total=written).total) == amount


@pytest.mark.parametrize(
    "written", ["", None, "NaN", "1e9", "1,234.50", True, [], {}, "١٢", 10**17, "0x1F", "1" * 40, "--1"]
)
def test_an_amount_that_is_none_spoils_the_page(written: object) -> None:
    with pytest.raises(BadAnswer):
        invoice(total=written)


@pytest.mark.parametrize(
    "moment",
    ["2026-11-18T02:17:40-0800", "2026-11-18T02:17:40-08:00", "2026-11-18T10:17:40Z", "2026-11-18T10:17:40+0000"],
)
def test_times_with_and_without_a_colon(moment: str) -> None:
    assert invoice(last_modified_time=moment).modified == dt.datetime(2026, 11, 18, 10, 17, 40, tzinfo=dt.UTC)


@pytest.mark.parametrize("moment", ["", " ", None, "yesterday", "2026-99-18T02:17:40-0800", 4])
def test_a_time_that_cannot_be_read_is_none(moment: object) -> None:
    assert invoice(last_modified_time=moment).modified is None


def test_a_time_is_asked_for_in_utc() -> None:
    eastern = dt.timezone(dt.timedelta(hours=-5))
    assert as_time(dt.datetime(2026, 11, 18, 22, 17, 40, tzinfo=eastern)) == "2026-11-19T03:17:40+0000"


@pytest.mark.parametrize(
    ("context", "has_more"),
    [
        ({"page": 1, "per_page": 200, "has_more_page": True}, True),
        ([{"page": 1, "per_page": 200, "has_more_page": True}], True),
        ({"page": 1, "per_page": 200, "has_more_page": False}, False),
        ([{"page": "1", "has_more_page": "false"}], False),
        ([], False),
        (None, False),
        ({"page": 1, "per_page": 1}, True),
    ],
)
def test_page_context_is_an_object_a_list_or_missing(context: object, has_more: bool) -> None:
    assert page([INVOICE], page_context=context).has_more is has_more


def test_without_a_page_context_a_full_page_has_a_next_one() -> None:
    assert page([INVOICE] * 200).has_more
    assert not page([INVOICE] * 199).has_more


@pytest.mark.parametrize(
    "answer",
    [
        {"code": 0},
        {"code": 0, "invoices": None},
        {"code": 0, "invoices": {"invoice_id": "1"}},
        {"code": 0, "invoices": ["1"]},
        {"code": 0, "invoices": [], "page_context": {"has_more_page": True}},
        {"code": 0, "invoices": [], "page_context": "1"},
        {"code": 0, "invoices": [INVOICE], "page_context": {"page": 2, "has_more_page": False}},
        [],
        "success",
        None,
    ],
    ids=[
        "no list",
        "null",
        "object",
        "no rows",
        "empty and more",
        "odd context",
        "another page",
        "array",
        "text",
        "null",
    ],
)
def test_half_an_answer_is_not_the_end_of_a_list(answer: object) -> None:
    with pytest.raises(BadAnswer):
        read_page(decoded(answer), ("invoices",), zoho_rows.read_invoice, organization_id=ORGANIZATION)


def test_payments_are_found_by_either_name() -> None:
    row = {"payment_id": 7, "date": "2026-11-01", "amount": 12.5, "bcy_amount": 12.5}
    keys = ("customer_payments", "customerpayments")
    for key in keys:
        found = read_page(
            decoded({"code": 0, key: [row]}), keys, zoho_rows.read_customer_payment, organization_id=ORGANIZATION
        )
        assert [one.payment_id for one in found.rows] == ["7"]


@pytest.mark.parametrize(
    "answer",
    [
        {"code": 0, "invoices": [INVOICE, INVOICE | {"organization_id": "999"}]},
        {"code": 0, "invoices": [INVOICE], "organization_id": 999},
        {"code": 0, "invoices": [], "page_context": [{"organization_id": "999"}]},
    ],
    ids=["row", "envelope", "context"],
)
def test_rows_of_another_organisation_are_refused(answer: object) -> None:
    with pytest.raises(WrongOrganization):
        read_page(decoded(answer), ("invoices",), zoho_rows.read_invoice, organization_id=ORGANIZATION)
    own = decoded({"code": 0, "invoices": [INVOICE | {"organization_id": int(ORGANIZATION)}]})
    assert read_page(own, ("invoices",), zoho_rows.read_invoice, organization_id=ORGANIZATION).rows


@pytest.mark.parametrize(
    ("amounts", "amount", "base"),
    [
        (
            {"debit_amount": 110.5, "credit_amount": "", "fcy_debit_amount": "100", "fcy_credit_amount": ""},
            "100",
            "110.5",
        ),
        (
            {"debit_amount": "", "credit_amount": "110.50", "fcy_debit_amount": "", "fcy_credit_amount": 100},
            "-100",
            "-110.50",
        ),
        ({"debit_amount": 3, "credit_amount": "", "fcy_debit_amount": 0, "fcy_credit_amount": ""}, "0", "3"),
        ({"debit_amount": 100, "credit_amount": ""}, None, "100"),
        ({"debit_amount": 100, "bcy_debit_amount": 110, "credit_amount": "", "bcy_credit_amount": ""}, "100", "110"),
    ],
    ids=["foreign debit", "foreign credit", "exchange difference", "base only", "named for the base"],
)
def test_a_line_has_its_amounts_in_both_currencies(amounts: dict[str, Any], amount: str | None, base: str) -> None:
    found = line(**amounts)
    assert found.amount == (None if amount is None else Decimal(amount))
    assert found.base_amount == Decimal(base)


def test_money_into_a_bank_account_is_a_debit() -> None:
    row = {"transaction_id": "1", "account_id": "2", "date": "2026-11-01", "amount": 5, "status": "matched"}
    for side, amount in (("debit", 5), ("credit", -5)):
        found = page([row | {"debit_or_credit": side}], read=zoho_rows.read_bank_line, key="banktransactions").rows[0]
        assert found.amount == amount


def test_nothing_of_a_row_is_shown_when_it_is_printed() -> None:
    assert "982000000567114" in repr(invoice())
    assert "Bowman" not in repr(invoice())
    assert "4260" not in repr(invoice())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.just("2026-11-01"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
patient = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
fields = st.sampled_from(sorted({*INVOICE, *LINE, "debit_amount", "payment_id", "amount", "journal_id", "contact_id"}))


@patient
@given(st.dictionaries(fields, json_values, max_size=12), st.sampled_from(sorted(READERS)))
def test_any_row_is_read_or_refused_and_nothing_else(row: dict[str, Any], reader: str) -> None:
    with suppress(BadAnswer):
        READERS[reader](Row(INVOICE | row))


@patient
@given(json_values, json_values, json_values)
def test_any_answer_is_read_or_refused_and_nothing_else(whole: Any, rows: Any, context: Any) -> None:
    for answer in (whole, {"invoices": rows, "page_context": context}, {"invoices": [rows], "page_context": [context]}):
        with suppress(BadAnswer, WrongOrganization):
            read_page(answer, ("invoices",), zoho_rows.read_invoice, organization_id=ORGANIZATION)
