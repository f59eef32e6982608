from datetime import date
from decimal import Decimal

import pytest

from audit.models import Event
from ledger.actions import list_stale_months
from ledger.actions.books import (
    BaseCurrencyChanged,
    UnknownOrganization,
    WrongRow,
    apply_books_page,
    count_unseen,
    save_organization,
)
from ledger.books_feeds import BooksPage, FeedRow, UnknownBooksAccount
from ledger.books_kinds import ContactKind, DocumentKind, DocumentStatus, Resource
from ledger.currencies import UnknownCurrency
from ledger.kinds import Book, CategoryKind
from ledger.models import BankLine, BooksAccount, Contact, Document, Payment, Posting
from ledger.money import MAX_MINOR, InexactAmount
from tests.ledger.books.company import (
    MARCH_5,
    SYNC,
    Books,
    account,
    bank_line,
    connect_books,
    contact,
    differences,
    document,
    payment,
    posting,
    rebuild,
)

pytestmark = pytest.mark.django_db

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
APRIL_2 = date(2026, 4, 2)


def test_every_resource_opens_as_it_came(books: Books) -> None:
    books.apply(Resource.ACCOUNTS, account("sales", "income", number="4000"), account("bank", "bank"))
    books.apply(Resource.CONTACTS, contact("acme", email="ap@acme.test", company="Acme Inc"))
    books.apply(
        Resource.INVOICES,
        document(
            "i1", contact_provider_id="acme", reference="PO 7", currency="EUR", rate=Decimal("1.10"), balance_minor=5
        ),
    )
    books.apply(Resource.CUSTOMER_PAYMENTS, payment("p1", contact_provider_id="acme", reference="wire"))
    books.apply(Resource.POSTINGS, posting("l1", "sales", -100_00, contact_provider_id="acme"))
    books.apply(Resource.BANK_LINES, bank_line("b1", "bank", 100_00))

    sales, acme = books.account("sales"), books.contact("acme")
    assert (sales.kind, sales.type, sales.facts.number) == (CategoryKind.INCOME, "income", "4000")
    assert (acme.facts.name, acme.facts.company, acme.facts.email) == ("Acme Ltd", "Acme Inc", "ap@acme.test")
    invoice = books.document("i1")
    assert (invoice.contact_id, invoice.status, invoice.currency) == (acme.id, DocumentStatus.OPEN, "EUR")
    assert (invoice.feed.total, invoice.feed.balance, invoice.feed.rate) == (100_00, 5, "1.1")
    assert (invoice.feed.number, invoice.feed.reference) == ("I1", "PO 7")
    paid = Payment.objects.get()
    assert (paid.kind, paid.contact_id, paid.feed.minor, paid.feed.reference) == ("customer", acme.id, 100_00, "wire")
    line = books.posting("l1")
    assert (line.account_id, line.contact_id, line.feed.minor, line.feed.base_minor) == (
        sales.id,
        acme.id,
        -100_00,
        -100_00,
    )
    assert BankLine.objects.get().feed.payee == "Somebody"
    rebuild()
    assert differences() == []


def test_what_does_not_differ_is_not_written_again_and_only_its_reading_is_noted(books: Books) -> None:
    rows = [document("i1"), document("i2", rate=Decimal("1.0"))]
    first = books.apply(Resource.INVOICES, *rows)
    assert (first.inserted, first.updated, first.unchanged, first.months) == (2, 0, 0, (MARCH,))
    rebuild()
    before = {row.id: (row.updated_at, row.feed) for row in Document.objects.all()}
    events = Event.objects.count()

    again = books.apply(Resource.INVOICES, document("i1"), document("i2", rate=Decimal("1.000")), sweep=2)

    assert (again.inserted, again.updated, again.unchanged, again.months) == (0, 0, 2, ())
    assert {row.id: (row.updated_at, row.feed) for row in Document.objects.all()} == before
    assert {row.sweep for row in Document.objects.all()} == {2}
    assert list_stale_months(Book.INVOICES) == []
    assert Event.objects.count() == events


def test_a_later_reading_never_lowers_what_an_earlier_one_saw(books: Books) -> None:
    books.apply(Resource.INVOICES, document("i1"), document("i2"), sweep=7)
    books.apply(Resource.INVOICES, document("i1"), document("i2", total_minor=1), sweep=3)
    assert {row.sweep for row in Document.objects.all()} == {7}


def test_a_changed_document_makes_its_old_and_its_new_month_stale(books: Books) -> None:
    books.documents(document("i1"))
    moved = books.apply(Resource.INVOICES, document("i1", date=APRIL_2))
    assert (moved.updated, moved.months, moved.earliest) == (1, (MARCH, APRIL), MARCH_5)
    assert list_stale_months(Book.INVOICES) == [MARCH, APRIL]
    rebuild()
    assert differences() == []


