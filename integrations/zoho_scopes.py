"""What people are asked to let us read at Zoho, in Zoho's words and in theirs. Nothing else is asked for, or kept."""

from integrations.models import BooksList

SCOPES = {
    "ZohoBooks.settings.READ": "Organisation and currencies",
    "ZohoBooks.accountants.READ": "Chart of accounts and journals",
    "ZohoBooks.contacts.READ": "Customers and vendors",
    "ZohoBooks.invoices.READ": "Invoices",
    "ZohoBooks.creditnotes.READ": "Credit notes",
    "ZohoBooks.customerpayments.READ": "Payments received",
    "ZohoBooks.bills.READ": "Bills",
    "ZohoBooks.vendorpayments.READ": "Payments made",
    "ZohoBooks.expenses.READ": "Expenses",
    "ZohoBooks.banking.READ": "Bank accounts in the books",
}
# What each list is part of.
LISTS = {
    "ZohoBooks.settings.READ": (BooksList.ORGANIZATION,),
    "ZohoBooks.accountants.READ": (BooksList.ACCOUNTS, BooksList.JOURNALS, BooksList.POSTINGS),
    "ZohoBooks.contacts.READ": (BooksList.CONTACTS,),
    "ZohoBooks.invoices.READ": (BooksList.INVOICES,),
    "ZohoBooks.creditnotes.READ": (BooksList.CREDIT_NOTES,),
    "ZohoBooks.customerpayments.READ": (BooksList.CUSTOMER_PAYMENTS,),
    "ZohoBooks.bills.READ": (BooksList.BILLS,),
    "ZohoBooks.vendorpayments.READ": (BooksList.VENDOR_PAYMENTS,),
    "ZohoBooks.expenses.READ": (BooksList.EXPENSES,),
    "ZohoBooks.banking.READ": (BooksList.BANK_LINES,),
}
_OURS = {scope.lower() for scope in SCOPES}


def is_too_wide(granted: frozenset[str]) -> bool:
    """Whether a grant holds anything that was not asked for."""
    return any(scope.lower() not in _OURS for scope in granted)


def name_scopes(granted: str) -> tuple[str, ...]:
    """What a grant's scopes (separated by spaces) let us read, in a person's words."""
    held = {scope.lower() for scope in granted.split()}
    return tuple(words for scope, words in SCOPES.items() if scope.lower() in held)


def lists_in(granted: str) -> frozenset[BooksList]:
    """The lists that a grant's scopes let us read."""
    held = {scope.lower() for scope in granted.split()}
    return frozenset(one for scope, lists in LISTS.items() if scope.lower() in held for one in lists)


def name_missing(granted: str) -> tuple[str, ...]:
    """What was asked for and not granted."""
    held = {scope.lower() for scope in granted.split()}
    return tuple(words for scope, words in SCOPES.items() if scope.lower() not in held)
