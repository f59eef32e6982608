"""A newcomer: from the account to the first figures, with a sample company and with a bank of their own."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.bank import read_bank
from tests.journeys.door import new_address, sign_up
from tests.journeys.steps import set_up_app
from tests.support.environment import Workplace

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("celery_worker_process")]

FIRST_HARBOR = "ins_902"
# Seconds until a bank has given all it has: its worker may have other things to do first.
HISTORY = 120


def found_workspace(page: Page) -> None:
    page.get_by_label("Company name").fill("Birch Works")
    page.get_by_role("button", name="Create workspace").click()
    # Its Owner needs a second factor before anything of it opens.
    set_up_app(page)
    page.wait_for_url("**/start/")


def step(page: Page, heading: str) -> str:
    """The class of a step, which says how it stands."""
    item = page.locator("li.step", has=page.get_by_role("heading", name=heading))
    return item.get_attribute("class") or ""


def expect_all_rows(page: Page, rows: int) -> None:
    """The page follows the bank by itself: nobody reloads it."""
    expect(page.get_by_text(f"{rows:,} transactions")).to_be_visible(timeout=HISTORY * 1000)
    expect(page.locator("li.step--done")).to_have_count(5, timeout=HISTORY * 1000)


def open_overview(page: Page) -> None:
    page.get_by_role("link", name="Open the overview").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    expect(page.get_by_role("link", name="Get started")).to_have_count(0)
    expect(page.locator(".figure__value").first).to_contain_text(re.compile(r"\d"))


def test_a_newcomer_tries_the_sample_company(page: Page, sandbox: str, workplace: Workplace) -> None:
    rows = read_bank(sandbox, FIRST_HARBOR).rows
    sign_up(page, workplace.mails, new_address("nora"))
    found_workspace(page)
    page.get_by_role("button", name="Try with a sample company").click()
    expect(page.get_by_role("heading", name="Sample company")).to_be_visible()
    expect(page.get_by_text("its figures are invented")).to_be_visible()
    expect_all_rows(page, rows)
    open_overview(page)

    # Their own company is untouched.
    page.goto("/workspaces/")
    page.get_by_role("link", name=re.compile("Birch Works")).click()
    expect(page.get_by_text("No bank is connected yet")).to_be_visible()


def test_a_newcomer_connects_a_bank_of_their_own(page: Page, sandbox: str, workplace: Workplace) -> None:
    rows = read_bank(sandbox, FIRST_HARBOR).rows
    sign_up(page, workplace.mails, new_address("nora"))
    found_workspace(page)
    assert step(page, "Base currency") == "step step--now"
    page.get_by_label("Base currency").select_option("USD")
    page.get_by_label("Fiscal year begins in").select_option(label="April")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The fiscal year begins in April.")).to_be_visible()

    # It can be left and come back to.
    page.get_by_role("link", name="Overview").first.click()
    page.get_by_role("main").get_by_role("link", name="Get started").click()
    assert step(page, "Connect a bank") == "step step--now"
    page.get_by_role("button", name="Connect a bank").click()
    page.get_by_label("First Harbor").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Allow access").click()
    page.wait_for_url("**/start/")
    expect(page.get_by_text("First Harbor is connected.")).to_be_visible()
    expect_all_rows(page, rows)
    open_overview(page)


def test_without_script_each_step_is_a_page_away(
    page: Page, browser: Browser, site: str, sandbox: str, workplace: Workplace
) -> None:
    rows = read_bank(sandbox, FIRST_HARBOR).rows
    sign_up(page, workplace.mails, new_address("nora"))
    context = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state(), base_url=site)
    plain = context.new_page()
    plain.goto("/workspaces/new/")
    plain.get_by_role("button", name="Try with a sample company").click()
    set_up_app(plain)
    whole, overview = plain.get_by_text(f"{rows:,} transactions"), plain.get_by_role("link", name="Open the overview")
    for _ in range(HISTORY):
        if whole.is_visible() and overview.is_visible():
            break
        plain.wait_for_timeout(1000)
        plain.goto(plain.url)
    expect(whole).to_be_visible()
    overview.click()
    expect(plain.get_by_role("heading", name="Overview")).to_be_visible()
    context.close()