@pytest.mark.parametrize(
    ("kind", "resource", "book"),
    [
        (DocumentKind.INVOICE, Resource.INVOICES, Book.INVOICES),
        (DocumentKind.CREDIT_NOTE, Resource.CREDIT_NOTES, Book.INVOICES),
        (DocumentKind.BILL, Resource.BILLS, Book.BILLS),
        (DocumentKind.EXPENSE, Resource.EXPENSES, Book.BILLS),
    ],
)
def test_each_kind_of_document_is_in_its_own_book(
    books: Books, kind: DocumentKind, resource: Resource, book: Book
) -> None:
    books.apply(resource, document("d1", kind=kind))
    assert [one for one in Book if list_stale_months(one)] == [book]


def test_the_same_id_may_be_a_document_of_each_kind(books: Books) -> None:
    books.documents(document("1"), document("1", kind=DocumentKind.BILL))
    assert sorted(row.kind for row in Document.objects.all()) == ["bill", "invoice"]


def test_rows_without_a_sheet_make_nothing_stale(books: Books) -> None:
    books.apply(Resource.ACCOUNTS, account("bank", "bank"))
    applied = books.apply(Resource.BANK_LINES, bank_line("b1", "bank", 5))
    assert (applied.months, applied.earliest) == ((), MARCH_5)
    assert books.apply(Resource.VENDOR_PAYMENTS, payment("p", kind=ContactKind.VENDOR)).months == ()
    assert [one for one in Book if list_stale_months(one)] == []


def test_the_last_of_several_rows_of_one_id_counts(books: Books) -> None:
    assert books.apply(Resource.INVOICES, document("i1", total_minor=1), document("i1", total_minor=2)).inserted == 1
    assert books.document("i1").feed.total == 2


def test_a_document_names_a_contact_that_is_told_only_later(books: Books) -> None:
    books.documents(document("i1", contact_provider_id="acme", contact_name="ACME"))
    placeholder = books.contact("acme")
    assert (placeholder.facts.name, placeholder.kind) == ("ACME", ContactKind.CUSTOMER)

    assert books.apply(Resource.CONTACTS, contact("acme"), contact("bolt")).updated == 1

    acme = books.contact("acme")
    assert (acme.id, acme.code, acme.facts.name) == (placeholder.id, placeholder.code, "Acme Ltd")
    assert books.document("i1").contact_id == acme.id
    assert len({one.code for one in Contact.objects.all()}) == 2


def test_a_contact_that_nobody_told_is_none_until_it_is(books: Books) -> None:
    books.apply(Resource.CUSTOMER_PAYMENTS, payment("p1", contact_provider_id="acme"))
    assert Payment.objects.get().contact_id is None
    books.apply(Resource.CONTACTS, contact("acme"))
    assert books.apply(Resource.CUSTOMER_PAYMENTS, payment("p1", contact_provider_id="acme")).updated == 1
    assert Payment.objects.get().contact_id == books.contact("acme").id


def test_accounts_keep_their_codes_when_they_change(books: Books) -> None:
    books.apply(Resource.ACCOUNTS, account("a", "income"), account("b", "bank"))
    codes = {row.provider_id: row.code for row in BooksAccount.objects.all()}
    books.apply(Resource.ACCOUNTS, account("a", "other_expense", is_active=False), account("c", "equity"))
    assert {row.provider_id: row.code for row in BooksAccount.objects.exclude(provider_id="c")} == codes
    assert (books.account("a").kind, books.account("a").is_active) == (CategoryKind.OTHER_EXPENSE, False)
    assert books.account("c").code not in codes.values()


def test_an_unseen_row_goes_and_one_told_again_comes_back(books: Books) -> None:
    books.documents(document("i1"), document("i2", date=APRIL_2), document("b1", kind=DocumentKind.BILL))
    books.apply(Resource.INVOICES, document("i1"), sweep=2)

    retired = books.retire(Resource.INVOICES, 2)

    assert (retired.count, retired.earliest) == (1, APRIL_2)
    assert books.document("i2").is_gone
    assert books.document("i2").get_deleted_because_display() == "No longer in the books"
    assert not books.document("b1").is_gone
    assert list_stale_months(Book.INVOICES) == [APRIL]
    rebuild()
    assert differences() == []
    assert books.retire(Resource.INVOICES, 2).count == 0

    assert books.apply(Resource.INVOICES, document("i2", date=APRIL_2), sweep=3).updated == 1
    assert not books.document("i2").is_gone
    rebuild()
    assert differences() == []


def test_a_void_document_that_was_seen_stays(books: Books) -> None:
    books.documents(document("i1"))
    books.documents(document("i1", status=DocumentStatus.VOID), sweep=2)
    assert books.retire(Resource.INVOICES, 2).count == 0
    assert (books.document("i1").status, books.document("i1").is_gone) == (DocumentStatus.VOID, False)


def test_a_window_retires_only_what_is_in_it(books: Books) -> None:
    days = [date(2026, 3, day) for day in (4, 5, 6, 7)]
    books.documents(*(document(f"i{day.day}", date=day) for day in days))
    first, last = days[1], days[2]
    unseen = count_unseen(
        connection_id=books.connection_id, resource=Resource.INVOICES, sweep=2, first=first, last=last
    )
    assert unseen == books.retire(Resource.INVOICES, 2, first=first, last=last).count == 2
    assert sorted(row.provider_id for row in Document.objects.filter(deleted_at=None)) == ["i4", "i7"]


