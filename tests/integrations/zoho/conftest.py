"""Books that are connected to a sandbox that plays Zoho."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integrations.linked import TaskQueue
    from tests.integrations.support import Sandbox
    from tests.integrations.zoho.linked_books import Company
    from tests.support.people import Persona


@pytest.fixture
def company(alice: "Persona", zoho: "Sandbox", queue: "TaskQueue") -> "Company":
    """Alice's small company in Europe, granted and not read yet."""
    from tests.integrations.zoho.linked_books import connect_books

    return connect_books(alice, zoho, queue)


@pytest.fixture
def plenty_of_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """More calls than a minute has, for what is not about that."""
    from integrations import zoho_budget

    monkeypatch.setattr(zoho_budget, "CALLS", 10_000)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch, plenty_of_calls: None) -> None:
    """Twenty rows a page, so that few rows are many pages."""
    from integrations.providers import zoho_messages
    from integrations.sync.zoho import states

    monkeypatch.setattr(zoho_messages, "PER_PAGE", 20)
    monkeypatch.setattr(states, "PER_PAGE", 20)
