"""A sandbox bank, and one that plays Zoho, that the product's settings lead to, and a queue of the test's own."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.integrations.support import Sandbox


@pytest.fixture
def harbor(tmp_path: Path, settings: "Settings") -> Iterator["Sandbox"]:
    """A sandbox in this process; what the product calls Plaid is this one."""
    yield from _bank(tmp_path, settings)


@pytest.fixture
def small_pages(tmp_path: Path, settings: "Settings") -> Iterator["Sandbox"]:
    """The same, giving few rows at a time, so that few rows are many pages."""
    yield from _bank(tmp_path, settings, largest_page=8)


def _bank(folder: Path, settings: "Settings", **options: Any) -> Iterator["Sandbox"]:
    from config.env import Plaid
    from tests.integrations.support import CLIENT_ID, SECRET, Sandbox

    sandbox = Sandbox(folder, **options)
    settings.PLAID = Plaid(base_url=sandbox.url, link_origin=sandbox.url, client_id=CLIENT_ID, secret=SECRET)
    settings.BASE_URL = "http://testserver"
    yield sandbox
    sandbox.stop()


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
