"""Signing up: an address is proven before anything else is reached, and nobody learns who has an account. R18-R23, R64."""

from datetime import timedelta
from secrets import token_hex
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import override_settings
from django.utils import timezone
from pytest_django import Settings

from accounts.access import workspace_scope
from accounts.models import User
from accounts.queues import FORGET_UNPROVEN
from audit.log import open_detail
from audit.models import Event
from config.celery import app
from config.demo.ports import find_free_port
from tests.support.client import ScopeCheckingClient
from tests.support.hashers import QuickArgon2
from tests.support.mails import code_to, mails_to, waiting_mails
from tests.support.people import PASSWORD, Persona
from vault.tenancy import SITE_ID

pytestmark = pytest.mark.django_db

PAGE, CODE_PAGE = "/accounts/signup/", "/accounts/code/"


class CountingArgon2(QuickArgon2):
    """The tests' hasher, which counts how often it worked."""

    worked = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).worked += 1
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        type(self).worked += 1
        return super().verify(password, encoded)


COUNTED = override_settings(PASSWORD_HASHERS=["tests.accounts.test_sign_up.CountingArgon2"])


def new_address() -> str:
    return f"nora-{token_hex(6)}@example.test"


def sign_up(client: ScopeCheckingClient, address: str, password: str = PASSWORD) -> Any:
    return client.post(PAGE, {"email": address, "password1": password, "password2": password, "time_zone": "UTC"})


def is_signed_in(client: ScopeCheckingClient) -> bool:
    return client.get("/settings/profile/").status_code == 200


def test_nothing_is_reached_before_the_address_is_proven(client: ScopeCheckingClient) -> None:
    address = new_address()
    answer = sign_up(client, address)

    assert answer.headers["Location"] == CODE_PAGE
    assert not is_signed_in(client)
    page = client.get(CODE_PAGE).content.decode()
    assert address in page

    answer = client.post(CODE_PAGE, {"code": code_to(address)})
    assert answer.headers["Location"] == "/"
    assert is_signed_in(client)
    assert EmailAddress.objects.get(email=address).verified


def test_a_password_alone_does_not_lead_past_an_unproven_address(client: ScopeCheckingClient) -> None:
    address = new_address()
    sign_up(client, address)
    later = ScopeCheckingClient()
    answer = later.post("/accounts/login/", {"login": address, "password": PASSWORD})
    assert answer.headers["Location"] == CODE_PAGE
    assert not is_signed_in(later)


def test_a_wrong_code_is_refused_and_the_third_ends_the_try(client: ScopeCheckingClient) -> None:
    address = new_address()
    sign_up(client, address)
    good = code_to(address)
    for _ in range(2):
        assert "Incorrect code." in client.post(CODE_PAGE, {"code": "WRONG"}).content.decode()
    client.post(CODE_PAGE, {"code": "WRONG"})
    client.post(CODE_PAGE, {"code": good})
    assert not is_signed_in(client)


def test_who_is_half_way_can_start_again(client: ScopeCheckingClient) -> None:
    sign_up(client, new_address())
    assert client.get("/accounts/login/").status_code == 302
    client.post("/accounts/logout/", {"next": "/accounts/login/"})
    assert client.get("/accounts/login/").status_code == 200


# R42: the same page, text and time for a known address and an unknown one.
def test_an_address_that_has_an_account_is_answered_like_any_other(alice: Persona) -> None:
    newcomer, prober, fresh = ScopeCheckingClient(), ScopeCheckingClient(), new_address()
    answers = [sign_up(newcomer, fresh), sign_up(prober, alice.user.email)]

    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [(302, CODE_PAGE)] * 2
    assert [client.get("/settings/profile/").status_code for client in (newcomer, prober)] == [302, 302]
    pages = [
        client.get(CODE_PAGE).content.decode().replace(address, "")
        for client, address in ((newcomer, fresh), (prober, alice.user.email))
    ]
    assert without_tokens(pages[0]) == without_tokens(pages[1])
    wrong = [client.post(CODE_PAGE, {"code": "WRONG"}).content.decode() for client in (newcomer, prober)]
    assert without_tokens(wrong[0].replace(fresh, "")) == without_tokens(wrong[1].replace(alice.user.email, ""))
    (message,) = mails_to(alice.user.email)
    assert "You have an account already" in message.subject
    assert "Your code" not in message.body


