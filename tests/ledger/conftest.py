"""The ledger's own fixtures."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.ledger.people import Feed
    from tests.support.people import Persona


@pytest.fixture
def feed(alice: "Persona") -> Iterator["Feed"]:
    """Alice's company with one dollar account, in its scope."""
    from tests.ledger.people import connect_bank
    from vault.tenancy import enter_workspace

    with enter_workspace(alice.workspace.pk):
        feed = connect_bank(alice.workspace)
        feed.save()
        yield feed
