"""Payments, expenses, bank transactions, journals and the lines of the ledger as Zoho lists them."""

from integrations.sandbox.zoho import shapes
from integrations.sandbox.zoho.books.entries import Entry
from integrations.sandbox.zoho.books.facts import Expense, Move, Payment, Waiting
from integrations.sandbox.zoho.books.view import Books, Posted
from integrations.sandbox.zoho.documents import Row

JOURNAL = "journal"


def customer_payment(books: Books, one: Payment) -> Row:
    """Ids as numbers."""
    contact = books.contacts[one.contact]
    numbers = [
        books.standing[share.document].document.number for share in one.shares if share.document in books.standing
    ]
    return {
        "payment_id": int(books.id("payment", one.key)),
        "payment_number": one.number,
        "invoice_numbers": ", ".join(numbers),
        "date": shapes.day(one.date),
        "payment_mode": one.mode,
        "payment_mode_formatted": one.mode,
        "amount": shapes.decimal(one.minor),
        "bcy_amount": shapes.decimal(one.base),
        "unused_amount": shapes.decimal(one.minor - _used(books, one)),
        "currency_id": int(shapes.currency_id(books.facts.organization.id, one.currency)),
        "currency_code": one.currency,
        "exchange_rate": float(one.rate),
        "account_id": int(books.id("account", one.account)),
        "account_name": books.accounts[one.account].name,
        "description": "",
        "reference_number": one.reference,
        "customer_id": int(books.id("contact", one.contact)),
        "customer_name": contact.name,
        "payment_type": "Invoice Payment",
        **_times(books, one),
    }


def vendor_payment(books: Books, one: Payment) -> Row:
    numbers = [
        books.standing[share.document].document.number for share in one.shares if share.document in books.standing
    ]
    return {
        "payment_id": books.id("payment", one.key),
        "payment_number": one.number,
        "vendor_id": int(books.id("contact", one.contact)),
        "vendor_name": books.contacts[one.contact].name,
        "bill_numbers": ", ".join(numbers),
        "date": shapes.day(one.date),
        "payment_mode": one.mode,
        "amount": shapes.number(one.minor),
        "bcy_amount": shapes.number(one.base),
        "balance": shapes.number(one.minor - _used(books, one)),
        "paid_through_account_id": books.id("account", one.account),
        "paid_through_account_name": books.accounts[one.account].name,
        "currency_id": shapes.currency_id(books.facts.organization.id, one.currency),
        "currency_code": one.currency,
        "exchange_rate": float(one.rate),
        "reference_number": one.reference,
        "description": "",
        **_times(books, one),
    }


def _used(books: Books, one: Payment) -> int:
    """What of a payment settles documents that are there and posted."""
    return sum(
        settlement.minor
        for share in one.shares
        if (standing := books.standing.get(share.document)) is not None
        for settlement in standing.settlements
        if settlement.by == one.key
    )


def expense(books: Books, one: Expense) -> Row:
    return {
        "expense_id": books.id("expense", one.key),
        "date": shapes.day(one.date),
        "account_name": books.accounts[one.account].name,
        "account_id": books.id("account", one.account),
        "paid_through_account_id": books.id("account", one.paid_through),
        "paid_through_account_name": books.accounts[one.paid_through].name,
        "description": one.text,
        "currency_id": shapes.currency_id(books.facts.organization.id, one.currency),
        "currency_code": one.currency,
        "exchange_rate": float(one.rate),
        "total": shapes.decimal(one.minor),
        "bcy_total": shapes.decimal(one.base),
        "total_without_tax": shapes.decimal(one.minor),
        "is_billable": False,
        "reference_number": one.reference,
        "customer_id": "",
        "customer_name": "",
        "vendor_id": "",
        "vendor_name": one.payee,
        "status": "nonbillable",
        "expense_type": "non_mileage",
        **_times(books, one),
    }


def journal(books: Books, one: Move) -> Row:
    debits = [line for line in one.lines if line.base > 0]
    return {
        "journal_id": books.id(JOURNAL, one.key),
        "journal_date": shapes.day(one.date),
        "entry_number": one.number,
        "reference_number": one.reference,
        "notes": one.text,
        "journal_type": "both",
        "status": "published",
        "currency_id": shapes.currency_id(books.facts.organization.id, one.currency),
        "currency_code": one.currency,
        "exchange_rate": float(one.rate),
        "total": shapes.decimal(sum(line.minor for line in debits)),
        "bcy_total": shapes.decimal(sum(line.base for line in debits)),
        "created_by_name": "Margit Okonjo",
        **_times(books, one),
    }


