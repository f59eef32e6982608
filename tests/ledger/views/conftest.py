"""A company with a bank for the tests of pages: the scope is left again before a page is asked for."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.ledger.people import Feed
    from tests.support.people import Persona


@pytest.fixture
def bank(alice: "Persona") -> "Feed":
    """Alice's company with one dollar account and nothing on it."""
    from tests.ledger.people import connect_bank
    from vault.tenancy import enter_workspace

    with enter_workspace(alice.workspace.pk):
        feed = connect_bank(alice.workspace)
        feed.save()
    return feed
