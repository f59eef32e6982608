"""A person at work on a small company: filter, drill down, categorise, take back, note, sync, disconnect."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.bank import read_bank
from tests.journeys.steps import connect_bank, sign_in, wait_for_rows
from tests.support.people import Persona

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("celery_worker_process")]
FIRST_HARBOR = "ins_902"


@pytest.fixture
def at_work(page: Page, sandbox: str, alice: Persona) -> Page:
    """Signed in as alice, whose bank has synced, on the list of transactions."""
    sign_in(page, alice)
    connect_bank(page, alice, "First Harbor")
    wait_for_rows(page, alice, read_bank(sandbox, FIRST_HARBOR).rows)
    return page


def rows(page: Page) -> int:
    return page.locator("table.rows tbody tr").count()


def test_a_person_works_through_their_transactions(at_work: Page, alice: Persona) -> None:
    page = at_work
    assert rows(page) == 50
    first_before = page.locator("table.rows tbody tr").first.inner_text()
    page.get_by_role("link", name="Next 50").click()
    page.wait_for_url(re.compile("after="))
    assert page.locator("table.rows tbody tr").first.inner_text() != first_before

    # One row, in its place, and taken back.
    page.goto(f"/w/{alice.workspace.slug}/transactions/")
    cell = page.locator("table.rows tbody tr").nth(3).locator(".rows__category")
    former = cell.inner_text()
    cell.get_by_role("link").click()
    cell.locator("select").select_option(label="Training" if "Training" not in former else "Travel")
    cell.get_by_role("button", name="Save").click()
    expect(cell.get_by_role("link")).to_contain_text(re.compile("Training|Travel"))
    cell.get_by_role("button", name="Undo").click()
    expect(cell).to_have_text(re.compile(re.escape(former.strip())))

    # Several at once, found by text.
    page.locator("table.rows tbody input[type=checkbox]").nth(0).check()
    page.locator("table.rows tbody input[type=checkbox]").nth(1).check()
    page.locator("#bulk select").select_option(label="Training")
    page.get_by_role("button", name="Categorise selected").click()
    expect(page.get_by_text("2 transactions are now in Training.")).to_be_visible()
    changed = page.locator("table.rows tbody .rows__category")
    expect(changed.nth(0)).to_contain_text("Training")
    expect(changed.nth(1)).to_contain_text("Training")

    # A note, which the search then finds.
    page.locator("table.rows tbody .rows__what a").first.click()
    page.get_by_label("Note").fill("Ask Zoltan about this one")
    page.get_by_role("button", name="Save note").click()
    page.goto(f"/w/{alice.workspace.slug}/transactions/?q=zoltan")
    assert rows(page) == 1


def test_a_figure_leads_to_its_rows(at_work: Page, alice: Persona) -> None:
    page = at_work
    page.goto(f"/w/{alice.workspace.slug}/reports/profit-and-loss/?period=24")
    figure = page.locator("table.table--matrix tbody td:not(.in-all) a").last
    shown = figure.inner_text().strip()
    figure.click()
    page.wait_for_url(re.compile("/transactions/"))
    assert shown in page.locator("dl.strip").first.inner_text()


def test_a_person_syncs_and_disconnects(at_work: Page, alice: Persona) -> None:
    page = at_work
    page.goto(f"/w/{alice.workspace.slug}/connections/")
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_role("button", name="Sync now")).to_be_visible()
    expect(page.get_by_text("of them could change anything at a bank")).to_contain_text("0 of them")
    page.get_by_role("link", name="Disconnect").click()
    page.get_by_role("button", name=re.compile("Disconnect")).click()
    expect(page.get_by_text("The bank is disconnected.")).to_be_visible()
    page.goto(f"/w/{alice.workspace.slug}/transactions/")
    assert rows(page) == 50
