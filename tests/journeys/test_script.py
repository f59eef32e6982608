"""What script adds to the pages works, and nothing needs it."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.actions import add_member
from accounts.models import User
from accounts.permissions import Role
from tests.journeys.door import new_address, sign_up
from tests.journeys.people import rent_company
from tests.journeys.steps import sign_in
from tests.support.environment import Workplace
from tests.support.people import SETUP, Persona, code_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company(alice: Persona) -> Persona:
    """Alice's company with two years of rent, and a payment that has no category."""
    rent_company(alice)
    return alice


def test_one_box_ticks_the_whole_page(page: Page, company: Persona) -> None:
    sign_in(page, company)
    page.goto(f"/w/{company.workspace.slug}/transactions/")
    page.locator("[data-check-all]").check()
    expect(page.get_by_text("25 selected")).to_be_visible()
    page.get_by_label("Category for the selected rows").select_option(label="Training")
    page.get_by_role("button", name="Categorise selected").click()
    expect(page.get_by_role("link", name="Category: Training. Change")).to_have_count(25)


def test_boxes_ticked_one_by_one_are_counted(page: Page, company: Persona) -> None:
    sign_in(page, company)
    page.goto(f"/w/{company.workspace.slug}/transactions/")
    every, ticks = page.locator("[data-check-all]"), page.locator("input[name=transaction]")
    ticks.nth(0).check()
    ticks.nth(1).check()
    expect(page.get_by_text("2 selected")).to_be_visible()
    expect(every).to_have_js_property("indeterminate", True)
    ticks.nth(1).uncheck()
    expect(page.get_by_text("1 selected")).to_be_visible()
    every.check()
    expect(page.get_by_text("25 selected")).to_be_visible()
    expect(every).to_have_js_property("indeterminate", False)


def test_the_focus_stays_with_a_category_that_is_chosen_in_its_place(page: Page, company: Persona) -> None:
    sign_in(page, company)
    page.goto(f"/w/{company.workspace.slug}/transactions/")
    cell = page.locator(".rows__category", has_text="No category")
    cell.get_by_role("link").press("Enter")
    cell = page.locator(".rows__category:has(select)")
    expect(cell.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    link = page.get_by_role("link", name="Category: none. Change")
    expect(link).to_be_focused()
    link.press("Enter")
    expect(page.get_by_role("combobox", name="Category of A payment")).to_be_focused()
    page.get_by_role("combobox", name="Category of A payment").select_option(label="Travel")
    cell.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_role("link", name="Category: Travel. Change")).to_be_focused()
    page.locator(".rows__category").get_by_role("button", name="Undo").press("Enter")
    expect(link).to_be_focused()


def test_a_button_says_that_it_is_at_work_and_cannot_be_pressed_twice(page: Page, company: Persona) -> None:
    sign_in(page, company)
    page.goto(f"/w/{company.workspace.slug}/transactions/")
    # Held back after the page's own script has seen it, as by a server that is slow to answer.
    page.evaluate("addEventListener('submit', (event) => event.preventDefault())")
    page.locator("input[name=transaction]").first.check()
    page.get_by_role("button", name="Categorise selected").click()
    busy = page.get_by_role("button", name="Categorising")
    expect(busy).to_be_disabled()
    expect(busy).to_have_attribute("aria-busy", "true")
    page.evaluate("dispatchEvent(new Event('pageshow'))")
    expect(page.get_by_role("button", name="Categorise selected")).to_be_enabled()


def test_filters_leave_what_is_blank_out_of_the_address(page: Page, company: Persona) -> None:
    sign_in(page, company)
    page.goto(f"/w/{company.workspace.slug}/transactions/?direction=out&order=largest")
    page.get_by_placeholder("Description, counterparty, note").fill("payment")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**q=payment**")
    assert parse_qs(urlsplit(page.url).query, keep_blank_values=True) == {
        "q": ["payment"],
        "direction": ["out"],
        "order": ["largest"],
    }