def test_one_accounts_postings_are_retired_without_the_others(books: Books) -> None:
    books.apply(Resource.ACCOUNTS, account("a"), account("b"))
    books.postings(posting("l1", "a", 5), posting("l2", "b", -5))
    assert books.retire(Resource.POSTINGS, 2, account_provider_id="a").count == 1
    assert [row.provider_id for row in Posting.objects.filter(deleted_at=None)] == ["l2"]
    with pytest.raises(UnknownBooksAccount):
        books.retire(Resource.POSTINGS, 2, account_provider_id="c")


def test_contacts_and_accounts_are_retired_as_a_whole(books: Books) -> None:
    books.apply(Resource.CONTACTS, contact("acme"), contact("bolt"))
    books.apply(Resource.CONTACTS, contact("acme"), sweep=2)
    assert books.retire(Resource.CONTACTS, 2).count == 1
    assert books.contact("bolt").is_gone
    with pytest.raises(ValueError, match="have no days"):
        books.retire(Resource.CONTACTS, 2, first=MARCH_5)
    with pytest.raises(ValueError, match="of no account"):
        books.retire(Resource.INVOICES, 2, account_provider_id="a")


def test_two_organisations_of_one_workspace_do_not_touch_each_other(books: Books) -> None:
    europe = connect_books(books.workspace, "EUR")
    for one in (books, europe):
        one.apply(Resource.CONTACTS, contact("acme"))
        one.documents(document("i1", contact_provider_id="acme"))
    assert books.retire(Resource.INVOICES, 2).count == 1
    assert not europe.document("i1").is_gone
    assert books.contact("acme").code != europe.contact("acme").code
    rebuild()
    assert differences() == []


def test_the_base_currency_of_an_organisation_stays(books: Books) -> None:
    save_organization(actor=SYNC, connection_id=books.connection_id, base_currency="USD")
    with pytest.raises(BaseCurrencyChanged):
        save_organization(actor=SYNC, connection_id=books.connection_id, base_currency="EUR")
    with pytest.raises(UnknownCurrency):
        save_organization(actor=SYNC, connection_id=books.connection_id, base_currency="XYZ")


def test_what_the_ledger_cannot_hold_is_refused_before_anything_is_written(books: Books) -> None:
    books.apply(Resource.ACCOUNTS, account("a"))
    refusals: list[tuple[Resource, FeedRow, type[Exception]]] = [
        (Resource.INVOICES, document("bad", currency="BTC"), UnknownCurrency),
        (Resource.INVOICES, document("bad", total_minor=MAX_MINOR + 1), InexactAmount),
        (Resource.INVOICES, document("bad", rate=Decimal(0)), InexactAmount),
        (Resource.INVOICES, document("bad", rate=Decimal("nan")), InexactAmount),
        (Resource.POSTINGS, posting("bad", "unknown", 5), UnknownBooksAccount),
        (Resource.BANK_LINES, bank_line("bad", "unknown", 5), UnknownBooksAccount),
        (Resource.INVOICES, document("bad", kind=DocumentKind.BILL), WrongRow),
        (Resource.CONTACTS, document("bad"), WrongRow),
    ]
    for resource, row, error in refusals:
        with pytest.raises(error):
            books.apply(resource, row)
    assert not any(model.objects.exists() for model in (Document, Posting, BankLine, Contact))


def test_books_of_an_organisation_that_is_not_known_are_refused(books: Books) -> None:
    page = BooksPage(Resource.CONTACTS, (contact("acme"),))
    with pytest.raises(UnknownOrganization):
        apply_books_page(actor=SYNC, connection_id=books.workspace.pk, page=page, sweep=1)


def test_a_page_and_a_retirement_are_in_the_record(books: Books) -> None:
    books.documents(document("i1"))
    books.retire(Resource.INVOICES, 2)
    actions = set(Event.objects.values_list("action", flat=True))
    assert {"ledger.books_organization.saved", "ledger.books_page.applied", "ledger.books_rows.retired"} <= actions


def test_feed_records_show_nothing_of_what_they_say() -> None:
    rows: list[FeedRow] = [
        account("a", name="Secret", number="Secret"),
        contact("c", name="Secret", company="Secret", email="Secret", payment_terms_days=73915),
        document(
            "d", number="Secret", reference="Secret", contact_name="Secret", total_minor=73915, rate=Decimal("7.3915")
        ),
        payment("p", number="Secret", mode="Secret", reference="Secret", amount_minor=73915),
        posting("l", "a", 73915, number="Secret", description="Secret"),
        bank_line("b", "a", 73915, payee="Secret", description="Secret"),
    ]
    for row in rows:
        assert row.provider_id in repr(row)
        assert not any(word in repr(row) for word in ("Secret", "73915", "7.3915"))
