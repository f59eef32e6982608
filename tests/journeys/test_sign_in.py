"""A person comes through the door: newly, with a forgotten password, and from two browsers."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.door import fill_sign_up, new_address, sign_up
from tests.journeys.test_accessibility import look_at
from tests.support.environment import Workplace
from tests.support.mails import code_in_folder
from tests.support.people import PASSWORD, make_person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("celery_worker_process")]

NEW = "quite another passphrase"


def enter(page: Page, address: str, password: str = PASSWORD) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def cookies_of(context: BrowserContext) -> dict[str, float]:
    return {cookie["name"]: cookie["expires"] for cookie in context.cookies()}


def test_a_newcomer_signs_up_with_a_code_by_mail(page: Page, workplace: Workplace) -> None:
    address = new_address("nora")
    fill_sign_up(page, address)
    expect(page.get_by_text(address)).to_be_visible()
    # The demonstration and the tests write mails to files, and the page says so.
    expect(page.get_by_text("Nothing is really sent here")).to_be_visible()
    page.get_by_label("Code").fill("WRONG")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Incorrect code.")).to_be_visible()

    page.get_by_label("Code").fill(code_in_folder(workplace.mails, address))
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/workspaces/new/")


def test_a_known_address_sees_what_a_new_one_sees(page: Page) -> None:
    known = make_person("ned", has_factor=False)
    fill_sign_up(page, known.email)
    expect(page.get_by_text(f"We have sent a code to {known.email}.")).to_be_visible()
    page.get_by_role("button", name="Start again").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_forgotten_password_is_replaced(page: Page, workplace: Workplace) -> None:
    person = make_person("flora", has_factor=False)
    page.goto("/accounts/login/")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("Email").fill(person.email)
    page.get_by_role("button", name="Send a code").click()
    page.get_by_label("Code").fill(code_in_folder(workplace.mails, person.email))
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("New Password", exact=True).fill("password1234")
    page.get_by_label("New Password (again)").fill("password1234")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("known from data leaks, or is too easy")).to_be_visible()
    page.get_by_label("New Password", exact=True).fill(NEW)
    page.get_by_label("New Password (again)").fill(NEW)
    page.get_by_role("button", name="Change password").click()
    page.get_by_role("link", name="Sign in").click()

    enter(page, person.email, NEW)
    page.wait_for_url("**/workspaces/new/")


def test_one_browser_ends_the_session_of_another(page: Page, browser: Browser, site: str) -> None:
    person = make_person("sam", has_factor=False)
    other = browser.new_context(base_url=site)
    there = other.new_page()
    enter(there, person.email)
    there.wait_for_url("**/workspaces/new/")

    enter(page, person.email)
    page.wait_for_url("**/workspaces/new/")
    page.goto("/settings/security/sessions/")
    expect(page.get_by_text("This browser")).to_have_count(1)
    expect(page.get_by_role("heading", name=re.compile("Chrome on Linux"))).to_have_count(2)
    page.get_by_role("button", name=re.compile("^End the session")).click()
    expect(page.get_by_text("The session is ended.")).to_be_visible()

    there.goto("/settings/profile/")
    expect(there.get_by_role("heading", name="Sign in")).to_be_visible()
    other.close()


def test_being_remembered_outlives_the_browser_and_signing_out_clears_it(page: Page) -> None:
    person = make_person("rita", has_factor=False)
    page.goto("/accounts/login/")
    page.get_by_label("Keep me signed in on this device").check()
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/workspaces/new/")
    assert cookies_of(page.context)["session"] > 0
    page.evaluate("localStorage.setItem('left', 'behind')")

    page.locator("summary.menu__button", has_text=person.email).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Create an account")).to_be_visible()
    assert "session" not in cookies_of(page.context)
    assert page.evaluate("localStorage.getItem('left')") is None


def test_a_changed_password_keeps_this_browser(page: Page) -> None:
    person = make_person("pia", has_factor=False)
    enter(page, person.email)
    page.wait_for_url("**/workspaces/new/")
    page.goto("/settings/security/password/")
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("New password again").fill(NEW)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Your password is changed.")).to_be_visible()


def test_the_pages_at_the_door_are_open_to_everybody(page: Page, workplace: Workplace) -> None:
    person = make_person("axel", has_factor=False)
    page.goto("/accounts/password/")
    page.get_by_label("Email").fill(person.email)
    page.get_by_role("button", name="Send a code").click()
    assert look_at(page, ["/accounts/password/code/", "/accounts/password/", "/accounts/password/done/"]) == []
    code = code_in_folder(workplace.mails, person.email)
    page.goto("/accounts/password/code/")
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Continue").click()
    assert look_at(page, ["/accounts/password/new/", "/accounts/inactive/"]) == []
    fill_sign_up(page, new_address("abel"))
    assert look_at(page, ["/accounts/code/"]) == []


def test_the_pages_about_oneself_are_open_to_everybody(page: Page, workplace: Workplace) -> None:
    sign_up(page, workplace.mails, new_address("anna"))
    assert look_at(page, ["/settings/security/sessions/", "/settings/security/password/"]) == []
