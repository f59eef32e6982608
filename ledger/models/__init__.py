"""What the ledger keeps: accounts, categories, counterparties, transactions and their month sheets.

Ids, dates, kinds, states and currency codes are readable; names, amounts and texts are sealed.
"""

from ledger.models.accounts import Account
from ledger.models.categories import Category, CategoryChange
from ledger.models.codes import CodeSequence
from ledger.models.counterparties import Counterparty
from ledger.models.records import AccountBalances, AccountFacts, TransactionFeed, TransactionOwn
from ledger.models.sheets import SheetHead, SheetPart
from ledger.models.transactions import Transaction

__all__ = [
    "Account",
    "AccountBalances",
    "AccountFacts",
    "Category",
    "CategoryChange",
    "CodeSequence",
    "Counterparty",
    "SheetHead",
    "SheetPart",
    "Transaction",
    "TransactionFeed",
    "TransactionOwn",
]
