"""The books' own fixtures."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.ledger.books.company import Books
    from tests.support.people import Persona


@pytest.fixture
def books(alice: "Persona") -> Iterator["Books"]:
    """Alice's company with an organisation that keeps its books in dollars, in its scope."""
    from tests.ledger.books.company import connect_books
    from vault.tenancy import enter_workspace

    with enter_workspace(alice.workspace.pk):
        yield connect_books(alice.workspace)
