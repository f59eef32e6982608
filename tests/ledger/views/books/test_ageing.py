import pytest

from accounts.permissions import Role
from ledger.books_kinds import DocumentStatus
from tests.ledger.books.company import Books, document
from tests.ledger.counting import counted_statements
from tests.ledger.views.books.small import BILL, ago, open_page
from tests.support.people import Persona, make_member

pytestmark = pytest.mark.django_db


def test_what_is_owed_stands_by_contact_and_age(alice: Persona, traded: Books) -> None:
    page = open_page(alice, "reports/receivables/")

    assert page.row("Contact")[1:] == [
        "Current", "1–30 days", "31–60 days", "61–90 days", "Over 90 days", "Unused credits", "Total",
    ]  # fmt: skip
    assert page.row("Acme Ltd")[1:] == ["1,000.00", "–", "400.00", "–", "–", "−100.00", "1,300.00"]
    assert page.row("Berlin Ltd")[1:] == ["–", "550.00", "–", "–", "–", "–", "550.00"]
    assert page.row("All contacts")[1:] == ["1,000.00", "550.00", "400.00", "–", "–", "−100.00", "1,850.00"]
    assert page.row("Share")[-1] == "100.0%"
    assert "Other currencies at the rate of each invoice" in page.words


def test_cards_tell_what_is_open_overdue_and_for_how_long(alice: Persona, traded: Books) -> None:
    page = open_page(alice, "reports/receivables/")

    assert "Open 1,850.00 USD 3 invoices −100.00 of it unused credits" in page.words
    assert "Overdue 950.00 USD 48.7% of what is open" in page.words
    # 1,000 + 800 + 550 were invoiced in the last 90 days, and 100 credited: 1,850 are worth 74 days of 2,250.
    assert "Days sales outstanding 74.0 days 2,250.00 USD invoiced in 90 days" in page.words


def test_one_currency_is_shown_in_itself(alice: Persona, traded: Books) -> None:
    page = open_page(alice, "reports/receivables/?in=EUR")

    assert page.row("Berlin Ltd")[1:] == ["–", "500.00", "–", "–", "–", "500.00"]
    assert "Acme Ltd" not in page.words
    assert page.link("All, in USD") == "?"


def test_a_currency_that_nothing_is_owed_in_shows_everything(alice: Persona, traded: Books) -> None:
    assert "1,850.00" in open_page(alice, "reports/receivables/?in=JPY").words


def test_payables_are_what_vendors_wait_for(alice: Persona, traded: Books) -> None:
    page = open_page(alice, "reports/payables/")

    assert page.row("Cobalt Ltd")[1:] == ["320.00", "–", "–", "–", "–", "320.00"]
    assert "Days payable outstanding" in page.words
    assert "Nothing is overdue" in page.words


def test_a_contact_leads_to_their_page_and_overdue_to_the_documents(alice: Persona, traded: Books) -> None:
    page = open_page(alice, "reports/receivables/")

    assert "pay@acme.example" in alice.client.get(page.link("Acme Ltd")).content.decode()
    overdue = alice.client.get(page.link("Overdue")).content.decode()
    assert "INV-2" in overdue
    assert "INV-1" not in overdue


def test_all_paid_says_so(alice: Persona, books: Books) -> None:
    with books.scope():
        books.documents(
            document("a", balance_minor=0, status=DocumentStatus.PAID),
            document("b", kind=BILL, balance_minor=0, status=DocumentStatus.PAID),
        )

    assert "All paid No customer owes anything" in open_page(alice, "reports/receivables/").words
    assert "All paid No vendor waits for money" in open_page(alice, "reports/payables/").words


def test_books_that_nothing_has_come_of_say_so(alice: Persona, books: Books) -> None:
    assert "No invoice yet The books are connected." in open_page(alice, "reports/receivables/").words


def test_without_books_the_owner_is_led_to_connect_them_and_nobody_else(alice: Persona, bob: Persona) -> None:
    assert "No books are connected Connect Zoho Books" in open_page(alice, "reports/receivables/").words
    assert "An Owner or Admin of this workspace can connect them." in open_page(bob, "reports/receivables/").words


def test_a_document_without_a_rate_is_named_and_in_its_own_currency_alone(alice: Persona, traded: Books) -> None:
    with traded.scope():
        traded.documents(document("yen", **ago(3), currency="JPY", total_minor=5000))
    page = open_page(alice, "reports/receivables/")

    assert "1 invoice has no rate to USD" in page.words
    assert page.row("All contacts")[-1] == "1,850.00"
    assert open_page(alice, "reports/receivables/?in=JPY").row("All contacts")[-1] == "5,000"


def test_a_page_takes_the_same_statements_at_any_size(alice: Persona, traded: Books) -> None:
    def count() -> int:
        with counted_statements() as statements:
            open_page(alice, "reports/receivables/")
        return len(statements)

    few = count()
    with traded.scope():
        traded.documents(*(document(f"more-{n}", **ago(n)) for n in range(200)))

    assert count() == few


def test_who_may_not_see_documents_gets_no_link_to_them(alice: Persona, traded: Books) -> None:
    staff = make_member("sam", alice.workspace, Role.STAFF)

    open_page(staff, "reports/receivables/", 403)
    open_page(staff, "invoices/", 403)
    assert "Receivables" not in open_page(staff, "transactions/").words
