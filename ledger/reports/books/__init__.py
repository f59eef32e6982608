"""Questions about the books beside the bank: who owes what for how long, the documents, contacts, and the ledger's balance.

Every answer comes from the month sheets of the books, invoices and bills, except lists in the order of dates and a contact's
history, which are read row by row. Amounts are whole minor units; base amounts are in an organisation's own currency, at each
document's rate.
"""

from ledger.reports.books.ageing import (
    BUCKETS,
    Aged,
    Ageing,
    BaseAged,
    ContactAged,
    CurrencyAged,
    Side,
    read_ageing,
)
from ledger.reports.books.contact import ContactDetail, PaymentLine, read_contact
from ledger.reports.books.contacts import ContactLine, ContactPage, list_contacts
from ledger.reports.books.documents import DocumentLine, DocumentPage, list_documents
from ledger.reports.books.filters import DocumentFilter, DocumentOrder
from ledger.reports.books.profit_and_loss import accrual_profit_and_loss, compare_accrual_profit_and_loss
from ledger.reports.books.sums import DocumentSum
from ledger.reports.books.tabs import DocumentTab, DocumentTabs, read_document_tabs
from ledger.reports.books.trial_balance import AccountBalance, DebitCredit, TrialBalance, read_trial_balance

__all__ = [
    "BUCKETS",
    "AccountBalance",
    "Aged",
    "Ageing",
    "BaseAged",
    "ContactAged",
    "ContactDetail",
    "ContactLine",
    "ContactPage",
    "CurrencyAged",
    "DebitCredit",
    "DocumentFilter",
    "DocumentLine",
    "DocumentOrder",
    "DocumentPage",
    "DocumentSum",
    "DocumentTab",
    "DocumentTabs",
    "PaymentLine",
    "Side",
    "TrialBalance",
    "accrual_profit_and_loss",
    "compare_accrual_profit_and_loss",
    "list_contacts",
    "list_documents",
    "read_ageing",
    "read_contact",
    "read_document_tabs",
    "read_trial_balance",
]
