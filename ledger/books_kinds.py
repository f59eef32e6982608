"""The closed lists of the books beside the bank: what accounting software keeps, and the states its documents are in."""

from django.db.models import TextChoices

from ledger.kinds import Book, CategoryKind


class Resource(TextChoices):
    """What books are read in, each list by itself. A journal is its postings."""

    ACCOUNTS = "accounts", "Chart of accounts"
    CONTACTS = "contacts", "Contacts"
    INVOICES = "invoices", "Invoices"
    BILLS = "bills", "Bills"
    CREDIT_NOTES = "credit_notes", "Credit notes"
    EXPENSES = "expenses", "Expenses"
    CUSTOMER_PAYMENTS = "customer_payments", "Customer payments"
    VENDOR_PAYMENTS = "vendor_payments", "Vendor payments"
    POSTINGS = "postings", "Postings"
    BANK_LINES = "bank_lines", "Bank lines"


class ContactKind(TextChoices):
    """On which side a contact stands; also a payment's, by whom it is from or to."""

    CUSTOMER = "customer", "Customer"
    VENDOR = "vendor", "Vendor"


class DocumentKind(TextChoices):
    INVOICE = "invoice", "Invoice"
    BILL = "bill", "Bill"
    CREDIT_NOTE = "credit_note", "Credit note"
    EXPENSE = "expense", "Expense"

    @property
    def book(self) -> Book:
        """The book whose month sheets hold documents of this kind."""
        return Book.INVOICES if self in (DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE) else Book.BILLS


class DocumentStatus(TextChoices):
    """How a document stands. OVERDUE is what the provider says: a day later it may be out of date, and pages ask
    `ledger.reports.books.standings` instead."""

    DRAFT = "draft", "Draft"
    OPEN = "open", "Open"
    OVERDUE = "overdue", "Overdue"
    PARTLY_PAID = "partly_paid", "Partly paid"
    PAID = "paid", "Paid"
    VOID = "void", "Void"
    WRITTEN_OFF = "written_off", "Written off"


class PostingSource(TextChoices):
    """What posted a line to the general ledger."""

    INVOICE = "invoice", "Invoice"
    BILL = "bill", "Bill"
    CUSTOMER_PAYMENT = "customer_payment", "Customer payment"
    VENDOR_PAYMENT = "vendor_payment", "Vendor payment"
    CREDIT_NOTE = "credit_note", "Credit note"
    EXPENSE = "expense", "Expense"
    JOURNAL = "journal", "Journal"
    BANK = "bank", "Bank transaction"
    OPENING_BALANCE = "opening_balance", "Opening balance"
    OTHER = "other", "Other"


class GoneBecause(TextChoices):
    """Why a row of the books no longer counts. It stays."""

    UNSEEN = "unseen", "No longer in the books"


# The account types that Zoho Books lists, where the end of their name would mislead.
_KIND_OF_TYPE = {
    "income": CategoryKind.INCOME,
    "cost_of_goods_sold": CategoryKind.COST_OF_SALES,
    "expense": CategoryKind.OPERATING_EXPENSE,
    "depreciation_expense": CategoryKind.OPERATING_EXPENSE,
    "employee_benefit_expense": CategoryKind.OPERATING_EXPENSE,
    "impairment_expense": CategoryKind.OPERATING_EXPENSE,
    "lease_expense": CategoryKind.OPERATING_EXPENSE,
    "manufacturing_expense": CategoryKind.COST_OF_SALES,
    "tax_expense": CategoryKind.TAX,
    "other_comprehensive_income": CategoryKind.EQUITY,
    "equity": CategoryKind.EQUITY,
    "credit_card": CategoryKind.LIABILITY,
    "loans_and_borrowing": CategoryKind.LIABILITY,
}
_KIND_OF_ENDING = {
    "_income": CategoryKind.OTHER_INCOME,
    "_expense": CategoryKind.OTHER_EXPENSE,
    "_liability": CategoryKind.LIABILITY,
    "_payable": CategoryKind.LIABILITY,
}


def kind_of_type(type_name: str) -> CategoryKind:
    """Where an account of this type stands in the statements.

    A type that is not known counts as an asset, in no line of profit and loss: the trial balance shows it by its name.
    Source: https://www.zoho.com/books/api/v3/chart-of-accounts/ (account_type).
    """
    if type_name in _KIND_OF_TYPE:
        return _KIND_OF_TYPE[type_name]
    return next((kind for ending, kind in _KIND_OF_ENDING.items() if type_name.endswith(ending)), CategoryKind.ASSET)
