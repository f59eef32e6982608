"""axe on every page, by day and night, at a desk and on a phone; nothing runs off the side; no policy is broken."""

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from accounts.actions import destroy_workspace_key
from accounts.permissions import Role
from tests.journeys.bank import read_bank
from tests.journeys.people import trading_company
from tests.journeys.steps import connect_bank, sign_in, wait_for_rows
from tests.support.people import Persona, make_member

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("celery_worker_process")]

OUTSIDE = ["/", "/accounts/login/", "/accounts/signup/", "/no/such/page/"]
INSIDE = [
    "",
    "transactions/",
    "transactions/?q=nothing-like-this",
    "reports/cash/",
    "reports/cash/?period=12&compare=year&on=2026-01-31",
    "reports/profit-and-loss/",
    "reports/profit-and-loss/?compare=previous&figures=income",
    "start/",
    "connections/",
    "settings/members/",
    "settings/alerts/",
    "settings/alerts/?show=all",
    "settings/alerts/webhook/",
    "settings/security/",
    "settings/recoveries/",
]
BOOKS = [
    "",
    "reports/receivables/",
    "reports/receivables/?in=EUR",
    "reports/payables/",
    "reports/trial-balance/",
    "reports/trial-balance/?in=USD&on=2026-01-31",
    "reports/profit-and-loss/?basis=accrual&compare=previous",
    "invoices/",
    "invoices/?q=acme&from=2020-01-01&status=overdue",
    "credit-notes/",
    "bills/?q=nothing-like-this",
    "expenses/",
    "contacts/",
    "contacts/?kind=vendor",
]
EMPTY = [
    "",
    "start/",
    "transactions/",
    "reports/cash/",
    "reports/profit-and-loss/",
    "reports/receivables/",
    "reports/trial-balance/",
    "bills/",
    "contacts/",
    "connections/",
]
ABOUT_ONESELF = [
    "/workspaces/",
    "/workspaces/new/",
    "/settings/profile/",
    "/settings/address/",
    "/settings/deletion/",
    "/settings/security/two-factor/",
    "/settings/security/confirm/",
]
WIDTHS = (1440, 360)


def faults_of(page: Page) -> list[str]:
    """What axe finds, as rule and place; and whether the page is wider than its window."""
    found = [
        f"{page.url}: {violation['id']} at {node['target']}"
        for violation in Axe().run(page).response["violations"]
        for node in violation["nodes"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append(f"{page.url}: wider than the window")
    return found


def look_at(page: Page, addresses: list[str]) -> list[str]:
    faults = []
    for scheme, width in product(("light", "dark"), WIDTHS):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # one of its own literals
        page.set_viewport_size({"width": width, "height": 900})
        for address in addresses:
            page.goto(address)
            faults += [f"{scheme} {width}: {fault}" for fault in faults_of(page)]
    return faults


def test_pages_outside_a_workspace(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site)
    assert look_at(context.new_page(), OUTSIDE) == []
    context.close()


def test_pages_of_an_empty_workspace(page: Page, alice: Persona) -> None:
    sign_in(page, alice)
    assert look_at(page, [f"/w/{alice.workspace.slug}/{address}" for address in EMPTY]) == []


def test_pages_of_a_company_with_a_bank(page: Page, sandbox: str, alice: Persona) -> None:
    sign_in(page, alice)
    connect_bank(page, alice, "First Harbor")
    wait_for_rows(page, alice, read_bank(sandbox, "ins_902").rows)
    row = page.locator("table.rows tbody .rows__what a").first.get_attribute("href") or ""
    assert look_at(page, [*(f"/w/{alice.workspace.slug}/{address}" for address in INSIDE), row]) == []


def test_pages_of_a_company_with_books(page: Page, alice: Persona) -> None:
    trading_company(alice)
    sign_in(page, alice)
    inside = f"/w/{alice.workspace.slug}/"
    page.goto(f"{inside}invoices/")
    invoice = page.get_by_role("link", name="INV-3").get_attribute("href") or ""
    page.goto(f"{inside}contacts/")
    contact = page.get_by_role("link", name="Acme Ltd").get_attribute("href") or ""
    assert look_at(page, [*(f"{inside}{address}" for address in BOOKS), invoice, contact]) == []


def test_pages_on_the_way_to_the_books(page: Page, sandbox: str, alice: Persona) -> None:
    sign_in(page, alice)
    page.goto(f"/w/{alice.workspace.slug}/connections/")
    page.get_by_role("button", name="Connect Zoho Books").click()
    for organization in page.get_by_role("checkbox").all():
        organization.check()
    page.get_by_role("button", name="Accept").click()
    page.get_by_role("heading", name="Which organisation?").wait_for()
    assert look_at(page, [page.url]) == []
    page.get_by_label("Cedarline Europe").check()
    page.get_by_role("button", name="Connect").click()
    page.wait_for_url("**/start/")
    connections = f"/w/{alice.workspace.slug}/connections/"
    page.goto(connections)
    page.get_by_role("link", name="Disconnect Cedarline Europe GmbH").click()
    page.wait_for_url("**/disconnection/")
    assert look_at(page, [page.url]) == []
    # While the first sync runs the page draws itself anew, under the hands of whoever looks at it.
    page.get_by_role("button", name="Disconnect").click()
    page.wait_for_url(f"**{connections}")
    page.get_by_role("button", name="Connect again").wait_for()
    assert look_at(page, [connections]) == []


def test_pages_about_oneself(page: Page, alice: Persona) -> None:
    sign_in(page, alice)
    assert look_at(page, ABOUT_ONESELF) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_opens_in_the_top_bar(page: Page, alice: Persona, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # one of its own literals
    sign_in(page, alice)
    page.goto(f"/w/{alice.workspace.slug}/settings/members/")
    page.keyboard.press("b")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.locator("details.switcher summary").click()
        page.locator("details.switcher").get_by_role("link", name="New workspace").wait_for()
        page.locator(".switcher__list").wait_for()
        assert faults_of(page) == []
        page.locator("summary", has=page.locator(".menu__who")).click()
        assert faults_of(page) == []
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        assert faults_of(page) == []
        page.keyboard.press("Escape")


def test_pages_of_a_workspace_that_was_destroyed(browser: Browser, site: str, alice: Persona) -> None:
    context = browser.new_context(base_url=site)
    page = context.new_page()
    sign_in(page, alice)
    destroy_workspace_key(actor=alice.actor, workspace_id=alice.workspace.pk)
    assert look_at(page, ["/", f"/w/{alice.workspace.slug}/"]) == []
    assert "was destroyed on" in page.locator("h1").inner_text()
    context.close()


def test_refusals(browser: Browser, site: str, alice: Persona) -> None:
    staff = make_member("carol", alice.workspace, Role.STAFF)
    inside = f"/w/{alice.workspace.slug}/"
    # A page of its own: a browser calls every refusal an error.
    context = browser.new_context(base_url=site)
    page = context.new_page()
    sign_in(page, staff, "transactions/")
    refused = {f"{inside}connections/": 403, "/no/such/page/": 404, f"{inside}transactions/categorisations/": 405}
    refused["/oauth/zoho/?state=nothing-of-ours"] = 400
    for address, status in refused.items():
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == status
    assert look_at(page, list(refused)) == []
    context.close()


def test_a_fault_would_be_found(browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.set_content("<html lang=en><title>t</title><main><h1>t</h1><img src=x><p>wide</p></main>")
    page.evaluate("document.querySelector('p').style.width = '9000px'")
    found = faults_of(page)
    assert any("image-alt" in fault for fault in found)
    assert any("wider than the window" in fault for fault in found)
    context.close()
