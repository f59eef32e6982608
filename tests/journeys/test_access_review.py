"""An access review from its opening to the printed evidence."""

import pytest
from playwright.sync_api import Page, expect

from accounts.permissions import Role
from tests.journeys.steps import sign_in
from tests.journeys.test_accessibility import faults_of, look_at
from tests.support.people import Persona, make_member

pytestmark = pytest.mark.django_db(transaction=True)


def test_everybody_is_decided_about_and_the_page_is_the_evidence(page: Page, alice: Persona) -> None:
    make_member("carol", alice.workspace, Role.MANAGER)
    make_member("dora", alice.workspace, Role.STAFF)
    sign_in(page, alice)
    page.get_by_role("link", name="Access reviews").click()
    assert look_at(page, [page.url]) == []
    page.get_by_role("button", name="Open a review now").click()
    expect(page.get_by_text("3 still to decide.")).to_be_visible()
    assert look_at(page, [page.url]) == []
    expect(page.get_by_role("button", name="Complete the review")).to_be_disabled()

    page.get_by_label("Decision about Alice").select_option("Keep as Owner")
    page.get_by_label("Decision about Carol").select_option("Change to Auditor")
    page.get_by_label("Decision about Dora").select_option("Revoke access")
    page.get_by_role("button", name="Carry out these decisions").click()
    expect(page.get_by_text("3 decisions are in effect.")).to_be_visible()
    expect(page.get_by_role("row", name="Carol")).to_contain_text("Changed to Auditor")
    expect(page.get_by_role("row", name="Dora")).to_contain_text("not a member any more")

    page.get_by_label("Notes").fill("Dora has left the company.")
    page.get_by_role("button", name="Complete the review").click()
    expect(page.get_by_text("Completed by Alice on")).to_be_visible()
    expect(page.get_by_text("Dora has left the company.")).to_be_visible()
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert faults_of(page) == []
    page.emulate_media(media="print")
    expect(page.get_by_role("row", name=alice.user.email)).to_contain_text("Kept")
    expect(page.locator(".stub")).to_be_hidden()
    page.emulate_media(media="screen")

    page.get_by_role("link", name="Access reviews").first.click()
    expect(page.get_by_role("row", name="Opened by hand")).to_contain_text("Completed")
