"""Guessing passwords is stopped, and cannot be used to keep somebody out. R65; ruling 38."""

import logging
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import RequestFactory

from accounts.access import workspace_scope
from accounts.limits import within_limit
from accounts.lockout import is_exempt
from accounts.models import User
from audit.models import Event
from config.limits import UnknownLimit
from tests.accounts.test_sign_up import new_address
from tests.support.client import ScopeCheckingClient
from tests.support.limits import let_pass
from tests.support.mails import mails_to, waiting_mails
from tests.support.people import PASSWORD, Persona, make_person
from vault.tenancy import SITE_ID

pytestmark = pytest.mark.django_db

HERE, ELSEWHERE = "198.51.100.7", "203.0.113.9"
LOGIN = "/accounts/login/"


def try_password(email: str, password: str, address: str = HERE, client: ScopeCheckingClient | None = None) -> Any:
    return (client or ScopeCheckingClient()).post(LOGIN, {"login": email, "password": password}, REMOTE_ADDR=address)


@pytest.fixture
def nora(db: None) -> User:
    """Somebody without a second factor, who is in as soon as the password is right."""
    return make_person("nora", has_factor=False)


def guess(email: str, times: int, address: str = HERE) -> list[int]:
    return [try_password(email, f"wrong guess number {n}", address).status_code for n in range(times)]


def test_the_fifth_wrong_password_locks_the_account_for_this_address(alice: Persona) -> None:
    assert guess(alice.user.email, 5) == [200, 200, 200, 200, 429]

    answer = try_password(alice.user.email, PASSWORD)
    assert answer.status_code == 429
    assert 60 < int(answer.headers["Retry-After"]) <= 900
    assert "You can try again in 1" in answer.content.decode()
    assert answer.headers["X-RateLimit-Limit"] == "5"
    assert answer.headers["X-RateLimit-Remaining"] == "0"


def test_other_addresses_and_other_accounts_are_not_affected(alice: Persona, mallory: Persona) -> None:
    guess(alice.user.email, 6)
    assert try_password(alice.user.email, PASSWORD, ELSEWHERE).status_code == 302
    assert try_password(mallory.user.email, PASSWORD).status_code == 302


def test_capitals_and_blanks_make_no_other_account(alice: Persona) -> None:
    for spelling in (alice.user.email.upper(), f" {alice.user.email}", alice.user.email.title()):
        try_password(spelling, "a wrong guess")
    assert guess(alice.user.email, 2) == [200, 429]


def test_an_account_that_is_not_there_is_locked_alike(alice: Persona) -> None:
    unknown = new_address()
    before = len(waiting_mails())
    assert guess(unknown, 6) == [200, 200, 200, 200, 429, 429]
    # Asked for, and never sent: as much work as for an account that is there.
    assert len(waiting_mails()) == before + 1
    assert mails_to(unknown) == []


def test_the_person_is_told_once(alice: Persona) -> None:
    guess(alice.user.email, 8)
    assert [message.subject for message in mails_to(alice.user.email)] == ["Wrong passwords for your account"]
    with workspace_scope(SITE_ID):
        locked = Event.objects.filter(action="accounts.user.locked_out", target_id=alice.user.pk)
        assert locked.count() == 1


# An attacker cannot lock the owner out for good: what they go on doing does not prolong it.
def test_going_on_does_not_prolong_the_cool_off(alice: Persona) -> None:
    guess(alice.user.email, 5)
    (key,) = [name for name in keys_in_cache() if "axes" in name]
    client: Any = cache._cache.get_client()  # type: ignore[attr-defined] # how long a key lives is not in Django's own
    client.expire(key, 60)
    guess(alice.user.email, 3)
    assert client.ttl(key) <= 60


def keys_in_cache() -> list[str]:
    client: Any = cache._cache.get_client()  # type: ignore[attr-defined]
    return [name.decode() for name in client.keys("*")]


def test_what_is_counted_names_nobody(alice: Persona) -> None:
    guess(alice.user.email, 5)
    assert keys_in_cache()
    assert not [name for name in keys_in_cache() if alice.user.email in name]
    assert not [name for name in keys_in_cache() if HERE in name and "axes" in name]


def test_a_browser_that_the_person_has_signed_in_with_still_may(nora: User) -> None:
    own = ScopeCheckingClient()
    try_password(nora.email, PASSWORD, client=own)
    own.cookies.pop(settings.SESSION_COOKIE_NAME)
    guess(nora.email, 6)
    assert try_password(nora.email, PASSWORD).status_code == 429

    assert try_password(nora.email, PASSWORD, client=own).status_code == 302


def test_that_browser_is_no_licence_to_guess(nora: User) -> None:
    stolen = ScopeCheckingClient()
    try_password(nora.email, PASSWORD, client=stolen)
    stolen.cookies.pop(settings.SESSION_COOKIE_NAME)
    answers = [try_password(nora.email, f"guess {n}", client=stolen).status_code for n in range(16)]
    assert answers == [200] * 14 + [429] * 2


