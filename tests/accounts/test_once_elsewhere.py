"""Asking twice where keys came later: exports and verifications of the record, offers that are answered, codes by mail."""

import re

import pytest

from accounts.access import workspace_scope
from accounts.models import Membership
from accounts.permissions import Role
from audit.models import Bundle, Event
from tests.accounts.test_once import FIELD, key_on
from tests.support.client import ScopeCheckingClient
from tests.support.mails import mails_to, waiting_mails
from tests.support.people import Persona, make_member

pytestmark = pytest.mark.django_db

CODE_PAGE = "/accounts/code/"
SIGN_UP = {
    "email": "nora@example.test",
    "password1": "a long enough passphrase",
    "password2": "a long enough passphrase",
    "display_name": "Nora",
}


def log_of(persona: Persona) -> str:
    return f"/w/{persona.workspace.slug}/settings/audit-log/"


def test_an_export_that_is_asked_for_twice_is_made_once(alice: Persona) -> None:
    sent = {"once": key_on(alice, log_of(alice))}
    first, second = (alice.client.post(f"{log_of(alice)}exports/", sent) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 302)
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    with workspace_scope(alice.workspace.pk):
        assert [str(bundle.pk) for bundle in Bundle.objects.all()] == [first.headers["X-Object-Id"]]
    assert second.headers["X-Object-Id"] == first.headers["X-Object-Id"]


def test_a_verification_that_is_asked_for_twice_is_asked_for_once(alice: Persona) -> None:
    key = key_on(alice, log_of(alice))

    assert [verifications(alice, key) for _ in range(2)] == [1, 1]
    assert verifications(alice, f"{key}-another") == 2


def verifications(persona: Persona, key: str) -> int:
    """How many were asked for, after asking once more under a key."""
    persona.client.post(f"{log_of(persona)}verifications/", {"once": key})
    with workspace_scope(persona.workspace.pk):
        return Event.objects.filter(action="audit.verification.requested").count()


def test_an_offer_that_is_withdrawn_twice_sends_its_mails_once(alice: Persona) -> None:
    page = f"/w/{alice.workspace.slug}/settings/ownership/"
    member = make_member("carl", alice.workspace, Role.ADMIN)
    with workspace_scope(alice.workspace.pk):
        membership = Membership.objects.get(user=member.user)
    alice.client.post(page, {"member": str(membership.pk), "steps_down": "no"})
    before = len(waiting_mails(alice.workspace.pk))
    sent = {"once": key_on(alice, page)}
    answers = [alice.client.post(f"{page}cancellation/", sent) for _ in range(2)]

    mails = len(waiting_mails(alice.workspace.pk)) - before
    assert mails > 0
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    alice.client.post(f"{page}cancellation/", {})
    assert len(waiting_mails(alice.workspace.pk)) - before == mails


def test_another_code_that_is_asked_for_twice_is_sent_once() -> None:
    browser = ScopeCheckingClient()
    assert browser.post("/accounts/signup/", SIGN_UP).status_code == 302
    page = browser.get(CODE_PAGE).content.decode()
    keys = FIELD.findall(page)
    assert len(keys) == len(set(keys)) == 2
    assert len(mails_to(SIGN_UP["email"])) == 1

    for _ in range(2):
        assert browser.post(CODE_PAGE, {"action": "resend", "once": keys[1]}).status_code == 302
    assert len(mails_to(SIGN_UP["email"])) == 2
    assert browser.post(CODE_PAGE, {"action": "resend", "once": f"{keys[1]}-another"}).status_code == 302
    assert len(mails_to(SIGN_UP["email"])) == 3


def test_the_page_of_the_code_takes_it_under_a_key_too() -> None:
    browser = ScopeCheckingClient()
    browser.post("/accounts/signup/", SIGN_UP)
    key = FIELD.findall(browser.get(CODE_PAGE).content.decode())[0]
    (message,) = mails_to(SIGN_UP["email"])
    code = re.search(r"Your code is (\S+)", str(message.body))
    assert code

    assert browser.post(CODE_PAGE, {"code": "WRONG1", "once": key}).status_code == 200
    assert browser.post(CODE_PAGE, {"code": code[1], "once": key}).status_code == 302
    assert browser.post(CODE_PAGE, {"code": code[1], "once": key}).status_code == 302
    assert browser.get("/settings/profile/").status_code == 200
