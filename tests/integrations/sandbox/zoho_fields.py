"""What Zoho's lists hold, written down by hand: each field with the types that its value may have.

From the published descriptions of the API (v3) and from what public readers of it expect. `ID` is digits as text or as a
number, `MONEY` a number or text with decimals, `BLANK` the empty text or a blank, which stands for nothing.
"""

import re
from collections.abc import Callable, Mapping

Check = Callable[[object], bool]


def is_id(value: object) -> bool:
    return not isinstance(value, bool) and re.fullmatch(r"\d{8,20}", str(value)) is not None


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_money_text(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"-?\d+\.\d\d", value) is not None


def is_blank(value: object) -> bool:
    return value in ("", " ")


def is_text(value: object) -> bool:
    return isinstance(value, str)


def is_day(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None


def is_moment(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}", value) is not None


def is_flag(value: object) -> bool:
    return isinstance(value, bool)


def one_of(*words: str) -> Check:
    return lambda value: value in words


def either(*checks: Check) -> Check:
    return lambda value: any(check(value) for check in checks)


DAY_OR_BLANK = either(is_day, is_blank)
ID_OR_BLANK = either(is_id, is_blank)
NUMBER_OR_BLANK = either(is_number, is_blank)
CURRENCY = one_of("USD", "EUR", "GBP")
STATUS = ("draft", "sent", "viewed", "unpaid", "partially_paid", "overdue", "paid", "void")

ORGANIZATION: Mapping[str, Check] = {
    "organization_id": is_id,
    "name": is_text,
    "is_default_org": is_flag,
    "plan_name": is_text,
    "fiscal_year_start_month": is_number,
    "time_zone": is_text,
    "is_org_active": is_flag,
    "currency_id": is_id,
    "currency_code": CURRENCY,
    "currency_symbol": is_text,
    "price_precision": is_number,
}

LISTS: Mapping[str, Mapping[str, Check]] = {
    "/chartofaccounts": {
        "account_id": is_id,
        "account_name": is_text,
        "account_code": is_text,
        "account_type": is_text,
        "is_active": is_flag,
        "current_balance": is_number,
        "parent_account_id": ID_OR_BLANK,
        "depth": is_number,
        "last_modified_time": is_moment,
    },
    "/contacts": {
        "contact_id": is_id,
        "contact_name": is_text,
        "company_name": is_text,
        "contact_type": one_of("customer", "vendor"),
        "status": one_of("active", "inactive"),
        "payment_terms": is_number,
        "currency_code": CURRENCY,
        "outstanding_receivable_amount": is_number,
        "unused_credits_receivable_amount": is_number,
        "email": is_text,
    },
    "/invoices": {
        "invoice_id": is_id,
        "customer_id": is_id,
        "customer_name": is_text,
        "status": one_of(*STATUS),
        "invoice_number": is_text,
        "date": is_day,
        "due_date": is_day,
        "due_days": is_text,
        "currency_code": CURRENCY,
        "total": is_money_text,
        "balance": is_money_text,
        "exchange_rate": is_number,
        "write_off_amount": is_number,
        "last_payment_date": DAY_OR_BLANK,
        "last_modified_time": is_moment,
    },
    "/bills": {
        "bill_id": is_id,
        "vendor_id": is_id,
        "vendor_name": is_text,
        "status": one_of("draft", "open", "partially_paid", "overdue", "paid", "void"),
        "date": is_day,
        "due_date": is_day,
        "currency_code": CURRENCY,
        "price_precision": is_number,
        "exchange_rate": is_number,
        "total": is_number,
        "balance": is_number,
        "last_modified_time": is_moment,
    },
    "/customerpayments": {
        "payment_id": is_id,
        "date": is_day,
        "amount": is_number,
        "bcy_amount": is_number,
        "payment_mode": is_text,
        "customer_id": is_id,
        "currency_code": CURRENCY,
        "exchange_rate": is_number,
    },
    "/vendorpayments": {
        "payment_id": is_id,
        "date": is_day,
        "amount": is_number,
        "bcy_amount": is_number,
        "payment_mode": is_text,
        "vendor_id": is_id,
        "paid_through_account_id": is_id,
        "exchange_rate": is_number,
        "balance": is_number,
        "last_modified_time": is_moment,
    },
    "/creditnotes": {
        "creditnote_id": is_id,
        "creditnote_number": is_text,
        "status": one_of("draft", "open", "closed", "void"),
        "date": is_day,
        "total": is_number,
        "balance": is_number,
        "customer_id": is_id,
        "currency_code": CURRENCY,
    },
    "/expenses": {
        "expense_id": is_id,
        "date": is_day,
        "account_name": is_text,
        "total": is_number,
        "bcy_total": is_number,
        "currency_code": CURRENCY,
        "status": is_text,
        "is_billable": is_flag,
    },
    "/bankaccounts": {
        "account_id": is_id,
        "account_name": is_text,
        "account_type": one_of("bank", "credit_card", "cash"),
        "balance": is_number,
        "bank_balance": is_number,
        "bcy_balance": is_number,
        "currency_code": CURRENCY,
        "is_active": is_flag,
        "uncategorized_transactions": is_number,
    },
    "/banktransactions": {
        "transaction_id": is_id,
        "date": is_day,
        "amount": is_number,
        "debit_or_credit": one_of("debit", "credit"),
        "transaction_type": is_text,
        "status": one_of("uncategorized", "manually_added", "matched", "excluded", "categorized"),
        "payee": is_text,
        "offset_account_name": is_text,
        "imported_transaction_id": ID_OR_BLANK,
    },
    "/journals": {
        "journal_id": is_id,
        "journal_date": is_day,
        "entry_number": is_text,
        "journal_type": is_text,
        "total": is_number,
        "bcy_total": is_number,
        "last_modified_time": is_moment,
    },
}

LINE: Mapping[str, Check] = {
    "categorized_transaction_id": is_id,
    "transaction_id": is_id,
    "transaction_type": is_text,
    "transaction_date": is_day,
    "account_id": is_id,
    "customer_id": ID_OR_BLANK,
    "payee": is_text,
    "description": is_text,
    "entry_number": is_text,
    "reference_number": is_text,
    "currency_id": is_id,
    "currency_code": CURRENCY,
    "debit_or_credit": one_of("debit", "credit"),
    "offset_account_name": is_text,
    "debit_amount": NUMBER_OR_BLANK,
    "credit_amount": NUMBER_OR_BLANK,
    "fcy_debit_amount": NUMBER_OR_BLANK,
    "fcy_credit_amount": NUMBER_OR_BLANK,
}


def wrong_fields(row: Mapping[str, object], fields: Mapping[str, Check]) -> list[str]:
    """Fields that are missing, or whose value is not of their kind."""
    return [name for name, check in fields.items() if name not in row or not check(row[name])]