# A fixed window would begin anew with the hour, and let twenty through around that moment.
def test_that_browsers_failures_are_counted_in_any_hour(nora: User) -> None:
    own = ScopeCheckingClient()
    try_password(nora.email, PASSWORD, client=own)
    own.cookies.pop(settings.SESSION_COOKIE_NAME)
    for n in range(5):
        try_password(nora.email, f"guess {n}", client=own)
    let_pass(40 * 60)
    for n in range(5):
        try_password(nora.email, f"later guess {n}", client=own)
    request = RequestFactory().post(LOGIN, {"login": nora.email})
    request.COOKIES = {settings.DEVICE_COOKIE_NAME: own.cookies[settings.DEVICE_COOKIE_NAME].value}

    assert not is_exempt(request)
    let_pass(25 * 60)
    assert is_exempt(request)
    for n in range(5):
        try_password(nora.email, f"latest guess {n}", client=own)
    assert not is_exempt(request)


def test_others_who_ask_for_somebodys_mails_do_not_keep_that_person_from_asking(nora: User) -> None:
    own = ScopeCheckingClient()
    try_password(nora.email, PASSWORD, client=own)
    own.cookies.pop(settings.SESSION_COOKIE_NAME)

    def ask(number: int, client: ScopeCheckingClient | None = None) -> int:
        sent = {"email": nora.email}
        asked = (client or ScopeCheckingClient()).post("/accounts/password/", sent, REMOTE_ADDR=f"203.0.113.{number}")
        return int(asked.status_code)

    assert [ask(number) for number in range(1, 12)] == [302] * 10 + [429]
    assert ask(99, own) == 302
    # It is bounded by its own address all the same.
    assert [ask(99, own) for _ in range(5)] == [302] * 4 + [429]


def test_it_is_not_known_for_another_account_nor_after_a_new_password(nora: User, mallory: Persona) -> None:
    own = ScopeCheckingClient()
    try_password(nora.email, PASSWORD, client=own)
    own.cookies.pop(settings.SESSION_COOKIE_NAME)
    guess(mallory.user.email, 5)
    assert try_password(mallory.user.email, PASSWORD, client=own).status_code == 429

    user = User.objects.get(pk=nora.pk)
    user.set_password("a new one altogether")
    user.save()
    guess(nora.email, 5)
    assert try_password(nora.email, "a new one altogether", client=own).status_code == 429


def test_a_cookie_that_was_made_up_is_worth_nothing(alice: Persona) -> None:
    forged = ScopeCheckingClient()
    forged.cookies[settings.DEVICE_COOKIE_NAME] = "WyJhIl0:1abcde:forged"
    guess(alice.user.email, 5)
    assert try_password(alice.user.email, PASSWORD, client=forged).status_code == 429


def test_twenty_failures_an_hour_stop_an_address_whatever_the_account(
    alice: Persona, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answers = [guess(new_address(), 1)[0] for _ in range(21)]
    assert answers == [200] * 20 + [429]

    answer = try_password(alice.user.email, PASSWORD)
    assert answer.status_code == 429
    assert 3000 < int(answer.headers["Retry-After"]) <= 3600
    assert try_password(alice.user.email, PASSWORD, ELSEWHERE).status_code == 302
    with workspace_scope(SITE_ID):
        assert Event.objects.filter(action="accounts.address.locked_out").count() == 1


def test_signing_in_well_costs_nothing_of_the_limit(nora: User) -> None:
    assert {try_password(nora.email, PASSWORD).status_code for _ in range(25)} == {302}


def test_the_log_names_neither_account_nor_address(alice: Persona, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        guess(alice.user.email, 5)
    assert "Locking out" in caplog.text
    assert alice.user.email not in caplog.text
    assert HERE not in caplog.text


# Whoever has got hold of a signed-in browser knows no password by that.
def test_a_known_browser_is_no_licence_to_guess_at_the_confirmation_either(nora: User) -> None:
    stolen = ScopeCheckingClient()
    try_password(nora.email, PASSWORD, client=stolen)
    confirm = "/settings/security/confirm/"
    answers = [stolen.post(confirm, {"password": f"guess {n}"}, REMOTE_ADDR=HERE).status_code for n in range(16)]
    assert answers == [422] * 5 + [429] * 11


def test_addresses_of_one_network_count_as_one(alice: Persona) -> None:
    answers = [try_password(alice.user.email, "a wrong guess", f"2001:db8:1:2::{n:x}").status_code for n in range(1, 6)]
    assert answers == [200] * 4 + [429]
    assert try_password(alice.user.email, PASSWORD, "2001:db8:1:3::1").status_code == 302


def test_what_is_in_no_table_cannot_be_limited_by_mistake() -> None:
    assert callable(within_limit("invite"))
    with pytest.raises(UnknownLimit, match="invitte"):
        within_limit("invitte")
