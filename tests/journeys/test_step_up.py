"""A deed that asks for a fresh proof leads to the confirmation and back."""

import re
import time

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.second_factor import FactorKind, Proof, write_proof
from accounts.session_store import SessionStore
from accounts.step_up import STEP_UP, Deed
from tests.journeys.steps import sign_in
from tests.journeys.test_accessibility import look_at
from tests.support.people import Persona, code_of

pytestmark = pytest.mark.django_db(transaction=True)

CONFIRM = "/settings/security/confirm/"


def age_proof(page: Page, minutes: int) -> None:
    """The browser's session as it is so many minutes later."""
    key = next(one["value"] for one in page.context.cookies() if one["name"] == settings.SESSION_COOKIE_NAME)
    session = SessionStore(key)
    write_proof(session, Proof(FactorKind.TOTP, "of-a-test", int(time.time()) - minutes * 60))
    session.save()


def test_connecting_a_bank_asks_who_it_is_after_a_while(page: Page, sandbox: str, alice: Persona) -> None:
    sign_in(page, alice)
    connections = f"/w/{alice.workspace.slug}/connections/"
    age_proof(page, STEP_UP[Deed.CONNECT].minutes)
    page.goto(connections)
    page.get_by_role("button", name="Connect a bank").click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    expect(page.get_by_text(Deed.CONNECT.value).first).to_be_visible()

    page.get_by_label("Code from your app").fill(code_of(alice.user))
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url(f"**{connections}")
    page.get_by_role("button", name="Connect a bank").click()
    page.wait_for_url(f"{sandbox}/**")


def test_the_page_says_what_asks_for_a_proof(page: Page, alice: Persona) -> None:
    sign_in(page, alice)
    page.goto(CONFIRM)
    page.get_by_text("What asks for a fresh proof").first.click()
    for deed in Deed:
        expect(page.get_by_role("term").filter(has_text=re.compile(f"^{deed.value}$"))).to_be_visible()
    assert look_at(page, [CONFIRM, f"{CONFIRM}?deed=connect"]) == []
