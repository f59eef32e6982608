import pytest
from django.utils import timezone
from pytest_django import Settings

from config.env import Zoho
from integrations.models import OrganizationFacts, ZohoGrant
from ledger.books_kinds import DocumentKind
from ledger.models import Document
from tests.ledger.books.company import Books, document
from tests.ledger.counting import counted_statements
from tests.ledger.views.books.small import ago, open_page
from tests.ledger.views.reading import TODAY, Page
from tests.support.people import Persona

pytestmark = pytest.mark.django_db


def numbers_on(page: Page) -> list[str]:
    return [row[1].split()[0] for row in page.rows[1:] if len(row) > 5]


def test_tabs_tell_count_and_sum_of_every_status(alice: Persona, traded: Books) -> None:
    page = open_page(alice, "invoices/")

    tabs = dict(page.links)
    assert "All 5 2,550.00 USD" in tabs
    assert "Open 1 1,000.00 USD open" in tabs
    assert "Overdue 2 950.00 USD open" in tabs
    assert "Paid 1 100.00 USD" in tabs
    assert "Void 1 100.00 USD" in tabs


def test_a_tab_narrows_the_list(alice: Persona, traded: Books) -> None:
    page = open_page(alice, "invoices/")
    overdue = Page(
        alice.client.get(f"/w/{alice.workspace.slug}/invoices/{dict(page.links)['Overdue 2 950.00 USD open']}")
    )

    assert numbers_on(overdue) == ["INV-3", "INV-2"]
    assert "Overdue 45 days" in overdue.words


def test_rows_are_the_newest_first_and_open_their_page(alice: Persona, traded: Books) -> None:
    page = open_page(alice, "invoices/")

    assert numbers_on(page) == ["INV-1", "INV-5", "INV-3", "INV-2", "INV-4"]
    detail = Page(alice.client.get(page.link("INV-2")))
    assert "Invoice INV-2" in detail.words
    assert "Open 400.00 USD" in detail.words
    assert "edit it there" in detail.words


def test_words_find_numbers_references_and_contacts_and_hide_the_sums_of_all(alice: Persona, traded: Books) -> None:
    assert numbers_on(open_page(alice, "invoices/?q=po+77")) == ["INV-3"]
    page = open_page(alice, "invoices/?q=acme&status=overdue")
    assert numbers_on(page) == ["INV-2"]
    assert "All" in dict(page.links)
    assert "“acme”" in page.words


def test_a_contact_narrows_the_list_by_name(alice: Persona, traded: Books) -> None:
    with traded.scope():
        berlin = traded.contact("berlin").pk
    page = open_page(alice, f"invoices/?contact={berlin}")

    assert numbers_on(page) == ["INV-3"]
    assert "Berlin Ltd , remove this filter" in page.words


def test_one_currency_is_named_once_and_several_by_each_amount(alice: Persona, traded: Books) -> None:
    assert "Total, EUR" in open_page(alice, "invoices/?currency=EUR").words
    page = open_page(alice, "invoices/")
    assert "500.00 EUR" in page.row(page.rows[3][0])[-1]
    assert "All, in USD 5" in page.words


def test_columns_sort(alice: Persona, traded: Books) -> None:
    assert numbers_on(open_page(alice, "invoices/?order=largest"))[:2] == ["INV-1", "INV-2"]
    assert numbers_on(open_page(alice, "invoices/?order=due"))[0] == "INV-4"
    page = open_page(alice, "invoices/?order=open")
    assert numbers_on(page)[:3] == ["INV-1", "INV-3", "INV-2"]
    assert 'aria-sort="descending"' in page.html
    assert page.link("Open") == "?"


def test_pages_follow_each_other_and_lead_back(alice: Persona, books: Books) -> None:
    with books.scope():
        books.documents(*(document(f"n{number:03}", **ago(number)) for number in range(120)))
    first = open_page(alice, "invoices/")
    second = open_page(alice, f"invoices/{first.link('Next 50 →')}")
    third = open_page(alice, f"invoices/{second.link('Next 50 →')}")

    assert len({*numbers_on(first), *numbers_on(second), *numbers_on(third)}) == 120
    assert numbers_on(open_page(alice, f"invoices/{second.link('← Previous 50')}")) == numbers_on(first)
    assert "120 invoices" in first.words


def test_a_filter_that_makes_no_sense_is_explained(alice: Persona, traded: Books) -> None:
    page = open_page(alice, "invoices/?from=2026-05-01&to=2026-04-01", 422)

    assert "These filters cannot be applied." in page.words
    assert "This is before the first day." in page.words
    open_page(alice, "invoices/?status=nothing-like-it", 422)


