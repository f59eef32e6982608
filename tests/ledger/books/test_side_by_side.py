"""Two organisations' syncs and a rebuild on connections of their own: no deadlock, no lost row."""

from datetime import date
from io import StringIO
from threading import Barrier

import pytest
from django.core.management import call_command

from accounts.access import workspace_scope
from ledger.actions import list_stale_months, rebuild_month
from ledger.books_kinds import Resource
from ledger.kinds import Book
from ledger.models import BooksAccount, Contact, Document, Posting
from tests.ledger.books.company import Books, account, connect_books, differences, document, posting, rebuild
from tests.ledger.test_locks import PATIENCE, side_by_side
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])

MAY, JUNE = date(2026, 5, 3), date(2026, 6, 4)
TIMES = 8


def test_two_syncs_and_a_rebuild_of_the_same_months_lose_nothing(alice: Persona) -> None:
    with workspace_scope(alice.workspace.pk):
        both = [connect_books(alice.workspace, base) for base in ("USD", "EUR")]
        for books in both:
            books.apply(Resource.ACCOUNTS, account("a"))
    together = Barrier(3)

    def write(books: Books, *days: date) -> None:
        together.wait(PATIENCE)
        for number in range(TIMES):
            with workspace_scope(alice.workspace.pk):
                rows = [
                    document(f"{number} {day}", date=day, contact_provider_id=f"c{number}", contact_name="Acme")
                    for day in days
                ]
                books.apply(Resource.INVOICES, *rows)
            with workspace_scope(alice.workspace.pk):
                books.apply(Resource.POSTINGS, *(posting(f"{number} {day}", "a", number, date=day) for day in days))

    def rebuild_again_and_again() -> None:
        together.wait(PATIENCE)
        for _ in range(TIMES):
            for book in (Book.INVOICES, Book.BOOKS):
                with workspace_scope(alice.workspace.pk):
                    months = list_stale_months(book)
                for month in months:
                    with workspace_scope(alice.workspace.pk):
                        rebuild_month(book=book, month=month)

    side_by_side(lambda: write(both[0], MAY, JUNE), lambda: write(both[1], JUNE, MAY), rebuild_again_and_again)
    with workspace_scope(alice.workspace.pk):
        assert differences() == []
        rebuild()
        assert differences() == []
        assert Document.objects.count() == Posting.objects.count() == 2 * 2 * TIMES
        codes = list(Contact.objects.values_list("code", flat=True))
        assert len(codes) == len(set(codes)) == 2 * TIMES
        assert BooksAccount.objects.count() == 2


def test_sheets_and_rows_are_the_same_after_a_rotation_of_the_key(alice: Persona) -> None:
    with workspace_scope(alice.workspace.pk):
        books = connect_books(alice.workspace)
        books.apply(Resource.ACCOUNTS, account("a"))
        books.documents(document("i1", contact_provider_id="c", contact_name="Acme"))
        books.postings(posting("l1", "a", 5))
        before = (books.document("i1").feed, books.posting("l1").feed, books.contact("c").facts)
    rotation = ["--workspace", alice.workspace.slug, "--forget-at-once"]
    call_command("rotate_keys", *rotation, stdout=StringIO())
    with workspace_scope(alice.workspace.pk):
        assert differences() == []
        assert (books.document("i1").feed, books.posting("l1").feed, books.contact("c").facts) == before
