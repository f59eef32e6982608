"""Signing in and out: what the browser is told to keep, where it is led, and who hears of it."""

from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings

from accounts.models import KnownDevice, User
from accounts.session_store import SessionStore
from tests.accounts.test_sessions import session_of
from tests.support.client import ScopeCheckingClient
from tests.support.mails import mails_to
from tests.support.people import PASSWORD, Persona, make_person

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"
MONTH = 30 * 24 * 60 * 60


@pytest.fixture
def nora(db: None) -> User:
    """Somebody without a second factor, who is in as soon as the password is right."""
    return make_person("nora", has_factor=False)


def enter(client: ScopeCheckingClient, user: User, agent: str = WINDOWS, **more: str) -> Any:
    sent = {"login": user.email, "password": PASSWORD, **more}
    return client.post(LOGIN, sent, headers={"User-Agent": agent})


def test_being_remembered_is_a_choice(nora: User) -> None:
    for choice, life, remembered in (({}, "", False), ({"remember": "on"}, MONTH, True)):
        client = ScopeCheckingClient()
        cookie = enter(client, nora, **choice).cookies[settings.SESSION_COOKIE_NAME]
        assert (cookie["max-age"] == life) or abs(int(cookie["max-age"]) - MONTH) < 60
        assert bool(cookie["max-age"]) is remembered
        assert session_of(cookie.value).remembered is remembered


def test_the_choice_survives_the_second_factor(alice: Persona) -> None:
    client = ScopeCheckingClient()
    answer = enter(client, alice.user, remember="on")
    assert answer.headers["Location"].startswith("/accounts/login/second-factor/")
    assert not SessionStore(client.cookies[settings.SESSION_COOKIE_NAME].value).get_expire_at_browser_close()


# Session fixation, by the door itself.
def test_the_key_that_was_there_before_is_replaced(nora: User) -> None:
    client = ScopeCheckingClient()
    session = client.session
    session["planted"] = True
    session.save()
    planted = client.cookies[settings.SESSION_COOKIE_NAME].value

    enter(client, nora)

    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted
    assert not SessionStore(planted).get("_auth_user_id")


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "http:///evil.example", "/\\evil.example", "javascript:alert(1)"],
)
def test_next_leads_to_no_other_host(nora: User, elsewhere: str) -> None:
    for way in ({}, {"next": elsewhere}):
        answer = ScopeCheckingClient().post(
            f"{LOGIN}?next={quote(elsewhere, safe='')}", {"login": nora.email, "password": PASSWORD, **way}
        )
        assert answer.status_code == 302
        assert answer.headers["Location"] == "/"


def test_next_leads_to_a_page_of_ours(nora: User) -> None:
    client = ScopeCheckingClient()
    page = client.get(f"{LOGIN}?next=/settings/profile/").content.decode()
    assert 'name="next" value="/settings/profile/"' in page
    assert enter(client, nora, next="/settings/profile/").headers["Location"] == "/settings/profile/"


def test_signing_out_ends_the_session_and_clears_the_browser(nora: User) -> None:
    client = ScopeCheckingClient()
    enter(client, nora)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert "Clear-Site-Data" not in client.get("/accounts/logout/").headers

    answer = client.post("/accounts/logout/")

    assert answer.headers["Clear-Site-Data"] == '"cookies", "storage"'
    assert not SessionStore(key).exists(key)


def test_pages_of_a_session_are_kept_by_no_cache(alice: Persona) -> None:
    for page in ("/settings/profile/", "/settings/security/sessions/", f"/w/{alice.workspace.slug}/"):
        assert "no-store" in alice.client.get(page).headers["Cache-Control"]


# R42
@pytest.mark.parametrize("header", [{"HX-Request": "true"}, {"Accept": "application/json"}])
def test_a_fragment_or_data_request_without_a_session_is_a_401(
    client: ScopeCheckingClient, header: dict[str, str]
) -> None:
    assert client.get("/settings/security/sessions/", headers=header).status_code == 401


def test_a_new_device_is_told_by_mail_and_a_known_one_is_not(nora: User) -> None:
    enter(ScopeCheckingClient(), nora)
    enter(ScopeCheckingClient(), nora)
    assert mails_to(nora.email) == []

    enter(ScopeCheckingClient(), nora, PHONE)
    enter(ScopeCheckingClient(), nora, PHONE)
    (message,) = mails_to(nora.email)
    assert message.subject == "A new sign-in to your account"
    assert "Safari on iPhone" in message.body


def test_a_known_browser_on_another_network_is_told_too(nora: User) -> None:
    enter(ScopeCheckingClient(REMOTE_ADDR="198.51.100.7"), nora)
    enter(ScopeCheckingClient(REMOTE_ADDR="198.51.100.200"), nora)
    assert mails_to(nora.email) == []
    enter(ScopeCheckingClient(REMOTE_ADDR="203.0.113.9"), nora)
    assert len(mails_to(nora.email)) == 1


def test_what_is_kept_of_a_device_is_a_digest(nora: User) -> None:
    enter(ScopeCheckingClient(REMOTE_ADDR="198.51.100.7"), nora)
    (device,) = KnownDevice.objects.filter(user=nora)
    assert len(bytes(device.digest)) == 32


def test_a_closed_account_is_told_so_only_with_its_password(nora: User) -> None:
    User.objects.filter(pk=nora.pk).update(is_active=False)
    assert enter(ScopeCheckingClient(), nora).headers["Location"] == "/accounts/inactive/"
    wrong = ScopeCheckingClient().post(LOGIN, {"login": nora.email, "password": "not the password"})
    assert wrong.status_code == 200
