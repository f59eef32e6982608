"""While books are read for the first time, which waits for the provider's limit of calls again and again."""

import pytest
from django.utils import timezone

from integrations.models import Connection
from integrations.problems import State
from tests.ledger.books.company import Books
from tests.ledger.people import Feed
from tests.ledger.views.books.small import open_page
from tests.support.people import Persona

pytestmark = pytest.mark.django_db

COMING = "The books are being read for the first time"
WITH_FIGURES = (
    "",
    "reports/receivables/",
    "reports/payables/",
    "invoices/",
    "bills/",
    "contacts/",
    "reports/trial-balance/",
    "reports/profit-and-loss/?basis=accrual",
)


@pytest.fixture
def half_read(traded: Books) -> Books:
    with traded.scope():
        Connection.objects.filter(pk=traded.connection_id).update(synced_at=None)
    return traded


@pytest.mark.parametrize("address", WITH_FIGURES)
def test_a_page_with_figures_of_the_books_says_so_until_all_is_there(
    address: str, alice: Persona, bank: Feed, half_read: Books
) -> None:
    page = open_page(alice, address)
    assert COMING in page.words
    assert page.link("See the sync").endswith("/connections/")
    with half_read.scope():
        Connection.objects.filter(pk=half_read.connection_id).update(synced_at=timezone.now())
    assert COMING not in open_page(alice, address).words


def test_a_page_of_the_bank_alone_does_not(alice: Persona, bank: Feed, half_read: Books) -> None:
    for address in ("transactions/", "reports/cash/", "reports/profit-and-loss/"):
        assert COMING not in open_page(alice, address).words


def test_months_without_a_posting_yet_are_not_said_to_be_empty(alice: Persona, bank: Feed, books: Books) -> None:
    with books.scope():
        Connection.objects.filter(pk=books.connection_id).update(synced_at=None)
    address = "reports/profit-and-loss/?basis=accrual"
    assert "Nothing of these months has been read yet" in open_page(alice, address).words
    with books.scope():
        gone = {"state": State.DISCONNECTED, "disconnected_at": timezone.now(), "due_at": None}
        Connection.objects.filter(pk=books.connection_id).update(**gone)
    assert "Nothing was posted in these months" in open_page(alice, address).words


def test_the_age_in_the_top_bar_is_of_what_has_come(alice: Persona, bank: Feed, half_read: Books) -> None:
    with half_read.scope():
        Connection.objects.filter(provider=Connection.Provider.PLAID).update(synced_at=timezone.now())
    assert "Bank just now" in open_page(alice, "").words
    with half_read.scope():
        Connection.objects.update(synced_at=timezone.now())
    assert "Bank and books just now" in open_page(alice, "").words
