"""A real browser for the journeys. A page that breaks its content policy or logs an error fails the test."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support.chromium import ensure_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Longer than anything takes on a machine that has other things to do: what is waited for comes, or the test fails.
SECONDS_TO_WAIT = 60


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=SECONDS_TO_WAIT * 1000)
    with sync_playwright() as playwright:
        # Chromium's own sandbox refuses root.
        chromium = playwright.chromium.launch(executable_path=ensure_chromium(), chromium_sandbox=os.geteuid() != 0)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: "Browser", site: str) -> "Iterator[Page]":
    """A page in a context of its own, with `site` as base address."""
    context = browser.new_context(base_url=site)
    context.set_default_timeout(SECONDS_TO_WAIT * 1000)
    complaints: list[str] = []
    opened = context.new_page()
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert not complaints, complaints