def test_nothing_that_matches_says_so(alice: Persona, traded: Books) -> None:
    assert "Nothing matches" in open_page(alice, "invoices/?q=nothing-like-this").words
    assert "Nothing matches" in open_page(alice, "invoices/?status=draft").words


def test_credit_notes_bills_and_expenses_have_lists_of_their_own(alice: Persona, traded: Books) -> None:
    with traded.scope():
        traded.documents(document("taxi", kind=DocumentKind.EXPENSE, date=TODAY))

    assert (
        numbers_on(open_page(alice, "credit-notes/")) == ["CN-1"] or "CN-1" in open_page(alice, "credit-notes/").words
    )
    assert "BILL-1" in open_page(alice, "bills/").words
    assert "TAXI" in open_page(alice, "expenses/").words
    assert "TAXI" not in open_page(alice, "bills/").words


def test_a_foreign_document_tells_its_rate_and_both_amounts(alice: Persona, traded: Books) -> None:
    page = Page(alice.client.get(open_page(alice, "invoices/").link("INV-3")))

    assert "Total 500.00 EUR" in page.words
    assert "Rate 1 EUR = 1.1 USD" in page.words
    assert "Total in USD 550.00 USD" in page.words
    assert "Overdue for 5 days" in page.words
    assert "Reference PO 77" in page.words


def test_a_document_that_the_books_no_longer_have_says_so(alice: Persona, traded: Books) -> None:
    address = open_page(alice, "invoices/").link("INV-1")
    with traded.scope():
        Document.objects.filter(provider_id="inv-1").update(deleted_at="2026-01-01T00:00Z")

    assert "no longer has this document" in Page(alice.client.get(address)).words


def test_another_company_finds_neither_rows_nor_pages(alice: Persona, mallory: Persona, traded: Books) -> None:
    with traded.scope():
        document_id = traded.document("inv-1").pk

    assert (
        "No invoice yet" in open_page(mallory, "invoices/").words or "No books" in open_page(mallory, "invoices/").words
    )
    open_page(mallory, f"documents/{document_id}/", 404)


def test_a_page_takes_the_same_statements_at_any_size(alice: Persona, traded: Books) -> None:
    def count(query: str) -> int:
        with counted_statements() as statements:
            open_page(alice, f"invoices/{query}")
        return len(statements)

    few = [count(""), count("?q=acme&order=largest")]
    with traded.scope():
        acme = {"contact_provider_id": "acme"}
        traded.documents(*(document(f"more-{n}", **ago(n % 90), **acme) for n in range(300)))

    assert [count(""), count("?q=acme&order=largest")] == few


def test_where_zoho_is_real_a_document_leads_to_its_page_there(
    alice: Persona, traded: Books, settings: Settings
) -> None:
    address = open_page(alice, "invoices/").link("INV-1")
    with traded.scope():
        Document.objects.filter(provider_id="inv-1").update(provider_id="460000000026049")
        facts = OrganizationFacts("801460911", "Alder Works", "USD")
        grant = {"location": "eu", "organization": facts, "scopes": "", "granted_at": timezone.now()}
        ZohoGrant.objects.create(connection_id=traded.connection_id, **grant)

    assert "edit it there" not in [words for words, _ in Page(alice.client.get(address)).links]
    settings.ZOHO = Zoho("client", "secret", None, None)
    there = Page(alice.client.get(address)).link("edit it there")
    assert there == "https://books.zoho.eu/app/801460911#/invoices/460000000026049"


def test_a_list_and_its_tabs_are_from_one_reading_of_the_book(alice: Persona, traded: Books) -> None:
    for query, count in (("", 1), ("?order=largest&status=open", 1), ("?q=acme", 2)):
        with counted_statements() as statements:
            open_page(alice, f"invoices/{query}")
        assert sum("ledger_sheetpart" in one for one in statements) == count


def test_what_has_no_rate_is_said_with_how_many_and_what_to_do(alice: Persona, traded: Books) -> None:
    assert "no rate" not in open_page(alice, "invoices/").words
    with traded.scope():
        traded.documents(document("i1", currency="GBP", **ago(3)))
    one = "1 invoice in GBP has no rate to USD: it is in no sum in USD. Enter the rate in Zoho Books; the next sync reads it."
    assert one in open_page(alice, "invoices/").words
    assert one in open_page(alice, "invoices/?currency=GBP").words
    # The sums above the list are of all, whatever the tab.
    assert one in open_page(alice, "invoices/?status=paid").words
    assert "no rate" not in open_page(alice, "invoices/?currency=EUR").words
    with traded.scope():
        traded.documents(document("i2", currency="GBP", **ago(3)), document("i3", currency="JPY", **ago(3)))
    assert (
        "3 invoices (2 in GBP, 1 in JPY) have no rate to USD: they are in no sum" in open_page(alice, "invoices/").words
    )
