"""Another address to sign in with: both addresses prove it, and nobody learns who has an account."""

from datetime import timedelta
from secrets import token_hex
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.actions.addresses import MOST_TRIES
from accounts.models import AddressChange, User, UserSession
from audit.models import Event
from tests.support.client import ScopeCheckingClient
from tests.support.mails import code_to, mails_to
from tests.support.people import PASSWORD, Persona, sign_in
from vault.tenancy import SITE_ID

pytestmark = pytest.mark.django_db

START, CODES = "/settings/address/", "/settings/address/codes/"


@pytest.fixture
def new() -> str:
    return f"new-{token_hex(6)}@example.test"


def start(person: Persona, email: str, password: str = PASSWORD) -> int:
    return int(person.client.post(START, {"email": email, "password": password}).status_code)


def address_of(person: Persona) -> str:
    return User.objects.get(pk=person.user.pk).email


def test_both_codes_change_it_and_end_the_other_sessions(alice: Persona, new: str) -> None:
    old, elsewhere = alice.user.email, sign_in(alice.user)
    assert start(alice, new.upper()) == 302
    codes = {"old_code": code_to(old).lower(), "new_code": code_to(new).replace("-", "")}
    assert alice.client.post(CODES, codes).headers["Location"] == "/settings/profile/"

    assert address_of(alice) == new
    assert list(EmailAddress.objects.filter(user=alice.user).values_list("email", "verified")) == [(new, True)]
    assert alice.client.get("/settings/profile/").status_code == 200
    assert elsewhere.get("/settings/profile/").status_code == 302
    assert UserSession.objects.filter(user=alice.user).count() == 1
    assert [mails_to(address)[-1].subject for address in (old, new)] == ["Your address was changed"] * 2
    with workspace_scope(SITE_ID):
        assert Event.objects.filter(action="accounts.user.address_changed", actor_id=alice.user.pk).count() == 1


@pytest.mark.parametrize("which", ["old_code", "new_code"])
def test_one_code_is_not_enough(alice: Persona, new: str, which: str) -> None:
    old = alice.user.email
    start(alice, new)
    right = {"old_code": code_to(old), "new_code": code_to(new)}
    swapped = {"old_code": right["new_code"], "new_code": right["old_code"]}
    for codes in ({**right, which: "AAAA-AAAA"}, swapped):
        assert alice.client.post(CODES, codes).status_code == 422

    assert address_of(alice) == old
    # The positive control: the same codes work where they belong.
    alice.client.post(CODES, right)
    assert address_of(alice) == new


def test_wrong_codes_are_counted_and_end_it(alice: Persona, new: str) -> None:
    old = alice.user.email
    start(alice, new)
    AddressChange.objects.filter(user=alice.user).update(tries=MOST_TRIES - 1)
    right = {"old_code": code_to(old), "new_code": code_to(new)}
    alice.client.post(CODES, {**right, "new_code": "AAAA-AAAA"})
    alice.client.post(CODES, right)

    assert address_of(alice) == old


def test_codes_are_good_for_ten_minutes(alice: Persona, new: str) -> None:
    old = alice.user.email
    start(alice, new)
    right = {"old_code": code_to(old), "new_code": code_to(new)}
    left = AddressChange.objects.get(user=alice.user).expires_at - timezone.now()
    assert timedelta(minutes=9) < left <= timedelta(minutes=10)
    AddressChange.objects.filter(user=alice.user).update(expires_at=timezone.now() - timedelta(seconds=1))
    alice.client.post(CODES, right)

    assert address_of(alice) == old


def test_the_page_says_how_long_the_codes_are_good_and_where_to_get_new_ones(
    alice: Persona, new: str, settings: Any
) -> None:
    settings.EMAIL_FILE_PATH, settings.EMAIL_HOST = settings.BASE_DIR / ".local" / "post", ""
    start(alice, new)
    page = alice.client.get(CODES).content.decode()

    assert "good for ten minutes" in page
    assert "<code>.local/post</code>" in page
    assert f'href="{START}"' in page
    assert f'value="{new}"' in alice.client.get(START).content.decode()
    before = code_to(new)
    start(alice, new)
    assert code_to(new) != before


def test_without_the_password_nothing_is_begun(alice: Persona, new: str) -> None:
    assert start(alice, new, "not the password") == 422
    assert mails_to(new) == []
    assert not AddressChange.objects.filter(user=alice.user).exists()


def test_an_address_that_somebody_has_is_answered_like_a_free_one(alice: Persona, mallory: Persona, new: str) -> None:
    pages = []
    for email in (mallory.user.email, new):
        assert start(alice, email) == 302
        page = alice.client.get(CODES)
        assert page.status_code == 200
        pages.append(page.content.decode().replace(email, "address").count("address"))

    assert pages[0] == pages[1]
    assert mails_to(mallory.user.email)[-1].subject == "You have an account with this address"
    assert "Your code" not in str(mails_to(mallory.user.email)[-1].body)


def test_an_address_that_was_taken_meanwhile_stays_whose_it_is(alice: Persona, mallory: Persona, new: str) -> None:
    old = alice.user.email
    start(alice, new)
    right = {"old_code": code_to(old), "new_code": code_to(new)}
    User.objects.filter(pk=mallory.user.pk).update(email=new)
    alice.client.post(CODES, right)

    assert address_of(alice) == old
    assert EmailAddress.objects.filter(user=alice.user, email=old).exists()


def test_it_can_be_called_off(alice: Persona, new: str) -> None:
    old = alice.user.email
    start(alice, new)
    right = {"old_code": code_to(old), "new_code": code_to(new)}
    alice.client.post("/settings/address/cancellation/")
    alice.client.post(CODES, right)

    assert address_of(alice) == old


def test_address_and_codes_are_not_readable(alice: Persona, new: str) -> None:
    start(alice, new)
    stored = AddressChange.objects.get(user=alice.user)
    code = code_to(new)
    kept = bytes(vars(stored)["email"].data) + bytes(stored.new_digest) + bytes(stored.old_digest)

    assert new.encode() not in kept
    assert code.encode() not in kept


def test_one_signs_in_with_the_new_address_alone(alice: Persona, new: str, client: ScopeCheckingClient) -> None:
    old = alice.user.email
    start(alice, new)
    alice.client.post(CODES, {"old_code": code_to(old), "new_code": code_to(new)})
    after_old = client.post("/accounts/login/", {"login": old, "password": PASSWORD}).status_code
    after_new = client.post("/accounts/login/", {"login": new, "password": PASSWORD}).status_code

    assert after_old == 200
    assert after_new == 302


def test_guessing_the_password_here_is_throttled(alice: Persona, new: str) -> None:
    answers = [start(alice, new, f"a wrong guess {number}") for number in range(6)]
    assert answers == [422] * 5 + [429]


# ASVS 7.5.1
def test_the_password_without_the_second_factor_begins_nothing(alice: Persona, new: str) -> None:
    client = sign_in(alice.user, proof=None)
    answer = client.post(START, {"email": new, "password": PASSWORD})
    assert answer.headers["Location"].startswith("/settings/security/confirm/?deed=address")
    assert not AddressChange.objects.filter(user=alice.user).exists()
