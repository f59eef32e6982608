"""Organisations, contacts and the chart of accounts as Zoho lists them."""

from datetime import date

from integrations.sandbox.zoho import shapes
from integrations.sandbox.zoho.books.facts import Account, Contact, Organization
from integrations.sandbox.zoho.books.view import Books
from integrations.sandbox.zoho.documents import Row

FOUNDED = date(2023, 6, 1)
DEBIT_TYPES = ("asset", "cash", "bank", "accounts_receivable", "expense", "cost_of_goods_sold", "other_expense")


def organization(one: Organization) -> Row:
    return {
        "organization_id": one.id,
        "name": one.name,
        "contact_name": "Margit Okonjo",
        "email": "accounts@cedarline.example",
        "is_default_org": one.is_default,
        "language_code": "en",
        "fiscal_year_start_month": one.fiscal_start,
        "account_created_date": shapes.day(FOUNDED),
        "time_zone": one.time_zone,
        "country": one.country,
        "is_org_active": True,
        "currency_id": shapes.currency_id(one.id, one.currency),
        "currency_code": one.currency,
        "currency_symbol": shapes.SYMBOLS[one.currency],
        "currency_format": "###,##0.00",
        "price_precision": 2,
        "plan_name": one.plan,
        "plan_type": 4,
    }


def contact(books: Books, one: Contact) -> Row:
    """What is owed counts in the contact's currency."""
    open_ones = [
        standing
        for standing in books.standing_of.get(one.key, ())
        if standing.is_posted and standing.document.currency == one.currency
    ]
    owed = sum(standing.balance for standing in open_ones if standing.document.kind != "creditnote")
    unused = sum(standing.balance for standing in open_ones if standing.document.kind == "creditnote")
    is_customer = one.side == "customer"
    offset = books.facts.organization.offset
    return {
        "contact_id": books.id("contact", one.key),
        "contact_name": one.name,
        "customer_name": one.name if is_customer else "",
        "vendor_name": "" if is_customer else one.name,
        "company_name": one.company,
        "contact_type": one.side,
        "contact_type_formatted": one.side.capitalize(),
        "status": "active" if one.is_active else "inactive",
        "payment_terms": one.terms,
        "payment_terms_label": f"Net {one.terms}" if one.terms else "Due on Receipt",
        "currency_id": int(shapes.currency_id(books.facts.organization.id, one.currency)),
        "currency_code": one.currency,
        "outstanding_receivable_amount": shapes.decimal(owed if is_customer else 0),
        "outstanding_payable_amount": shapes.number(0 if is_customer else owed),
        "unused_credits_receivable_amount": shapes.decimal(unused if is_customer else 0),
        "unused_credits_payable_amount": 0,
        "first_name": "",
        "last_name": " ",
        "email": one.email,
        "phone": "",
        "mobile": "",
        "created_time": shapes.moment(books.created(one.key, FOUNDED), offset),
        "last_modified_time": shapes.moment(books.modified(one.key, FOUNDED), offset),
    }


def account(books: Books, one: Account) -> Row:
    """An account without one above it has a blank there."""
    offset = books.facts.organization.offset
    return {
        "account_id": books.id("account", one.key),
        "account_name": one.name,
        "account_code": one.code,
        "account_type": one.type,
        "description": "",
        "is_user_created": not one.is_system,
        "is_system_account": one.is_system,
        "is_active": one.is_active,
        "can_show_in_ze": False,
        "is_involved_in_transaction": one.key in books.ledger,
        "current_balance": shapes.decimal(natural(one, books.base_balance(one.key))),
        "parent_account_id": books.id("account", one.parent) if one.parent else "",
        "parent_account_name": books.accounts[one.parent].name if one.parent else "",
        "depth": 1 if one.parent else 0,
        "has_attachment": False,
        "is_child_present": any(other.parent == one.key for other in books.facts.accounts),
        "child_count": "",
        "created_time": shapes.moment(books.created(one.key, FOUNDED), offset),
        "is_standalone_account": False,
        "last_modified_time": shapes.moment(books.modified(one.key, FOUNDED), offset),
    }


def natural(one: Account, minor: int) -> int:
    """A balance on the side on which accounts of its type usually have one."""
    return minor if one.type.endswith(DEBIT_TYPES) else -minor


def bank_account(books: Books, one: Account) -> Row:
    held, base = books.own_balance(one.key), books.base_balance(one.key)
    waiting = books.uncategorized.get(one.key, ())
    return {
        "account_id": int(books.id("account", one.key)),
        "account_name": one.name,
        "account_code": one.code,
        "account_type": one.type,
        "currency_id": shapes.currency_id(books.facts.organization.id, one.currency),
        "currency_code": one.currency,
        "currency_symbol": shapes.SYMBOLS[one.currency],
        "price_precision": 2,
        "account_number": "",
        "bank_name": "",
        "is_active": one.is_active,
        "balance": shapes.number(held),
        "bcy_balance": shapes.number(base),
        "bank_balance": shapes.number(held + sum(waits.minor for waits in waiting)),
        "uncategorized_transactions": len(waiting),
    }
