"""The transactions page and a transaction's own page.

Default order and filters on account, category, status and date run in SQL by keyset; filters and sorts on what is sealed
run on sheets. Either way a page is 50 rows opened, or 100, in a number of queries that does not grow with the rows.
"""

from ledger.reports.transactions.details import transaction_detail
from ledger.reports.transactions.filters import Direction, Order, Show, TransactionFilter
from ledger.reports.transactions.history import history_of
from ledger.reports.transactions.listing import SIZES, list_transactions
from ledger.reports.transactions.names import Names, read_names
from ledger.reports.transactions.pages import Deed, DeedKind, Totals, TransactionDetail, TransactionPage, TransactionRow
from ledger.reports.transactions.selection import SelectionChanged, select_matching

__all__ = [
    "SIZES",
    "Deed",
    "DeedKind",
    "Direction",
    "Names",
    "Order",
    "SelectionChanged",
    "Show",
    "Totals",
    "TransactionDetail",
    "TransactionFilter",
    "TransactionPage",
    "TransactionRow",
    "history_of",
    "list_transactions",
    "read_names",
    "select_matching",
    "transaction_detail",
]
