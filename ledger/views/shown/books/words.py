"""Words that several pages of the books share."""

from ledger.books_kinds import DocumentKind, DocumentStatus
from ledger.reports.books.ageing import Side

PLURALS = {
    DocumentKind.INVOICE: "invoices",
    DocumentKind.BILL: "bills",
    DocumentKind.CREDIT_NOTE: "credit notes",
    DocumentKind.EXPENSE: "expenses",
}
TONES = {
    DocumentStatus.OVERDUE: "bad",
    DocumentStatus.OPEN: "busy",
    DocumentStatus.PARTLY_PAID: "busy",
    DocumentStatus.PAID: "ok",
}
SIDES = {Side.RECEIVABLE: "Receivables", Side.PAYABLE: "Payables"}
KINDS = {Side.RECEIVABLE: DocumentKind.INVOICE, Side.PAYABLE: DocumentKind.BILL}


def count_documents(count: int, kind: DocumentKind) -> str:
    """1 invoice, 1,240 invoices."""
    return f"{count:,} {kind.label.lower() if count == 1 else PLURALS[kind]}"


def format_tenths(tenths: int) -> str:
    """345 as 34.5."""
    return f"{tenths // 10:,}.{tenths % 10}"
