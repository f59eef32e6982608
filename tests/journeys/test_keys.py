"""Keys: each does what the help says, none while somebody types, and they can be turned off (WCAG 2.1.4)."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import rent_company
from tests.journeys.steps import sign_in
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def listed(page: Page, alice: Persona) -> Page:
    """Alice's transactions, two years of rent."""
    rent_company(alice)
    sign_in(page, alice)
    page.goto(f"/w/{alice.workspace.slug}/transactions/")
    return page


def test_j_and_k_walk_the_rows(listed: Page) -> None:
    rows = listed.locator("[data-row]")
    listed.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    expect(rows.nth(0)).to_have_attribute("aria-current", "true")
    for _ in range(20):
        listed.keyboard.press("j")
    expect(rows.nth(20)).to_be_focused()
    expect(rows.nth(20)).to_be_in_viewport()
    listed.keyboard.press("k")
    expect(rows.nth(19)).to_be_focused()
    expect(listed.locator("[data-row][aria-current]")).to_have_count(1)


def test_enter_opens_the_row(listed: Page) -> None:
    listed.keyboard.press("j")
    listed.keyboard.press("j")
    address = listed.locator("[data-row]").nth(1).locator(".rows__what a").get_attribute("href")
    listed.keyboard.press("Enter")
    listed.wait_for_url(f"**{address}")


def test_x_ticks_and_c_opens_the_choice_of_a_category(listed: Page) -> None:
    row = listed.locator("[data-row]").nth(0)
    listed.keyboard.press("j")
    listed.keyboard.press("x")
    expect(row.locator("[data-select]")).to_be_checked()
    expect(listed.get_by_text("1 selected")).to_be_visible()
    listed.keyboard.press("x")
    expect(row.locator("[data-select]")).not_to_be_checked()
    listed.keyboard.press("c")
    expect(row.get_by_role("combobox")).to_be_focused()
    # The letters belong to the choice now.
    listed.keyboard.press("j")
    expect(row.get_by_role("combobox")).to_be_focused()
    listed.keyboard.press("Escape")
    expect(row.locator("[data-categorise]")).to_be_focused()
    listed.keyboard.press("j")
    expect(listed.locator("[data-row]").nth(1)).to_be_focused()


@pytest.mark.parametrize("keys", ["/", "Control+k", "Meta+k"])
def test_search_from_any_page(listed: Page, alice: Persona, keys: str) -> None:
    listed.keyboard.press(keys)
    expect(listed.locator("[data-search]")).to_be_focused()
    listed.goto(f"/w/{alice.workspace.slug}/settings/members/")
    listed.keyboard.press(keys)
    listed.wait_for_url(re.compile("/transactions/#search$"))
    expect(listed.locator("[data-search]")).to_be_focused()


def test_nothing_happens_while_somebody_types(listed: Page) -> None:
    field = listed.locator("[data-search]")
    field.fill("")
    field.press_sequentially("jkxcb?/")
    expect(field).to_have_value("jkxcb?/")
    expect(listed.locator("dialog[data-keys]")).to_be_hidden()
    expect(listed.locator("[data-row][aria-current]")).to_have_count(0)
    expect(listed.locator("html")).not_to_have_attribute("data-blurred", re.compile(""))
    # Escape gives the keys back.
    listed.keyboard.press("Escape")
    listed.keyboard.press("j")
    expect(listed.locator("[data-row]").nth(0)).to_be_focused()


def test_a_modifier_leaves_the_key_to_the_browser(listed: Page) -> None:
    for keys in ("Control+j", "Alt+j", "Meta+j"):
        listed.keyboard.press(keys)
    expect(listed.locator("[data-row][aria-current]")).to_have_count(0)


def test_the_help_lists_the_keys_that_are_in_force_here(listed: Page, alice: Persona) -> None:
    dialog = listed.get_by_role("dialog", name="Keyboard shortcuts")
    listed.keyboard.press("?")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_text("Choose the row’s category")).to_be_visible()
    # Below an open dialog nothing moves.
    listed.keyboard.press("j")
    listed.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(listed.locator("[data-row][aria-current]")).to_have_count(0)

    listed.goto(f"/w/{alice.workspace.slug}/settings/members/")
    listed.locator("summary", has_text=alice.user.email).click()
    listed.get_by_role("button", name="Keyboard shortcuts").click()
    expect(dialog.get_by_text("Search transactions")).to_be_visible()
    expect(dialog.get_by_text("Choose the row’s category")).to_be_hidden()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def test_single_keys_can_be_turned_off_and_stay_off(listed: Page) -> None:
    listed.keyboard.press("?")
    listed.get_by_label("Single keys are on in this browser").uncheck()
    listed.keyboard.press("Escape")
    listed.reload()
    for keys in ("j", "?", "b", "/"):
        listed.keyboard.press(keys)
    expect(listed.locator("[data-row][aria-current]")).to_have_count(0)
    expect(listed.locator("dialog[data-keys]")).to_be_hidden()
    listed.keyboard.press("Control+k")
    expect(listed.locator("[data-search]")).to_be_focused()
