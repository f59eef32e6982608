"""What a person types fits; what is too large all the same is refused in plain words, and nothing that was typed is lost."""

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.steps import sign_in
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "long " * 250_000


def test_back_from_what_was_too_large_shows_what_was_typed(browser: Browser, site: str, alice: Persona) -> None:
    # Not the usual page, which takes the refusal for a fault: Chromium complains of it.
    page = browser.new_context(base_url=site).new_page()
    sign_in(page, alice)
    page.goto("/settings/profile/")
    name = page.get_by_label("Name")
    name.press_sequentially("x" * 130)
    assert len(name.input_value()) == 120

    # Nobody can type as much: the bound that every field has is taken away.
    name.evaluate("field => field.removeAttribute('maxlength')")
    name.fill(LONG)
    page.get_by_role("button", name="Save profile").click()
    expect(page.get_by_role("heading", name="This is too large to send")).to_be_visible()
    expect(page.get_by_text("Nothing was changed. Go back: what you typed is still there.")).to_be_visible()

    page.go_back()
    expect(name).to_have_value(LONG)
    name.fill("Alice in short")
    page.get_by_role("button", name="Save profile").click()
    expect(page.get_by_role("status")).to_contain_text("saved")
    page.context.close()
