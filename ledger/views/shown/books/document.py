"""One document of the books in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from config.moments import name_day_and_time
from ledger.books_kinds import DocumentKind, DocumentStatus
from ledger.money import format_minor
from ledger.reports.books.document_detail import DocumentDetail
from ledger.reports.books.documents import DocumentLine
from ledger.views.shown.books.documents import is_open, name_document, say_late, title_of
from ledger.views.shown.books.links import BooksLinks
from ledger.views.shown.books.words import TONES
from ledger.views.shown.months import name_day

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DocumentDetailPage:
    """`facts` and `history` are pairs of a name and what it is, `amounts` of a name and an amount with its currency. `place` is
    the list's name. `gone` says since when the books no longer have it, or ""."""

    name: str
    kind: str
    place: str
    state: str
    tone: str
    contact: str
    contact_href: str
    total: str
    currency: str
    facts: Facts
    amounts: Facts
    history: Facts
    gone: str
    connection_id: UUID
    kind_key: DocumentKind
    provider_id: str


def show_document(detail: DocumentDetail, *, links: BooksLinks) -> DocumentDetailPage:
    """Facts that are not known are left out."""
    line = detail.line
    return DocumentDetailPage(
        name=name_document(line),
        kind=line.kind.label,
        place=title_of(line.kind),
        state=line.standing.label,
        tone=TONES.get(line.standing, ""),
        contact=line.contact_name or "",
        contact_href=links.contact(line.contact_id),
        total=format_minor(line.total, line.currency),
        currency=line.currency,
        facts=_facts(line),
        amounts=tuple(_amounts(line)),
        history=(
            ("First seen here", name_day_and_time(detail.created_at)),
            ("Last changed here", name_day_and_time(detail.updated_at)),
            ("Id in Zoho Books", detail.provider_id),
        ),
        gone=name_day_and_time(detail.gone_at) if detail.gone_at else "",
        connection_id=detail.connection_id,
        kind_key=line.kind,
        provider_id=detail.provider_id,
    )


def _facts(line: DocumentLine) -> Facts:
    late = say_late(line.days_overdue)
    facts = [
        ("Number", line.number),
        ("Reference", line.reference),
        ("Date", name_day(line.date)),
        ("Due", name_day(line.due_date) if line.due_date else ""),
        ("Overdue for", late),
        ("Last payment", name_day(line.last_payment_date) if line.last_payment_date else ""),
    ]
    return tuple((name, words) for name, words in facts if words)


def _amounts(line: DocumentLine) -> Iterator[tuple[str, str]]:
    def amount(minor: int, currency: str) -> str:
        return f"{format_minor(minor, currency)} {currency}"

    is_credit = line.kind == DocumentKind.CREDIT_NOTE
    yield "Total", amount(line.total, line.currency)
    if line.kind != DocumentKind.EXPENSE and line.standing not in (DocumentStatus.DRAFT, DocumentStatus.VOID):
        yield "Not used yet" if is_credit else "Open", amount(line.balance, line.currency)
    if line.written_off:
        yield "Written off", amount(line.written_off, line.currency)
    if line.currency != line.base_currency:
        if line.rate is None:
            yield f"In {line.base_currency}", "no rate"
            return
        yield "Rate", f"1 {line.currency} = {line.rate.normalize():f} {line.base_currency}"
        if line.base_total is not None:
            yield f"Total in {line.base_currency}", amount(line.base_total, line.base_currency)
        if line.base_balance and is_open(line):
            yield f"Open in {line.base_currency}", amount(line.base_balance, line.base_currency)