def test_a_chart_reads_out_the_month_under_the_pointer(page: Page, company: Persona) -> None:
    sign_in(page, company)
    place = page.locator("[data-readout-place]").last
    resting = place.inner_text()
    page.locator("[data-readout]").last.hover()
    expect(place).to_contain_text("net −")
    page.get_by_role("heading", name="Overview").hover()
    expect(place).to_have_text(resting)


def test_the_switcher_fetches_the_other_workspaces_when_it_is_opened(
    page: Page, alice: Persona, mallory: Persona
) -> None:
    add_member(actor=SETUP, workspace=mallory.workspace, user=alice.user, role=Role.STAFF)
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(alice.user.email)
    page.get_by_label("Password").fill(alice.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code from your app").fill(code_of(alice.user))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name=re.compile("Alder Works")).click()
    switcher = page.locator("details.switcher")
    switcher.locator("summary").press("Enter")
    expect(switcher.get_by_role("link", name=re.compile("Alder Works"))).to_have_attribute("aria-current", "true")
    switcher.get_by_role("link", name=re.compile("Marsh Trading")).click()
    page.wait_for_url(f"**/w/{mallory.workspace.slug}/transactions/")
    expect(page.locator("summary", has_text="Marsh Trading")).to_be_visible()


@pytest.mark.usefixtures("celery_worker_process")
def test_signing_up_takes_the_browsers_time_zone_and_the_profile_offers_it(
    browser: Browser, site: str, workplace: Workplace
) -> None:
    context = browser.new_context(base_url=site, timezone_id="Asia/Tokyo")
    page = context.new_page()
    email = new_address("tokyo")
    sign_up(page, workplace.mails, email)
    assert User.objects.get(email=email).time_zone == "Asia/Tokyo"

    page.goto("/settings/profile/")
    offer = page.get_by_text("This browser’s time zone is Asia/Tokyo")
    expect(offer).to_be_hidden()
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    expect(offer).to_be_visible()
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")
    context.close()


def test_escape_closes_a_menu_and_gives_the_focus_back(page: Page, company: Persona) -> None:
    sign_in(page, company)
    summary = page.locator("summary.menu__button", has_text=company.user.email)
    summary.click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(summary).to_be_focused()


def test_without_script_filters_and_categories_work_all_the_same(
    page: Page, browser: Browser, site: str, company: Persona
) -> None:
    sign_in(page, company)
    session = page.context.storage_state()
    context = browser.new_context(java_script_enabled=False, storage_state=session, base_url=site)
    plain = context.new_page()
    plain.goto(f"/w/{company.workspace.slug}/transactions/")
    plain.get_by_placeholder("Description, counterparty, note").fill("payment")
    plain.get_by_role("button", name="Apply").click()
    plain.get_by_role("link", name="Category: none. Change").click()
    plain.get_by_label("Category").select_option(label="Travel")
    plain.get_by_role("button", name="Save category").click()
    expect(plain.get_by_text("1 transaction is now in Travel.")).to_be_visible()
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1024, 1440])
def test_a_wide_report_opens_at_its_newest_months_and_cuts_no_amount(page: Page, company: Persona, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, company)
    page.goto(f"/w/{company.workspace.slug}/reports/profit-and-loss/?period=36")
    scroller = page.locator(".scroller--by-month")
    expect(scroller).to_be_visible()
    assert scroller.evaluate("it => it.scrollHeight === it.clientHeight")
    edges = page.locator("table[data-by-month] thead tr").evaluate(
        "row => [...row.cells].map(cell => [cell.getBoundingClientRect().left, cell.getBoundingClientRect().right])"
    )
    (_, names), *months, _ = edges
    # What a rounded width leaves over is less than a cell's own padding.
    assert all(right <= names + 8 or left >= names - 1 for left, right in months)
    assert page.locator(".scroller--by-month").evaluate("it => it.scrollLeft + it.clientWidth >= it.scrollWidth - 2")
