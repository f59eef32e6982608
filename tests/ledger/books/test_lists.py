from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from ledger.books_kinds import DocumentKind, DocumentStatus, Resource
from ledger.reports.books import (
    DocumentFilter,
    DocumentOrder,
    DocumentPage,
    Side,
    list_documents,
    read_ageing,
    read_document_tabs,
)
from ledger.reports.books import documents as listing
from ledger.reports.books.reading import read_documents
from ledger.reports.books.sums import WithoutRate
from tests.ledger.books.company import Books, contact, document
from tests.ledger.counting import counted_statements

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 21)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
INVOICE = DocumentKind.INVOICE


def numbers(page: DocumentPage) -> list[str | None]:
    return [row.number for row in page.rows]


def listed(**wanted: object) -> list[str | None]:
    return numbers(list_documents(INVOICE, DocumentFilter(**wanted), today=TODAY))  # type: ignore[arg-type]


@pytest.fixture
def some(books: Books) -> Books:
    """Invoices that differ in everything a list can ask for."""
    books.apply(Resource.CONTACTS, contact("acme", email="ap@acme.test"), contact("müller", name="Müller & Söhne"))
    day = TODAY - timedelta(days=40)
    books.documents(
        document("a", date=day, due_date=YESTERDAY, total_minor=30_00, contact_provider_id="acme"),
        document("b", date=day + timedelta(days=1), due_date=TODAY, total_minor=10_00, reference="PO-77 Straße"),
        document(
            "c",
            date=day + timedelta(days=2),
            due_date=TOMORROW,
            total_minor=20_00,
            balance_minor=5_00,
            status=DocumentStatus.PARTLY_PAID,
            contact_provider_id="müller",
        ),
        document("d", date=day + timedelta(days=3), currency="EUR", rate=Decimal(2), total_minor=40_00, balance_minor=0,
                 status=DocumentStatus.PAID, contact_provider_id="acme", reference="Retainer"),
        document("e", date=TODAY, due_date=None, status=DocumentStatus.DRAFT),
        document("f", date=TODAY, due_date=TOMORROW, status=DocumentStatus.OVERDUE, total_minor=1_00),
        document("z", kind=DocumentKind.CREDIT_NOTE),
        document("y", kind=DocumentKind.BILL),
    )  # fmt: skip
    return books


def test_tabs_count_and_add_up_by_how_documents_stand_today(some: Books) -> None:
    tabs = read_document_tabs(INVOICE, today=TODAY)
    assert [(tab.status, tab.count) for tab in tabs.tabs] == [
        (DocumentStatus.DRAFT, 1),
        (DocumentStatus.OPEN, 2),
        (DocumentStatus.OVERDUE, 1),
        (DocumentStatus.PARTLY_PAID, 1),
        (DocumentStatus.PAID, 1),
    ]
    assert tabs.all.count == 6
    assert [(one.currency, one.count, one.total, one.balance) for one in tabs.all.currencies] == [
        ("EUR", 1, 40_00, 0),
        ("USD", 5, 161_00, 46_00),
    ]
    assert [(one.currency, one.total, one.balance) for one in tabs.all.bases] == [("USD", 241_00, 46_00)]


def test_what_is_open_of_the_list_is_what_ageing_counts(some: Books) -> None:
    (base,) = read_ageing(Side.RECEIVABLE, today=TODAY).bases
    (open_sum,) = read_document_tabs(INVOICE, today=TODAY).all.bases
    (unused,) = read_document_tabs(DocumentKind.CREDIT_NOTE, today=TODAY).all.bases
    assert base.aged.total == open_sum.balance - unused.balance
    assert list_documents(INVOICE, DocumentFilter(), today=TODAY).bases == (open_sum,)


def test_a_day_later_more_is_overdue_though_the_provider_said_nothing(some: Books) -> None:
    tabs = {tab.status: tab.count for tab in read_document_tabs(INVOICE, today=TOMORROW).tabs}
    assert tabs[DocumentStatus.OVERDUE] == 2
    tabs = {tab.status: tab.count for tab in read_document_tabs(INVOICE, today=TOMORROW + timedelta(days=1)).tabs}
    assert (tabs[DocumentStatus.OVERDUE], DocumentStatus.PARTLY_PAID in tabs) == (4, False)


