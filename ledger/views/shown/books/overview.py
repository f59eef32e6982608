"""What the overview shows of the books: two cards and two lists of bars."""

from dataclasses import dataclass

from config.charts import ShareBar
from ledger.books_kinds import DocumentKind
from ledger.money import format_minor
from ledger.reports.books.ageing import Ageing, Side
from ledger.reports.books.overview import BooksOverview
from ledger.views.shown.books.ageing import bars_of
from ledger.views.shown.books.links import BooksLinks
from ledger.views.shown.books.words import SIDES, count_documents
from ledger.views.shown.overview import Card

NOTHING_OWED = {
    Side.RECEIVABLE: "All paid: no customer owes anything.",
    Side.PAYABLE: "All paid: no vendor waits for money.",
}


@dataclass(frozen=True, slots=True)
class AgeCard:
    """`note` is the currency; without bars nothing is owed, and `nothing` says so. `credits` are what the bars leave out."""

    title: str
    note: str
    href: str
    bars: tuple[ShareBar, ...]
    nothing: str
    credits: str = ""


@dataclass(frozen=True, slots=True)
class BooksPart:
    cards: tuple[Card, ...]
    ages: tuple[AgeCard, ...]


def show_books(report: BooksOverview, *, links: BooksLinks) -> BooksPart:
    """In the first of the currencies that books are kept in, the workspace's own where there is one; others have a line."""
    return BooksPart(
        cards=(_receivable(report, links), _payable(report, links)),
        ages=(_age(report.receivable, links), _age(report.payable, links)),
    )


def _receivable(report: BooksOverview, links: BooksLinks) -> Card:
    href = links.ageing(Side.RECEIVABLE)
    if not report.receivable.bases:
        return Card("Receivable", "–", "", (), "No invoice has come yet", href)
    first, *others = report.receivable.bases
    lines = (
        f"{format_minor(first.aged.overdue, first.currency)} overdue" if first.aged.overdue else "Nothing is overdue",
        *(f"{format_minor(one.aged.total, one.currency)} {one.currency} in other books" for one in others),
    )
    open_now = format_minor(first.aged.total, first.currency)
    return Card(
        "Receivable", open_now, first.currency, lines, count_documents(first.aged.count, DocumentKind.INVOICE), href
    )


def _payable(report: BooksOverview, links: BooksLinks) -> Card:
    href = links.ageing(Side.PAYABLE)
    if not report.due_soon:
        return Card("Payable in 30 days", "–", "", (), "No bill has come yet", href)
    first, *others = report.due_soon
    base = report.payable.bases[0]
    lines = (
        f"{format_minor(base.aged.overdue, base.currency)} of it overdue"
        if base.aged.overdue
        else "Nothing is overdue",
        *(f"{format_minor(one.amount, one.currency)} {one.currency} in other books" for one in others),
    )
    due = format_minor(first.amount, first.currency)
    note = f"{count_documents(first.count, DocumentKind.BILL)} of {base.aged.count:,} open"
    return Card("Payable in 30 days", due, first.currency, lines, note, href)


def _age(ageing: Ageing, links: BooksLinks) -> AgeCard:
    title, href = SIDES[ageing.side], links.ageing(ageing.side)
    owing = next((one for one in ageing.bases if one.contact_count), None)
    if owing is None:
        nothing = NOTHING_OWED[ageing.side] if ageing.bases else "Nothing has come from the books yet."
        return AgeCard(title, "", href, (), nothing)
    unused = format_minor(owing.aged.credits, owing.currency) if owing.aged.credits else ""
    return AgeCard(f"{title} by age", owing.currency, href, bars_of(owing.aged, owing.currency), "", unused)
