"""Many transactions at once: categorise and annotate all that match, take it back, keep the filters as a view."""

import re
from datetime import date, timedelta
from itertools import product

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.access import workspace_scope
from tests.journeys.steps import sign_in
from tests.journeys.test_accessibility import WIDTHS, faults_of
from tests.ledger.people import connect_bank
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at_work(page: Page, alice: Persona) -> Page:
    """Signed in as alice, on the list of a company with 120 payments, 60 of them rent."""
    today: date = timezone.now().date()
    with workspace_scope(alice.workspace.pk):
        feed = connect_bank(alice.workspace)
        feed.save()
        words = ("Rent of a hall", "Kiosk at the harbour")
        feed.apply(*(feed.row(today - timedelta(days=n // 2), -n * 100, f"{words[n % 2]} {n}") for n in range(120)))
    sign_in(page, alice)
    page.goto(f"/w/{alice.workspace.slug}/transactions/")
    return page


def search(page: Page, words: str) -> None:
    page.locator("[data-search]").fill(words)
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url(re.compile("q="))


def test_all_that_match_are_changed_and_taken_back(at_work: Page) -> None:
    page = at_work
    search(page, "rent")
    expect(page.get_by_text("This changes 60 transactions, also those on other pages.")).to_be_hidden()
    page.get_by_label("All 60 that match").check()
    expect(page.get_by_text("This changes 60 transactions, also those on other pages.")).to_be_visible()
    page.locator("#bulk select").select_option(label="Training")
    page.get_by_role("button", name="Categorise selected").click()
    expect(page.get_by_text("60 transactions are now in Training.")).to_be_visible()
    expect(page.locator("tbody .rows__category").last).to_contain_text("Training")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("60 transactions have their former category back.")).to_be_visible()
    expect(page.locator("tbody .rows__category").last).to_contain_text("No category")


def test_one_note_on_many_rows(at_work: Page) -> None:
    page = at_work
    page.locator("[data-select]").nth(0).check()
    page.locator("[data-select]").nth(1).check()
    page.locator(".bulk__note summary").click()
    page.get_by_label("Note", exact=True).fill("Ask Zoltan")
    page.get_by_role("button", name="Put note on selected").click()
    expect(page.get_by_text("2 transactions now have this note.")).to_be_visible()
    search(page, "zoltan")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("link", name="Rent of a hall 0").click()
    expect(page.get_by_text(re.compile("Alice, .* with 1 other"))).to_be_visible()


def test_filters_become_a_view_that_is_renamed_and_deleted(at_work: Page) -> None:
    page = at_work
    search(page, "rent")
    page.get_by_text("Save as a view…").click()
    page.get_by_label("Name").fill("Halls")
    page.get_by_role("button", name="Save view").click()
    views = page.get_by_role("navigation", name="Saved views")
    expect(views.get_by_role("link", name="Halls")).to_have_attribute("aria-current", "page")
    views.get_by_role("link", name="All", exact=True).click()
    expect(page.get_by_text("120 transactions", exact=True)).to_be_visible()
    views.get_by_role("link", name="Halls").click()
    expect(page.get_by_text("60 transactions", exact=True)).to_be_visible()
    page.get_by_text("Edit view…").click()
    page.get_by_label("Name").fill("Halls and rooms")
    page.get_by_role("button", name="Rename").click()
    expect(views.get_by_role("link", name="Halls and rooms")).to_be_visible()
    page.get_by_text("Edit view…").click()
    page.get_by_text("Delete this view…").click()
    page.get_by_role("button", name="Delete view").click()
    expect(page.get_by_text("was deleted. No transaction was changed.")).to_be_visible()
    expect(views).to_have_count(0)
    expect(page.get_by_text("60 transactions", exact=True)).to_be_visible()


def test_pages_lead_there_and_back(at_work: Page) -> None:
    page = at_work
    first = page.locator("tbody [data-open]").first.inner_text()
    page.get_by_role("link", name="Next 50").click()
    page.get_by_role("link", name="Next 50").click()
    expect(page.locator("tbody tr")).to_have_count(20)
    page.get_by_role("link", name="Previous 50").click()
    expect(page.locator("tbody tr")).to_have_count(50)
    page.get_by_role("link", name="Previous 50").click()
    expect(page.locator("tbody [data-open]").first).to_have_text(first)


def test_on_a_phone_what_many_rows_can_be_given_waits_for_a_tick(at_work: Page) -> None:
    page = at_work
    page.set_viewport_size({"width": 360, "height": 800})
    button = page.get_by_role("button", name="Categorise selected")
    expect(button).to_be_hidden()
    page.locator("[data-select]").nth(30).check()
    expect(button).to_be_in_viewport()


def test_what_opens_on_the_list_is_accessible(at_work: Page) -> None:
    page = at_work
    search(page, "rent")
    page.get_by_text("Save as a view…").click()
    page.get_by_label("Name").fill("Halls")
    page.get_by_role("button", name="Save view").click()
    page.get_by_label("All 60 that match").wait_for()
    found = []
    for scheme, width in product(("light", "dark"), WIDTHS):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # one of its own literals
        page.set_viewport_size({"width": width, "height": 900})
        page.get_by_label("All 60 that match").check()
        for opener in (".bulk__note summary", ".views__edit > summary"):
            page.locator(opener).click()
            found += [f"{scheme} {width} {opener}: {fault}" for fault in faults_of(page)]
            page.keyboard.press("Escape")
    assert found == []
