"""Invoices, bills and credit notes as Zoho lists them and shows each by itself."""

from integrations.sandbox.zoho import shapes
from integrations.sandbox.zoho.books.facts import Document
from integrations.sandbox.zoho.books.state import Standing
from integrations.sandbox.zoho.books.view import Books

Row = dict[str, object]


def invoice(books: Books, one: Standing) -> Row:
    """Money as text, but for what was written off."""
    document = one.document
    is_open = one.balance > 0 and one.is_posted
    return {
        "invoice_id": books.id("invoice", document.key),
        "customer_name": books.contacts[document.contact].name,
        "customer_id": books.id("contact", document.contact),
        "status": one.status,
        "invoice_number": document.number,
        "reference_number": document.reference,
        "date": shapes.day(document.date),
        "due_date": shapes.day(document.due),
        "due_days": shapes.due_in(document.due, books.day) if is_open else "",
        **_currency(books, document),
        "schedule_time": "",
        "is_viewed_by_client": one.status == "viewed",
        "has_attachment": False,
        "total": shapes.text(document.total),
        "balance": shapes.text(one.balance),
        "exchange_rate": float(document.rate),
        "write_off_amount": shapes.decimal(one.written_off),
        "last_payment_date": shapes.day(one.last_payment) or " ",
        **_times(books, one),
    }


def bill(books: Books, one: Standing) -> Row:
    document = one.document
    return {
        "bill_id": books.id("bill", document.key),
        "vendor_id": int(books.id("contact", document.contact)),
        "vendor_name": books.contacts[document.contact].name,
        "status": one.status,
        "bill_number": document.number,
        "reference_number": document.reference,
        "date": shapes.day(document.date),
        "due_date": shapes.day(document.due),
        "due_days": shapes.due_in(document.due, books.day) if one.balance > 0 and one.is_posted else "",
        **_currency(books, document),
        "price_precision": 2,
        "exchange_rate": float(document.rate),
        "total": shapes.number(document.total),
        "balance": shapes.number(one.balance),
        "has_attachment": True,
        **_times(books, one),
    }


def creditnote(books: Books, one: Standing) -> Row:
    document = one.document
    return {
        "creditnote_id": int(books.id("creditnote", document.key)),
        "creditnote_number": document.number,
        "status": one.status,
        "reference_number": document.reference,
        "date": shapes.day(document.date),
        "total": shapes.decimal(document.total),
        "balance": shapes.decimal(one.balance),
        "customer_id": books.id("contact", document.contact),
        "customer_name": books.contacts[document.contact].name,
        **_currency(books, document),
        "exchange_rate": float(document.rate),
        "is_emailed": False,
        **_times(books, one),
    }


def invoice_in_full(books: Books, one: Standing) -> Row:
    return {**invoice(books, one), **_in_full(books, one.document)}


def bill_in_full(books: Books, one: Standing) -> Row:
    return {**bill(books, one), **_in_full(books, one.document)}


def _in_full(books: Books, document: Document) -> Row:
    """The lines; by itself a document's amounts are numbers."""
    return {
        "total": shapes.decimal(document.total),
        "sub_total": shapes.decimal(document.total),
        "notes": "",
        "line_items": [
            {
                "line_item_id": books.id("item", f"{document.key}:{position}"),
                "account_id": books.id("account", item.account),
                "account_name": books.accounts[item.account].name,
                "name": item.name,
                "description": "",
                "quantity": 1,
                "rate": shapes.decimal(item.minor),
                "item_total": shapes.decimal(item.minor),
                "item_order": position + 1,
            }
            for position, item in enumerate(document.items)
        ],
    }


def _currency(books: Books, document: Document) -> Row:
    return {
        "currency_id": shapes.currency_id(books.facts.organization.id, document.currency),
        "currency_code": document.currency,
        "currency_symbol": shapes.SYMBOLS[document.currency],
    }


def _times(books: Books, one: Standing) -> Row:
    document, offset = one.document, books.facts.organization.offset
    return {
        "created_time": shapes.moment(books.created(document.key, document.date), offset),
        "last_modified_time": shapes.moment(books.modified(document.key, one.touched), offset),
    }