def test_credit_notes_are_never_overdue(some: Books) -> None:
    (tab,) = read_document_tabs(DocumentKind.CREDIT_NOTE, today=TODAY).tabs
    assert (tab.status, tab.count) == (DocumentStatus.OPEN, 1)


@pytest.mark.parametrize("text", ["", " ", "-"])
def test_both_paths_tell_the_same_of_each_standing(some: Books, text: str) -> None:
    # A search that everything matches takes the sheets' way.
    for status in DocumentStatus:
        page = list_documents(INVOICE, DocumentFilter(statuses=(status,)), today=TODAY)
        ordered = list_documents(INVOICE, DocumentFilter(statuses=(status,), order=DocumentOrder.DUE), today=TODAY)
        assert set(numbers(page)) == set(numbers(ordered))
        assert {row.standing for row in page.rows} <= {status}
        assert page.count == len(page.rows) == len(ordered.rows)


def test_each_order(some: Books) -> None:
    assert listed(order=DocumentOrder.OLDEST)[:4] == ["A", "B", "C", "D"]
    assert listed()[2:] == ["D", "C", "B", "A"]
    assert listed(order=DocumentOrder.LARGEST)[:2] == ["E", "D"]
    assert listed(order=DocumentOrder.OPEN_FIRST)[:3] == ["A", "B", "C"]
    assert listed(order=DocumentOrder.DUE, statuses=(DocumentStatus.OVERDUE, DocumentStatus.OPEN))[0] == "A"


def test_each_filter_narrows(some: Books) -> None:
    acme = some.contact("acme").id
    assert listed(contacts=(acme,)) == ["D", "A"]
    assert listed(contacts=(uuid4(),)) == []
    assert listed(currencies=("EUR",)) == ["D"]
    day = TODAY - timedelta(days=39)
    assert listed(first=day, last=day + timedelta(days=1)) == ["C", "B"]
    assert listed(first=day, last=day + timedelta(days=1), order=DocumentOrder.LARGEST) == ["C", "B"]


def test_words_are_found_in_number_reference_and_the_contacts_names(some: Books) -> None:
    assert listed(text="strasse") == ["B"]
    assert listed(text="po-77 b") == ["B"]
    assert listed(text="MÜLLER") == ["C"]
    assert listed(text="ap@acme") == ["D", "A"]
    assert listed(text="acme retainer") == ["D"]
    assert listed(text="acme strasse") == []


def test_a_renamed_contact_is_found_by_its_new_name_at_once(some: Books) -> None:
    some.apply(Resource.CONTACTS, contact("acme", name="Zenith"))
    assert listed(text="zenith") == ["D", "A"]
    assert listed(text="acme ltd") == []


def test_a_row_tells_everything_about_its_document(some: Books) -> None:
    row = list_documents(INVOICE, DocumentFilter(currencies=("EUR",)), today=TODAY).rows[0]
    assert (row.contact_name, row.contact_id) == ("Acme Ltd", some.contact("acme").id)
    assert (row.total, row.balance, row.base_total, row.base_balance, row.rate) == (40_00, 0, 80_00, 0, Decimal(2))
    late = list_documents(INVOICE, DocumentFilter(statuses=(DocumentStatus.OVERDUE,)), today=TODAY).rows[0]
    assert (late.number, late.days_overdue) == ("A", 1)
    assert "4000" not in repr(row)
    assert "Acme" not in repr(row)


