import pytest

from tests.ledger.books.company import Books
from tests.ledger.views.books.small import open_page
from tests.ledger.views.reading import Page
from tests.support.people import Persona

pytestmark = pytest.mark.django_db

ADDRESS = "reports/profit-and-loss/"


def test_accrual_basis_is_of_the_books_accounts(alice: Persona, traded: Books) -> None:
    page = open_page(alice, f"{ADDRESS}?basis=accrual")

    assert "accrual basis: what was posted to the books" in page.words
    assert page.row("Sales")[-1] == "900.00"
    assert page.row("Rent")[-1] == "−400.00"
    assert page.row("Net profit")[-1] == "500.00"
    assert page.row("Account")
    assert "Accounts receivable" not in page.words


def test_the_basis_stays_with_the_period_the_comparison_and_the_percentages(alice: Persona, traded: Books) -> None:
    page = open_page(alice, f"{ADDRESS}?basis=accrual&compare=previous")

    assert page.row("Sales")[1] == "900.00"
    assert "basis=accrual" in page.link("24 months")
    assert "basis=accrual" in page.link("% of income")
    of_income = open_page(alice, f"{ADDRESS}?basis=accrual&figures=income")
    assert of_income.row("Rent")[-1] == "−44.4%"


def test_cash_is_one_click_away_and_stays_as_it_was(alice: Persona, traded: Books) -> None:
    page = open_page(alice, f"{ADDRESS}?basis=accrual")
    cash = Page(alice.client.get(f"/w/{alice.workspace.slug}/{ADDRESS}{page.link('Cash')}"))

    assert "cash basis: what was posted to the bank" in open_page(alice, ADDRESS).words
    assert cash.words


def test_without_books_there_is_no_choice_of_basis(alice: Persona) -> None:
    page = open_page(alice, f"{ADDRESS}?basis=accrual")

    assert "Accrual" not in [words for words, _ in page.links]
    assert "cash basis" in page.words