def test_both_cost_the_same_work(alice: Persona) -> None:
    work = []
    for address in (new_address(), alice.user.email):
        CountingArgon2.worked, mails, events = 0, len(waiting_mails()), count_events()
        with COUNTED:
            sign_up(ScopeCheckingClient(), address)
        work.append((CountingArgon2.worked, len(waiting_mails()) - mails, count_events() - events))
    # One hash, one mail, and two lines in the record: what was looked up, and who came.
    assert work == [(1, 1, 2), (1, 1, 2)]


def test_signing_in_costs_one_hash_for_known_and_unknown_addresses(alice: Persona) -> None:
    work = []
    for address in (alice.user.email, new_address()):
        CountingArgon2.worked = 0
        with COUNTED:
            answer = ScopeCheckingClient().post("/accounts/login/", {"login": address, "password": "wrong" * 4})
        work.append((CountingArgon2.worked, answer.status_code))
    assert work == [(1, 200), (1, 200)]


@pytest.mark.parametrize(
    "weak",
    [
        "short",
        "elevenchars",
        "password1234!",
        "passwordpassword",
        "abcabcabcabc",
        "counterfoil2026",
        "123456789012",
    ],
)
def test_a_weak_password_is_refused_without_any_service(client: ScopeCheckingClient, weak: str) -> None:
    address = new_address()
    answer = sign_up(client, address, weak)
    assert answer.status_code == 200
    assert not User.objects.filter(email=address).exists()


def test_a_very_long_password_is_taken(client: ScopeCheckingClient) -> None:
    assert sign_up(client, new_address(), "a sentence of my own. " * 50).status_code == 302


# R17
def test_passwords_are_kept_by_argon2id(alice: Persona) -> None:
    assert alice.user.password.startswith("argon2$argon2id$")
    assert Argon2PasswordHasher().algorithm == "argon2"


def test_the_record_says_who_was_asked_about_the_password(client: ScopeCheckingClient, settings: Settings) -> None:
    # Nobody answers there.
    settings.PWNED_URL = f"http://127.0.0.1:{find_free_port()}"
    sign_up(client, new_address())
    with workspace_scope(SITE_ID):
        event = Event.objects.filter(action="accounts.password.looked_up").latest("occurred_at")
        assert open_detail(event) == {"source": "list", "breached": False}


def test_an_account_that_nobody_proved_is_forgotten_after_a_week(alice: Persona) -> None:
    app.loader.import_default_modules()
    addresses = old, recent, proven = new_address(), new_address(), new_address()
    for address in addresses:
        client = ScopeCheckingClient()
        sign_up(client, address)
        if address == proven:
            client.post(CODE_PAGE, {"code": code_to(address)})
    long_ago = timezone.now() - timedelta(days=8)
    User.objects.filter(email__in=[old, proven, alice.user.email]).update(date_joined=long_ago)

    app.tasks[FORGET_UNPROVEN]()

    kept = User.objects.filter(email__in=[*addresses, alice.user.email]).values_list("email", flat=True)
    assert set(kept) == {recent, proven, alice.user.email}
    assert not EmailAddress.objects.filter(email=old).exists()


def count_events() -> int:
    with workspace_scope(SITE_ID):
        return Event.objects.count()


def without_tokens(page: str) -> str:
    lines = page.splitlines()
    return "\n".join(line for line in lines if "csrfmiddlewaretoken" not in line and "nonce=" not in line)


@pytest.mark.django_db
def test_who_is_signed_in_is_led_on_from_the_page_for_codes(alice: Persona) -> None:
    answer = alice.client.get("/accounts/code/")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"