@pytest.mark.parametrize("order", list(DocumentOrder))
@pytest.mark.parametrize("text", ["", "i"])
def test_following_cursors_visits_each_row_once_and_the_way_back_too(
    books: Books, monkeypatch: pytest.MonkeyPatch, order: DocumentOrder, text: str
) -> None:
    monkeypatch.setattr(listing, "PAGE", 4)
    day = date(2026, 1, 31)
    # Many of one day and amount, so that ids decide.
    books.documents(*(document(f"i{at}", date=day + timedelta(days=at // 7), total_minor=at // 5) for at in range(22)))
    wanted = DocumentFilter(order=order, text=text)
    pages = [list_documents(INVOICE, wanted, today=TODAY)]
    while cursor := pages[-1].next_cursor:
        pages.append(list_documents(INVOICE, wanted, today=TODAY, cursor=cursor))
    seen = [row.id for page in pages for row in page.rows]
    assert len(pages) == 6
    assert len(seen) == len(set(seen)) == pages[0].count == 22
    assert pages[0].previous_cursor is None

    back = list_documents(INVOICE, wanted, today=TODAY, before=pages[2].previous_cursor)
    assert [row.id for row in back.rows] == [row.id for row in pages[1].rows]
    start = list_documents(INVOICE, wanted, today=TODAY, before=pages[0].rows[1].id)
    assert [row.id for row in start.rows] == [row.id for row in pages[0].rows]


@pytest.mark.parametrize("order", [DocumentOrder.NEWEST, DocumentOrder.DUE])
def test_a_cursor_still_works_when_its_row_no_longer_matches(
    books: Books, monkeypatch: pytest.MonkeyPatch, order: DocumentOrder
) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    books.documents(*(document(f"i{at}", date=TODAY + timedelta(days=at)) for at in range(5)))
    wanted = DocumentFilter(order=order, statuses=(DocumentStatus.OPEN,))
    first = list_documents(INVOICE, wanted, today=TODAY)
    cursor = first.next_cursor
    assert isinstance(cursor, UUID)
    number = first.rows[-1].number
    assert number
    books.documents(document(number.lower(), date=first.rows[-1].date, status=DocumentStatus.PAID, balance_minor=0))
    second = list_documents(INVOICE, wanted, today=TODAY, cursor=cursor)
    assert not set(numbers(second)) & set(numbers(first))
    assert len(second.rows) == 2


def test_an_unknown_cursor_is_the_beginning(some: Books) -> None:
    for order in (DocumentOrder.NEWEST, DocumentOrder.LARGEST):
        wanted = DocumentFilter(order=order)
        page = list_documents(INVOICE, wanted, today=TODAY, cursor=uuid4())
        assert numbers(page) == numbers(list_documents(INVOICE, wanted, today=TODAY))
        assert page.previous_cursor is None


def test_what_is_gone_is_in_no_list_and_no_sum(some: Books) -> None:
    some.retire(Resource.INVOICES, 2)
    some.documents()
    assert listed() == listed(order=DocumentOrder.DUE) == []
    assert read_document_tabs(INVOICE, today=TODAY).all.count == 0


def test_documents_that_were_read_already_are_not_read_again(some: Books) -> None:
    read = read_documents(INVOICE.book)
    for wanted, count in (
        (DocumentFilter(), 0),
        (DocumentFilter(order=DocumentOrder.DUE), 0),
        (DocumentFilter(text="acme"), 1),
    ):
        with counted_statements() as statements:
            page = list_documents(INVOICE, wanted, today=TODAY, read=read)
        assert sum("ledger_sheetpart" in one for one in statements) == count
        assert page == list_documents(INVOICE, wanted, today=TODAY)


@pytest.mark.parametrize("day", [TODAY, TODAY - timedelta(days=400)])
def test_what_was_written_since_the_documents_were_read_is_found_by_its_words(some: Books, day: date) -> None:
    read = read_documents(INVOICE.book)
    some.documents(document("new", date=day, reference="Turbine"))
    page = list_documents(INVOICE, DocumentFilter(text="turbine"), today=TODAY, read=read)
    assert (numbers(page), page.count) == (["NEW"], 1)
    assert numbers(list_documents(INVOICE, DocumentFilter(text="po 77"), today=TODAY, read=read)) == ["B"]


def test_words_are_looked_for_between_two_days(some: Books) -> None:
    day = TODAY - timedelta(days=40)
    assert listed(text="acme") == ["D", "A"]
    assert listed(text="acme", first=day + timedelta(days=1)) == ["D"]
    assert listed(text="acme", last=day) == ["A"]
    assert listed(text="acme", first=TODAY) == []


def test_documents_without_a_rate_are_counted_by_currency(some: Books) -> None:
    some.documents(
        document("g", date=TODAY, currency="EUR"),
        document("h", date=TODAY, currency="EUR", status=DocumentStatus.VOID),
        document("i", date=TODAY, currency="GBP"),
    )
    missing = read_document_tabs(INVOICE, today=TODAY).without_rate
    assert missing == (WithoutRate("EUR", "USD", 2), WithoutRate("GBP", "USD", 1))
    assert list_documents(INVOICE, DocumentFilter(), today=TODAY).without_rate == missing
    pounds = list_documents(INVOICE, DocumentFilter(currencies=("GBP",)), today=TODAY)
    assert pounds.without_rate == (WithoutRate("GBP", "USD", 1),)
    assert list_documents(INVOICE, DocumentFilter(text="acme"), today=TODAY).without_rate == ()
