import pytest

from ledger.books_kinds import Resource
from tests.ledger.books.company import Books, contact, document
from tests.ledger.views.books.small import ago, open_page
from tests.ledger.views.reading import Page
from tests.support.people import Persona

pytestmark = pytest.mark.django_db


def test_customers_stand_by_name_with_what_they_owe(alice: Persona, traded: Books) -> None:
    page = open_page(alice, "contacts/")

    assert [row[0] for row in page.rows[1:]] == ["Acme Ltd pay@acme.example", "Berlin Ltd", "Quiet Ltd"]
    assert page.rows[1][1:] == ["2", "400.00", "1,300.00"]
    assert page.rows[3][1:] == ["–", "–", "–"]
    assert "Open, USD" in page.words


def test_vendors_are_the_other_half(alice: Persona, traded: Books) -> None:
    page = Page(alice.client.get(open_page(alice, "contacts/").link("Vendors")))

    assert [row[0] for row in page.rows[1:]] == ["Cobalt Ltd"]


def test_words_find_names_and_addresses(alice: Persona, traded: Books) -> None:
    assert [row[0] for row in open_page(alice, "contacts/?q=PAY%40acme").rows[1:]] == ["Acme Ltd pay@acme.example"]
    assert "Nobody matches" in open_page(alice, "contacts/?q=nobody").words


def test_many_are_paged(alice: Persona, books: Books) -> None:
    with books.scope():
        books.apply(Resource.CONTACTS, *(contact(f"c{number:03}") for number in range(60)))
    first = open_page(alice, "contacts/")
    second = open_page(alice, f"contacts/{first.link('Next 50 →')}")

    assert "60 customers" in first.words
    assert second.rows[1][0] == "C050 Ltd"
    assert open_page(alice, f"contacts/{second.link('← Previous 50')}").rows[1][0] == "C000 Ltd"


def test_one_contact_has_balance_ages_and_history(alice: Persona, traded: Books) -> None:
    page = Page(alice.client.get(open_page(alice, "contacts/").link("Acme Ltd")))

    assert "Open 1,300.00 USD 2 invoices −100.00 of it unused credits" in page.words
    assert "Overdue 400.00 USD" in page.words
    assert page.row("USD")[1:] == ["1,000.00", "–", "400.00", "–", "–", "−100.00", "1,300.00"]
    kinds = [row[1] for row in page.rows if len(row) == 6 and row[1] != "What"]
    assert sorted(kinds) == ["Credit note", "Invoice", "Invoice", "Invoice", "Invoice", "Payment"]
    assert next(row for row in page.rows if len(row) == 6 and row[1] == "Payment")[4] == "−400.00"


def test_a_contact_in_another_currency_is_shown_in_both(alice: Persona, traded: Books) -> None:
    page = Page(alice.client.get(open_page(alice, "contacts/").link("Berlin Ltd")))

    assert page.row("EUR")[-1] == "500.00"
    assert page.row("All, in USD")[-1] == "550.00"
    assert "Amount, EUR" in page.words


def test_all_documents_of_a_contact_are_one_click_away(alice: Persona, traded: Books) -> None:
    page = Page(alice.client.get(open_page(alice, "contacts/").link("Acme Ltd")))
    rows = Page(alice.client.get(page.link("All invoices")))

    assert "INV-2" in rows.words
    assert "INV-3" not in rows.words


def test_who_owes_nothing_says_so(alice: Persona, traded: Books) -> None:
    page = Page(alice.client.get(open_page(alice, "contacts/").link("Quiet Ltd")))

    assert "Everything is paid" in page.words
    assert "No document and no payment of this contact is in the books." in page.words


def test_a_long_history_goes_on_page_by_page(alice: Persona, traded: Books) -> None:
    with traded.scope():
        traded.documents(*(document(f"old-{n}", **ago(200 + n), contact_provider_id="quiet") for n in range(70)))
    first = Page(alice.client.get(open_page(alice, "contacts/").link("Quiet Ltd")))
    address = open_page(alice, "contacts/").link("Quiet Ltd")
    second = Page(alice.client.get(f"{address}{first.link('Older →')}"))

    assert "OLD-0" in first.words
    assert "OLD-69" in second.words
    assert second.link("First page") == "?"


def test_another_company_finds_nobody(alice: Persona, mallory: Persona, traded: Books) -> None:
    with traded.scope():
        contact_id = traded.contact("acme").pk

    open_page(mallory, f"contacts/{contact_id}/", 404)
