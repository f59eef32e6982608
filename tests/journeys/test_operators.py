"""An operator looks at states and times, and at a company's pages only while its Owner lets them. C11, C12."""

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.actions import grant_operator
from tests.journeys.steps import sign_in
from tests.journeys.test_accessibility import faults_of, look_at
from tests.support.people import PASSWORD, SETUP, Persona, code_of, give_app, listed_operator

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

LISTS = ("People", "Workspaces", "Memberships", "Sessions", "Grants", "Recovery decisions", "Connections", "Runs")


def test_an_operator_reads_under_a_grant_and_no_longer(page: Page, browser: Browser, site: str, alice: Persona) -> None:
    olive = listed_operator()
    give_app(olive)
    grant_operator(actor=SETUP, user_id=olive.pk)
    inside = f"/w/{alice.workspace.slug}/"
    owners = browser.new_context(base_url=site).new_page()
    sign_in(owners, alice)
    owners.get_by_role("link", name="Operator access").click()
    owners.get_by_label("Operator’s e-mail address").fill(olive.email)
    owners.get_by_label("Why").fill("The sync of our main account shows an error.")
    owners.get_by_role("button", name="Let them read").click()
    expect(owners.get_by_role("row", name=olive.email)).to_be_visible()
    assert look_at(owners, [owners.url]) == []

    page.goto("/accounts/login/?next=/operators/")
    page.get_by_label("Email").fill(olive.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code from your app").fill(code_of(olive))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/operators/")
    for name in LISTS:
        page.get_by_role("main").get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", name="Select")).to_be_visible()
        page.goto("/operators/")

    page.goto(inside)
    expect(page.get_by_text("as an operator until")).to_be_visible()
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert faults_of(page) == []
    page.goto(f"{inside}transactions/")
    expect(page.get_by_text("The sync of our main account shows an error.")).to_be_visible()

    owners.get_by_role("button", name="End now").click()
    expect(owners.get_by_role("cell", name="Ended", exact=True)).to_be_visible()
    assert page.request.get(inside).status == 404
    owners.context.close()
