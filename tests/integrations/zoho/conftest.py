"""A sandbox that plays Zoho, and books that are connected to it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.integrations.linked import TaskQueue
    from tests.integrations.support import Sandbox
    from tests.integrations.zoho.linked_books import Company
    from tests.support.people import Persona


@pytest.fixture
def books_options() -> dict[str, Any]:
    """What a test module lowers of the sandbox's limits."""
    return {}


@pytest.fixture
def zoho(tmp_path: Path, settings: "Settings", books_options: dict[str, Any]) -> Iterator["Sandbox"]:
    """A sandbox in this process; what the product calls Zoho is this one."""
    from config.env import Zoho
    from tests.integrations.support import ZOHO_CLIENT, ZOHO_SECRET, Sandbox

    sandbox = Sandbox(tmp_path, zoho=books_options)
    root = f"{sandbox.url}/zoho"
    settings.ZOHO = Zoho(ZOHO_CLIENT, ZOHO_SECRET, root, f"{root}/books/v3")
    settings.BASE_URL = "http://testserver"
    yield sandbox
    sandbox.stop()


@pytest.fixture
def company(alice: "Persona", zoho: "Sandbox", queue: "TaskQueue") -> "Company":
    """Alice's small company in Europe, granted and not read yet."""
    from tests.integrations.zoho.linked_books import connect_books

    return connect_books(alice, zoho, queue)


@pytest.fixture
def plenty_of_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """More calls than a minute has, for what is not about that."""
    from integrations.sync.zoho import budget

    monkeypatch.setattr(budget, "CALLS", 10_000)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch, plenty_of_calls: None) -> None:
    """Twenty rows a page, so that few rows are many pages."""
    from integrations.providers import zoho_messages
    from integrations.sync.zoho import states

    monkeypatch.setattr(zoho_messages, "PER_PAGE", 20)
    monkeypatch.setattr(states, "PER_PAGE", 20)
