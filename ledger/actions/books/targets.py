"""What a page's rows point at. A contact that only a document has named yet is made from that name."""

from collections.abc import Collection
from uuid import UUID

from django.utils import timezone

from ledger.actions.books.rows import Targets
from ledger.books_feeds import FeedBankLine, FeedDocument, FeedPayment, FeedPosting, FeedRow
from ledger.books_kinds import ContactKind
from ledger.codes import take_codes
from ledger.kinds import Book
from ledger.models import BooksAccount, BooksRow, CodeSequence, Contact, ContactFacts


def load_targets(connection_id: UUID, rows: Collection[FeedRow]) -> Targets:
    """The accounts and contacts that rows name. Call it before any sheet is locked."""
    accounts = {row.account_provider_id for row in rows if isinstance(row, FeedPosting | FeedBankLine)}
    named = {
        row.contact_provider_id: row
        for row in rows
        if isinstance(row, FeedDocument | FeedPayment | FeedPosting) and row.contact_provider_id
    }
    contacts = _ids(Contact, connection_id, named)
    missing = [
        row for key, row in named.items() if key not in contacts and isinstance(row, FeedDocument) and row.contact_name
    ]
    return Targets(
        accounts=_ids(BooksAccount, connection_id, accounts),
        contacts=contacts | _make_contacts(connection_id, missing) if missing else contacts,
    )


def _ids(model: type[BooksRow], connection_id: UUID, wanted: Collection[str]) -> dict[str, UUID]:
    if not wanted:
        return {}
    rows = model._default_manager.filter(connection_id=connection_id, provider_id__in=list(wanted))
    return dict(rows.values_list("provider_id", "id"))


def _make_contacts(connection_id: UUID, documents: Collection[FeedDocument]) -> dict[str, UUID]:
    codes = take_codes(CodeSequence.Kind.CONTACT, len(documents))
    made = [_contact(connection_id, code, document) for code, document in zip(codes, documents, strict=True)]
    Contact.objects.bulk_create(made)
    return {contact.provider_id: contact.id for contact in made}


def _contact(connection_id: UUID, code: int, document: FeedDocument) -> Contact:
    now = timezone.now()
    return Contact(
        connection_id=connection_id,
        provider_id=document.contact_provider_id or "",
        code=code,
        sweep=0,
        kind=ContactKind.CUSTOMER if document.kind.book == Book.INVOICES else ContactKind.VENDOR,
        currency=document.currency,
        is_active=True,
        facts=ContactFacts(document.contact_name or ""),
        created_at=now,
        updated_at=now,
    )