def journal_in_full(books: Books, one: Move) -> Row:
    """A journal by itself has its lines; in the list it has none."""
    lines = [
        {
            "line_id": books.id("line", f"{JOURNAL}:{one.key}:{position}"),
            "account_id": books.id("account", line.account),
            "account_name": books.accounts[line.account].name,
            "customer_id": "",
            "customer_name": "",
            "description": "",
            "debit_or_credit": "debit" if line.base > 0 else "credit",
            "amount": shapes.decimal(abs(line.minor)),
            "bcy_amount": shapes.decimal(abs(line.base)),
        }
        for position, line in enumerate(one.lines)
    ]
    return {**journal(books, one), "line_item_total": shapes.decimal(0), "line_items": lines}


def bank_transaction(books: Books, one: Posted) -> Row:
    """A line of a bank account, as the bank's own side sees it: money out of the account is a credit."""
    entry, line = one.entry, one.line
    others = [other.account for other in entry.lines if other.account != line.account]
    own = books.accounts[line.account].currency
    amount = line.minor if entry.currency == own else line.base
    return {
        "transaction_id": books.id(source_kind(entry), entry.source),
        "date": shapes.day(entry.date),
        "amount": shapes.decimal(abs(amount)),
        "transaction_type": entry.kind,
        "status": "categorized" if source_kind(entry) in {"payment", "expense"} else "manually_added",
        "source": "manual",
        "account_id": int(books.id("account", line.account)),
        "account_name": books.accounts[line.account].name,
        "customer_id": books.id("contact", line.contact) if line.contact else "",
        "payee": entry.payee,
        "description": entry.text,
        "currency_id": shapes.currency_id(books.facts.organization.id, own),
        "currency_code": own,
        "debit_or_credit": "debit" if amount > 0 else "credit",
        "offset_account_name": books.accounts[others[0]].name if others else "",
        "reference_number": entry.reference,
        "imported_transaction_id": "",
    }


def waiting_transaction(books: Books, one: Waiting) -> Row:
    """A row of the bank's that nobody has booked yet."""
    account = books.accounts[one.account]
    return {
        "transaction_id": books.id("waiting", one.key),
        "date": shapes.day(one.date),
        "amount": shapes.decimal(abs(one.minor)),
        "transaction_type": "",
        "status": "uncategorized",
        "source": "feeds",
        "account_id": int(books.id("account", one.account)),
        "account_name": account.name,
        "customer_id": "",
        "payee": one.payee,
        "description": one.text,
        "currency_id": shapes.currency_id(books.facts.organization.id, account.currency),
        "currency_code": account.currency,
        "debit_or_credit": "debit" if one.minor > 0 else "credit",
        "offset_account_name": " ",
        "reference_number": "",
        "imported_transaction_id": int(books.id("imported", one.key)),
    }


def ledger_line(books: Books, one: Posted) -> Row:
    """debit_amount and credit_amount are in the base currency, fcy_ ones in the entry's; the other side is blank."""
    entry, line = one.entry, one.line
    is_debit = line.base > 0 or (line.base == 0 and line.minor >= 0)
    others = [other.account for other in entry.lines if other.account != line.account]
    base, own = shapes.decimal(abs(line.base)), shapes.decimal(abs(line.minor))
    return {
        "categorized_transaction_id": books.id("line", f"{entry.kind}:{entry.source}:{one.position}"),
        "transaction_type": entry.kind,
        "transaction_status": "",
        "transaction_source": "",
        "transaction_id": books.id(source_kind(entry), entry.source),
        "transaction_date": shapes.day(entry.date),
        "transaction_type_formatted": entry.kind.replace("_", " ").title(),
        "account_id": books.id("account", line.account),
        "customer_id": books.id("contact", line.contact) if line.contact else "",
        "payee": entry.payee,
        "description": entry.text,
        "entry_number": entry.number,
        "currency_id": shapes.currency_id(books.facts.organization.id, entry.currency),
        "currency_code": entry.currency,
        "debit_or_credit": "debit" if is_debit else "credit",
        "offset_account_name": books.accounts[others[0]].name if others else "",
        "reference_number": entry.reference,
        "reconcile_status": "",
        "debit_amount": base if is_debit else "",
        "credit_amount": "" if is_debit else base,
        "fcy_debit_amount": own if is_debit else "",
        "fcy_credit_amount": "" if is_debit else own,
    }


def source_kind(entry: Entry) -> str:
    """The kind in whose ids an entry's source is found."""
    if entry.kind.endswith("_payment") and entry.kind != "card_payment":
        return "payment"
    if entry.kind.startswith("expense"):
        return "expense"
    return "invoice" if entry.kind == "invoice_write_off" else entry.kind


def _times(books: Books, one: Payment | Expense | Move) -> Row:
    offset = books.facts.organization.offset
    return {
        "created_time": shapes.moment(books.created(one.key, one.date), offset),
        "last_modified_time": shapes.moment(books.modified(one.key, one.date), offset),
    }
