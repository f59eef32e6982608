"""Steps that several journeys take."""

import re
import time

from playwright.sync_api import Page, expect

from config.demo.codes import code_at
from tests.support.people import Persona, code_of

HISTORY_SECONDS = 120


def sign_in(page: Page, person: Persona, lands_on: str = "") -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(person.user.email)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code from your app").fill(code_of(person.user))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**/w/{person.workspace.slug}/{lands_on}")


def set_up_app(page: Page) -> str:
    """From the page of factors through the picture, the first code and the backup codes; the app's secret."""
    page.get_by_role("button", name="Set up an app").click()
    secret = (page.locator("#secret").text_content() or "").replace(" ", "")
    page.get_by_label("Code from your app").fill(code_at(secret, time.time()))
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("#backup-codes li")).to_have_count(10)
    page.get_by_role("link", name="I have kept them").click()
    return secret


def connect_bank(page: Page, person: Persona, bank: str) -> None:
    page.goto(f"/w/{person.workspace.slug}/connections/")
    page.get_by_role("button", name="Connect a bank").click()
    page.get_by_label(bank).check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Allow access").click()
    page.wait_for_url(re.compile(r"/(start|connections)/$"))
    page.goto(f"/w/{person.workspace.slug}/connections/")
    expect(page.get_by_role("heading", name=bank)).to_be_visible()


def wait_for_rows(page: Page, person: Persona, rows: int) -> None:
    """Until the whole history is there: the bank gives a month first, and the rest when it has told of it."""
    for _ in range(HISTORY_SECONDS * 2):
        page.goto(f"/w/{person.workspace.slug}/transactions/")
        if f"{rows:,} transactions" in (page.locator("main").text_content() or ""):
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{rows:,} transactions did not come in within {HISTORY_SECONDS} seconds")
