"""A workspace asks its members for a second factor: who is affected is shown, who has none gets one, and then goes on."""

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.actions import add_member
from accounts.permissions import Role
from tests.journeys.steps import set_up_app, sign_in
from tests.journeys.test_accessibility import faults_of, look_at
from tests.support.people import PASSWORD, Persona, make_person

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_team_is_asked_for_a_second_factor(page: Page, browser: Browser, site: str, alice: Persona) -> None:
    carol = make_person("carol", has_factor=False)
    add_member(actor=alice.actor, workspace=alice.workspace, user=carol, role=Role.STAFF)
    sign_in(page, alice)
    page.get_by_role("link", name="Team policy").click()
    expect(page.get_by_role("heading", name="Team policy")).to_be_visible()
    assert look_at(page, [page.url]) == []
    page.get_by_label("Every member").check()
    page.get_by_label("Code by e-mail").uncheck()
    page.get_by_role("button", name="See who is affected").click()
    expect(page.get_by_role("row", name="Carol")).to_be_visible()
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert faults_of(page) == []
    page.get_by_role("button", name="Save the policy").click()
    expect(page.get_by_text("Every member needs a second factor.")).to_be_visible()

    context = browser.new_context(base_url=site)
    hers = context.new_page()
    hers.goto("/accounts/login/")
    hers.get_by_label("Email").fill(carol.email)
    hers.get_by_label("Password").fill(PASSWORD)
    hers.get_by_role("button", name="Sign in").click()
    expect(hers.get_by_text("asks for a second factor")).to_be_visible()
    assert faults_of(hers) == []
    set_up_app(hers)
    hers.wait_for_url(f"**/w/{alice.workspace.slug}/transactions/")
    expect(hers.get_by_role("heading", name="Transactions")).to_be_visible()
    context.close()
