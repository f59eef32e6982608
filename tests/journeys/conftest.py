"""Journeys through a real browser, a real web server and, where they need one, a real worker and bank."""

import os
from pathlib import Path

import pytest

from tests.support.browser import browser, page

__all__ = ["browser", "page"]

# Playwright runs an event loop in this thread, and Django would refuse the database beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            # One browser, one web server: the journeys stay in one process.
            item.add_marker(pytest.mark.xdist_group("browser"))
