import pytest

from accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from tests.ledger.books.company import Books
from tests.ledger.counting import counted_statements
from tests.ledger.people import Feed
from tests.ledger.views.books.small import open_page
from tests.support.people import Persona

pytestmark = pytest.mark.django_db


def test_cards_tell_what_is_receivable_and_payable(alice: Persona, bank: Feed, traded: Books) -> None:
    page = open_page(alice, "")

    assert "Receivable 1,850.00 USD 950.00 overdue 3 invoices" in page.words
    assert "Payable in 30 days 250.00 USD Nothing is overdue 1 bill of 2 open" in page.words
    assert page.link("Receivable").endswith("/reports/receivables/")
    assert "Receivables by age" in page.words
    assert page.row("31–60 days")[-1] == "400.00"


def test_books_without_a_bank_are_shown_below_the_way_to_connect_one(alice: Persona, traded: Books) -> None:
    page = open_page(alice, "")

    assert "No bank is connected yet" in page.words
    assert "Receivable 1,850.00 USD" in page.words


def test_before_anything_has_come_the_cards_say_so(alice: Persona, bank: Feed, books: Books) -> None:
    page = open_page(alice, "")

    assert "Receivable – No invoice has come yet" in page.words
    assert "Payable in 30 days – No bill has come yet" in page.words


def test_without_books_there_are_no_cards_of_them(alice: Persona, bank: Feed) -> None:
    page = open_page(alice, "")

    assert "Receivable" not in page.words
    assert "Payable" not in page.words


def test_a_card_whose_permission_is_missing_is_neither_shown_nor_asked_for(
    alice: Persona, bank: Feed, traded: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ROLE_PERMISSIONS, Role.OWNER, frozenset(Permission) - {Permission.VIEW_AGEING})
    with counted_statements() as statements:
        page = open_page(alice, "")

    assert "Receivable" not in page.words
    assert not any("ledger_booksorganization" in statement for statement in statements)


def test_the_books_pages_are_in_the_navigation_only_where_there_are_books(
    alice: Persona, mallory: Persona, traded: Books
) -> None:
    pages = ["Receivables", "Payables", "Invoices", "Bills", "Contacts", "Trial balance"]
    links = [words for words, _ in open_page(alice, "transactions/").links]
    assert [one for one in links if one in pages] == pages

    links = [words for words, _ in open_page(mallory, "transactions/").links]
    assert not set(links) & set(pages)
