"""What is one's own: another address to sign in with, and the end of an account."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.permissions import Role
from tests.journeys.door import new_address
from tests.journeys.steps import sign_in
from tests.journeys.test_accessibility import look_at
from tests.support.environment import Workplace
from tests.support.mails import code_in_folder
from tests.support.people import PASSWORD, Persona, code_of, make_member

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("celery_worker_process")]


def test_the_address_is_changed_with_a_code_from_each_and_signs_in_from_then_on(
    page: Page, browser: Browser, site: str, workplace: Workplace, alice: Persona
) -> None:
    old, new = alice.user.email, new_address("alice")
    sign_in(page, alice)
    page.goto("/settings/profile/")
    page.get_by_role("link", name="E-mail address").click()
    page.get_by_label("New address").fill(new)
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Send both codes").click()
    expect(page.get_by_role("heading", name="Confirm both addresses")).to_be_visible()
    assert look_at(page, ["/settings/address/codes/"]) == []
    page.get_by_label("Code from your old address").fill(code_in_folder(workplace.mails, old))
    page.get_by_label("Code from your new address").fill(code_in_folder(workplace.mails, new))
    page.get_by_role("button", name="Change address").click()
    expect(page.get_by_text(re.compile("^You sign in as"))).to_contain_text(new)

    elsewhere = browser.new_context(base_url=site).new_page()
    elsewhere.goto("/accounts/login/")
    elsewhere.get_by_label("Email").fill(new)
    elsewhere.get_by_label("Password").fill(PASSWORD)
    elsewhere.get_by_role("button", name="Sign in").click()
    expect(elsewhere.get_by_role("heading", name="One more step")).to_be_visible()
    elsewhere.context.close()


def test_an_only_owner_is_told_whom_to_ask_first(page: Page, alice: Persona) -> None:
    sign_in(page, alice)
    page.goto("/settings/deletion/")
    expect(page.get_by_role("link", name=re.compile("^Ownership of Alder Works"))).to_be_visible()
    expect(page.get_by_role("button", name="Delete my account")).to_have_count(0)
    assert look_at(page, ["/settings/deletion/"]) == []


def test_a_deletion_that_was_asked_for_is_called_off(page: Page, alice: Persona) -> None:
    carol = make_member("carol", alice.workspace, Role.MANAGER)
    sign_in(page, carol)
    page.goto("/settings/profile/")
    page.get_by_role("link", name="Delete your account").click()
    page.get_by_role("button", name="Delete my account").click()
    if page.get_by_role("heading", name="Confirm that it is you").is_visible():
        page.get_by_label("Code from your app").fill(code_of(carol.user))
        page.get_by_role("button", name="Confirm").click()
        page.get_by_role("button", name="Delete my account").click()
    waits = page.get_by_text(re.compile("Your account is deleted on"))
    expect(waits).to_be_visible()
    assert look_at(page, ["/settings/deletion/", "/settings/profile/"]) == []
    page.goto("/settings/profile/")
    page.get_by_role("button", name="Keep my account").click()
    expect(waits).to_have_count(0)
