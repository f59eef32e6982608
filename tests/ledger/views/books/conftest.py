"""A company with books for the tests of their pages: the scope is left again before a page is asked for."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.ledger.books.company import Books
    from tests.support.people import Persona


@pytest.fixture
def books(alice: "Persona") -> "Books":
    """Alice's company with an organisation that keeps its books in dollars, and nothing in them."""
    from tests.ledger.views.books.small import found_books

    return found_books(alice)


@pytest.fixture
def traded(books: "Books") -> "Books":
    """The same with customers, vendors, documents and a general ledger."""
    from tests.ledger.views.books.small import trade

    with books.scope():
        trade(books)
    return books
