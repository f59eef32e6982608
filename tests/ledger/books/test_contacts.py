from datetime import date, timedelta
from uuid import uuid4

import pytest

from ledger.books_kinds import ContactKind, DocumentKind, DocumentStatus, Resource
from ledger.reports.books import DocumentLine, PaymentLine, list_contacts, read_contact
from ledger.reports.books import contact as one_contact
from ledger.reports.books import contacts as listing
from tests.ledger.books.company import Books, contact, document, payment

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 21)
CUSTOMER, VENDOR = ContactKind.CUSTOMER, ContactKind.VENDOR


def names(books: Books, text: str = "", kind: ContactKind = CUSTOMER) -> list[str]:
    return [row.name for row in list_contacts(kind, today=TODAY, text=text).rows]


def test_contacts_are_by_name_with_what_is_open(books: Books) -> None:
    books.apply(
        Resource.CONTACTS,
        contact("bolt"),
        contact("acme", company="Anvils", email="ap@acme.test"),
        contact("Zorn", name="zorn"),
        contact("vend", kind=VENDOR),
    )
    books.documents(
        document("i1", contact_provider_id="bolt", total_minor=5), document("i2", contact_provider_id="bolt")
    )
    page = list_contacts(CUSTOMER, today=TODAY)
    assert [row.name for row in page.rows] == ["Acme Ltd", "Bolt Ltd", "zorn"]
    assert (page.rows[0].owed, page.rows[0].company, page.rows[0].payment_terms_days) == (None, "Anvils", 30)
    assert page.rows[1].owed
    assert (page.rows[1].owed.base.total, page.rows[1].owed.base.count) == (100_05, 2)
    assert names(books, kind=VENDOR) == ["Vend Ltd"]
    assert names(books, "anvils AP@") == ["Acme Ltd"]
    assert names(books, "acme bolt") == []


def test_a_contact_that_is_gone_is_listed_while_it_owes(books: Books) -> None:
    books.apply(Resource.CONTACTS, contact("acme"), contact("bolt"))
    books.documents(document("i1", contact_provider_id="bolt"))
    books.retire(Resource.CONTACTS, 2)
    assert names(books) == ["Bolt Ltd"]


def test_pages_of_contacts_follow_each_other_and_lead_back(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    books.apply(Resource.CONTACTS, *(contact(f"c{at}", name="Same") for at in range(5)))
    first = list_contacts(CUSTOMER, today=TODAY)
    second = list_contacts(CUSTOMER, today=TODAY, cursor=first.next_cursor)
    third = list_contacts(CUSTOMER, today=TODAY, cursor=second.next_cursor)
    rows = [row.id for page in (first, second, third) for row in page.rows]
    assert (len(rows), len(set(rows)), first.count, third.next_cursor) == (5, 5, 5, None)
    back = list_contacts(CUSTOMER, today=TODAY, before=third.previous_cursor)
    assert back.rows == second.rows
    assert first.previous_cursor is None
    assert list_contacts(CUSTOMER, today=TODAY, cursor=uuid4()).rows == first.rows


# R80
def test_a_contacts_history_is_every_document_and_payment_newest_first(books: Books) -> None:
    books.apply(Resource.CONTACTS, contact("acme"), contact("bolt"))
    acme = {"contact_provider_id": "acme"}
    day = date(2026, 10, 1)
    books.documents(
        document("i1", date=day, **acme),
        document("i2", date=day + timedelta(days=2), status=DocumentStatus.PAID, balance_minor=0, **acme),
        document("c1", date=day + timedelta(days=3), kind=DocumentKind.CREDIT_NOTE, total_minor=7_00, **acme),
        document("i3", date=day, contact_provider_id="bolt"),
    )
    books.apply(Resource.CUSTOMER_PAYMENTS, payment("p1", date=day + timedelta(days=2), amount_minor=3_00, **acme))
    acme_id = books.contact("acme").id

    detail = read_contact(acme_id, today=TODAY)

    assert detail
    assert detail.contact.owed
    assert (detail.contact.name, detail.contact.owed.base.total) == ("Acme Ltd", 93_00)
    assert [row.number for row in detail.history][::3] == ["C1", "I1"]
    assert {type(row) for row in detail.history} == {DocumentLine, PaymentLine}
    (paid,) = [row for row in detail.history if isinstance(row, PaymentLine)]
    assert (paid.minor, paid.kind, paid.mode) == (3_00, CUSTOMER, "bank")
    assert detail.next_cursor is None


def test_a_long_history_is_read_page_by_page(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_contact, "PAGE", 3)
    books.apply(Resource.CONTACTS, contact("acme"))
    day, acme = date(2026, 10, 1), {"contact_provider_id": "acme"}
    books.documents(*(document(f"i{at}", date=day + timedelta(days=at // 3), **acme) for at in range(5)))
    books.apply(
        Resource.CUSTOMER_PAYMENTS, *(payment(f"p{at}", date=day + timedelta(days=at // 3), **acme) for at in range(5))
    )
    acme_id, cursor, seen = books.contact("acme").id, None, []
    while True:
        detail = read_contact(acme_id, today=TODAY, cursor=cursor)
        assert detail
        seen += [(row.date, row.id) for row in detail.history]
        if (cursor := detail.next_cursor) is None:
            break
    assert len(seen) == 10
    assert seen == sorted(seen, reverse=True)


def test_a_stranger_is_no_contact(books: Books) -> None:
    assert read_contact(uuid4(), today=TODAY) is None


def test_a_vendors_balance_is_of_bills(books: Books) -> None:
    books.apply(Resource.CONTACTS, contact("vend", kind=VENDOR))
    books.documents(document("b1", kind=DocumentKind.BILL, contact_provider_id="vend", total_minor=9))
    detail = read_contact(books.contact("vend").id, today=TODAY)
    assert detail
    assert detail.contact.owed
    assert detail.contact.owed.base.total == 9
