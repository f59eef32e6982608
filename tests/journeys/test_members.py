"""Members: invited by mail and joined in another browser, given another role, made an Owner by two people, and gone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.permissions import Role
from tests.journeys.door import new_address
from tests.journeys.steps import sign_in
from tests.journeys.test_accessibility import faults_of, look_at
from tests.support.environment import Workplace
from tests.support.mails import code_in_folder
from tests.support.people import PASSWORD, Persona, make_member
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("celery_worker_process")]

LINK = re.compile(r"http\S+(/invitation/\?token=\S+)")


def link_in_folder(folder: Path, address: str) -> str:
    """The link that the worker has mailed to an address, by files. Waits for it."""
    found: list[str] = []

    def look() -> bool:
        for file in folder.glob("*.log"):
            text = file.read_text()
            if f"To: {address}" in text and (link := LINK.search(text)):
                found.append(link[1])
        return bool(found)

    wait_until(look, f"a mail with a link to {address}")
    return found[-1]


def invite(page: Page, address: str, role: str) -> None:
    page.get_by_role("link", name="Members").first.click()
    page.get_by_role("link", name="Invite somebody").click()
    expect(page.get_by_role("heading", name="Invite somebody")).to_be_visible()
    page.get_by_label("E-mail address").fill(address)
    page.get_by_role("radio", name=re.compile(f"^{role}: ")).check()
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_text(f"{address} is invited.")).to_be_visible()


def test_somebody_is_invited_makes_an_account_and_joins(
    page: Page, browser: Browser, site: str, workplace: Workplace, alice: Persona
) -> None:
    address = new_address("ines")
    sign_in(page, alice)
    invite(page, address, "Staff")
    expect(page.get_by_role("row", name=re.compile(address))).to_contain_text("Waiting")
    settings = f"/w/{alice.workspace.slug}/settings"
    assert look_at(page, [f"{settings}/members/", f"{settings}/invitations/"]) == []

    context = browser.new_context(base_url=site)
    theirs = context.new_page()
    theirs.goto(link_in_folder(workplace.mails, address))
    expect(theirs.get_by_role("heading", name=re.compile("Join Alder Works"))).to_be_visible()
    assert "token" not in theirs.url
    assert look_at(theirs, ["/invitation/"]) == []
    theirs.get_by_role("link", name="Create an account").click()
    theirs.get_by_label("Email").fill(address)
    theirs.get_by_label("Password", exact=True).fill(PASSWORD)
    theirs.get_by_label("Password (again)").fill(PASSWORD)
    theirs.get_by_role("button", name="Create account").click()
    theirs.get_by_label("Code").fill(code_in_folder(workplace.mails, address))
    theirs.get_by_role("button", name="Confirm").click()
    theirs.get_by_role("button", name="Accept").click()
    expect(theirs.get_by_role("heading", name="Transactions")).to_be_visible()
    context.close()

    page.goto(f"{settings}/members/")
    expect(page.get_by_role("row", name=re.compile(f"{address}.*Staff")).first).to_be_visible()
    expect(page.locator("#invitations")).to_contain_text("Accepted")


def test_a_link_in_the_wrong_browser_says_so(
    page: Page, workplace: Workplace, alice: Persona, mallory: Persona
) -> None:
    address = new_address("ines")
    sign_in(page, alice)
    invite(page, address, "Manager")
    page.goto(link_in_folder(workplace.mails, address))
    expect(page.get_by_text("for another address than the one you signed in with")).to_be_visible()
    assert look_at(page, ["/invitation/"]) == []
    page.goto(f"/w/{alice.workspace.slug}/settings/members/")
    page.get_by_role("button", name=f"Cancel the invitation of {address}").click()
    expect(page.get_by_text("The invitation is cancelled.")).to_be_visible()
    expect(page.locator("#invitations")).to_contain_text("Cancelled")


def test_a_member_gets_another_role_is_made_an_owner_and_the_first_one_leaves(
    page: Page, browser: Browser, site: str, alice: Persona
) -> None:
    carol = make_member("carol", alice.workspace, Role.STAFF)
    sign_in(page, alice)
    page.get_by_role("link", name="Members").first.click()
    page.get_by_role("link", name="Change Carol").click()
    assert look_at(page, [page.url]) == []
    page.get_by_role("radio", name=re.compile("^Manager: ")).check()
    page.get_by_role("button", name="Change role").click()
    expect(page.get_by_text("Carol is Manager now.")).to_be_visible()

    page.get_by_role("link", name="Ownership").click()
    assert look_at(page, [page.url]) == []
    page.get_by_label("Member").select_option(label=f"Carol ({carol.user.email}), Manager")
    page.get_by_role("button", name="Ask them").click()
    expect(page.get_by_role("button", name="Withdraw the offer")).to_be_visible()
    assert faults_of(page) == []

    context = browser.new_context(base_url=site)
    hers = context.new_page()
    sign_in(hers, carol)
    hers.get_by_role("link", name="Members").first.click()
    assert look_at(hers, [hers.url]) == []
    hers.get_by_role("button", name="Become an Owner").click()
    expect(hers.get_by_text("You are an Owner of this workspace now.")).to_be_visible()
    context.close()

    page.get_by_role("link", name="Members").first.click()
    page.get_by_role("link", name="Leave this workspace").click()
    assert look_at(page, [page.url]) == []
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_text("You have left the workspace.")).to_be_visible()
    assert page.request.get(f"/w/{alice.workspace.slug}/settings/workspace/").status == 404


def test_a_member_is_removed_and_is_out_at_once(page: Page, browser: Browser, site: str, alice: Persona) -> None:
    carol = make_member("carol", alice.workspace, Role.MANAGER)
    context = browser.new_context(base_url=site)
    hers = context.new_page()
    sign_in(hers, carol)
    sign_in(page, alice)
    page.get_by_role("link", name="Members").first.click()
    page.get_by_role("link", name="Change Carol").click()
    page.get_by_role("button", name="Remove Carol").click()
    expect(page.get_by_text("Carol does not belong to this workspace any more.")).to_be_visible()

    hers.get_by_role("link", name="Transactions", exact=True).click()
    expect(hers.get_by_role("heading", name="There is nothing at this address")).to_be_visible()
    context.close()


def test_the_workspace_is_renamed(page: Page, alice: Persona) -> None:
    sign_in(page, alice)
    page.get_by_role("link", name="Workspace", exact=True).click()
    assert look_at(page, [page.url]) == []
    page.get_by_label("Company name").fill("Birch Works")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The settings are saved.")).to_be_visible()
    expect(page.locator(".switcher__here")).to_have_text("Birch Works")
