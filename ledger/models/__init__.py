"""What the ledger keeps: accounts, categories, counterparties, transactions with what people changed on them, the books
beside the bank, the month sheets of both, and saved views.

Ids, dates, kinds, states and currency codes are readable; names, amounts and texts are sealed.
"""

from ledger.models.accounts import Account
from ledger.models.books import (
    BankLine,
    BooksAccount,
    BooksOrganization,
    BooksRow,
    Contact,
    Document,
    Payment,
    Posting,
)
from ledger.models.books_records import (
    BankLineFeed,
    BooksAccountFacts,
    ContactFacts,
    DocumentFeed,
    PaymentFeed,
    PostingFeed,
)
from ledger.models.categories import Category
from ledger.models.changes import CategoryChange, NoteChange
from ledger.models.codes import CodeSequence
from ledger.models.counterparties import Counterparty
from ledger.models.records import AccountBalances, AccountFacts, TransactionFeed, TransactionOwn
from ledger.models.saved_views import SavedView
from ledger.models.sheets import SheetHead, SheetPart
from ledger.models.transactions import Transaction

__all__ = [
    "Account",
    "AccountBalances",
    "AccountFacts",
    "BankLine",
    "BankLineFeed",
    "BooksAccount",
    "BooksAccountFacts",
    "BooksOrganization",
    "BooksRow",
    "Category",
    "CategoryChange",
    "CodeSequence",
    "Contact",
    "ContactFacts",
    "Counterparty",
    "Document",
    "DocumentFeed",
    "NoteChange",
    "Payment",
    "PaymentFeed",
    "Posting",
    "PostingFeed",
    "SavedView",
    "SheetHead",
    "SheetPart",
    "Transaction",
    "TransactionFeed",
    "TransactionOwn",
]
