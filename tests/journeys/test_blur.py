"""Blurred amounts: every amount of every page, from the first paint on, until they are wanted again."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import rent_company, trading_company
from tests.journeys.steps import sign_in
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = (
    "",
    "transactions/",
    "transactions/?min=10.00&q=rent",
    "reports/profit-and-loss/?period=24",
    "reports/cash/",
    "connections/",
    "start/",
    "settings/members/",
)
BOOKS = (
    "",
    "reports/receivables/",
    "reports/payables/?in=USD",
    "reports/trial-balance/",
    "reports/profit-and-loss/?basis=accrual",
    "invoices/",
    "invoices/?q=acme",
    "contacts/",
)

# Every text in sight that looks like an amount (1,234.56, −900.00, USD 900, USD 1.2m) or stands on a chart's axis, without
# a filter on it or above it. What the bank itself wrote may hold figures and is not an amount of ours.
UNBLURRED = """() => {
  const looks = /\\d[.]\\d{2}(?!\\d)|[A-Z]{3} −?\\d|−\\d/;
  const isBlurred = (element) => {
    for (let at = element; at; at = at.parentElement) if (getComputedStyle(at).filter.includes("blur")) return true;
    return false;
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (element.closest("script, title, desc, option, template, .visually-hidden, .rows__what, .no-amounts")) continue;
    if (!element.checkVisibility() || !looks.test(node.data)) continue;
    if (!isBlurred(element)) found.push(`${element.className}: ${node.data.trim()}`);
  }
  const bare = document.querySelectorAll(".chart__tick, td.num:not(:has(.amount))");
  for (const element of bare) if (!isBlurred(element)) found.push(element.textContent);
  for (const field of document.querySelectorAll("input")) {
    if (field.checkVisibility() && looks.test(field.value) && !isBlurred(field)) found.push(`field ${field.name}`);
  }
  return found;
}"""


@pytest.fixture
def company(page: Page, alice: Persona) -> Persona:
    rent_company(alice)
    sign_in(page, alice)
    return alice


@pytest.fixture
def traders(page: Page, alice: Persona) -> Persona:
    trading_company(alice)
    sign_in(page, alice)
    return alice


def toggle(page: Page) -> None:
    page.get_by_role("button", name="Blur amounts").click()


@pytest.mark.parametrize("address", PAGES)
def test_no_amount_is_left_in_sight(page: Page, company: Persona, address: str) -> None:
    page.goto(f"/w/{company.workspace.slug}/{address}")
    shown = page.evaluate(UNBLURRED)
    assert shown or address in {"start/", "settings/members/"}
    toggle(page)
    assert page.evaluate(UNBLURRED) == []


@pytest.mark.parametrize("address", BOOKS)
def test_no_amount_of_the_books_is_left_in_sight(page: Page, traders: Persona, address: str) -> None:
    page.goto(f"/w/{traders.workspace.slug}/{address}")
    assert page.evaluate(UNBLURRED)
    toggle(page)
    assert page.evaluate(UNBLURRED) == []


@pytest.mark.parametrize(("address", "name"), [("invoices/", "INV-3"), ("contacts/", "Berlin Ltd")])
def test_no_amount_of_one_document_or_contact_is_left_in_sight(
    page: Page, traders: Persona, address: str, name: str
) -> None:
    page.goto(f"/w/{traders.workspace.slug}/{address}")
    page.get_by_role("link", name=name).click()
    page.get_by_role("heading", level=1, name=name).wait_for()
    assert page.evaluate(UNBLURRED)
    toggle(page)
    assert page.evaluate(UNBLURRED) == []


def test_no_amount_of_one_transaction_is_left_in_sight(page: Page, company: Persona) -> None:
    page.goto(f"/w/{company.workspace.slug}/transactions/")
    page.locator(".rows__what a").first.click()
    page.get_by_role("heading", name="From the bank").wait_for()
    assert page.evaluate(UNBLURRED)
    toggle(page)
    assert page.evaluate(UNBLURRED) == []


def test_an_amount_that_nothing_covers_would_be_found(page: Page, company: Persona) -> None:
    toggle(page)
    page.evaluate("document.querySelector('main').append('USD 1,234.56')")
    assert page.evaluate(UNBLURRED) == ["main: USD 1,234.56"]


def test_the_next_page_comes_blurred_before_any_script_runs(page: Page, company: Persona) -> None:
    expect(page.get_by_role("button", name="Blur amounts")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="Blur amounts")).to_have_attribute("aria-pressed", "true")
    answer = page.request.get(f"/w/{company.workspace.slug}/transactions/").text()
    assert re.search(r"<html[^>]* data-blurred", answer)
    assert re.search(r'data-blur [^>]*aria-pressed="true"', answer)

    page.reload()
    page.get_by_role("button", name="Blur amounts").press("Space")
    expect(page.locator("html")).not_to_have_attribute("data-blurred", re.compile(""))
    assert "data-blurred" not in page.request.get(f"/w/{company.workspace.slug}/transactions/").text()


def test_another_tab_follows_when_it_is_looked_at(page: Page, company: Persona) -> None:
    other = page.context.new_page()
    other.goto(f"/w/{company.workspace.slug}/transactions/")
    toggle(other)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("html")).to_have_attribute("data-blurred", "")


def test_paper_is_not_blurred(page: Page, company: Persona) -> None:
    page.goto(f"/w/{company.workspace.slug}/transactions/")
    toggle(page)
    page.emulate_media(media="print")
    assert page.evaluate(UNBLURRED)
