"""Two clicks on one button arrive side by side: each is answered in words, and what was asked for is there once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.actions.addresses import start_address_change
from accounts.actions.factors import (
    confirm_totp,
    make_backup_codes,
    plain_code,
    remove_factor,
    start_email_codes,
    start_totp,
)
from accounts.actions.passkeys import add_passkey
from accounts.models import AddressChange, BackupCode, BackupCodes, EmailDevice, Passkey, TotpDevice, User
from accounts.passkeys import PasskeyRefused, begin_registration
from audit.log import Actor
from tests.accounts.test_factors import code_now
from tests.accounts.test_second_factor import CONFIRM, FACTORS, enrol_email
from tests.accounts.test_sign_up import sign_up
from tests.support.authenticator import SoftPasskey
from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona, make_person
from tests.support.waiting import SECONDS, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

WAITED_FOR = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"


def side_by_side(deed: Callable[[], object]) -> list[Any]:
    """What comes of a deed that two do at once."""
    together = Barrier(2)

    def one(_: int) -> object:
        try:
            together.wait(SECONDS)
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(one, range(2)))


def behind(first: Callable[[], object], second: Callable[[], Any]) -> Any:
    """What comes of a second click that reaches the row while the first one still holds it."""

    def click() -> Any:
        try:
            return second()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            first()
            clicked = threads.submit(click)
            wait_until(is_waited_for, "the second click waits for the first")
        return clicked.result(SECONDS)


def is_waited_for() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITED_FOR)
        return bool(cursor.fetchone()[0])


def carol() -> User:
    return make_person("carol", has_factor=False)


def test_codes_by_mail_begun_twice_at_once_are_the_same_ones() -> None:
    user = carol()

    devices = side_by_side(lambda: start_email_codes(actor=Actor.person(user.pk), user=user))

    assert {device.pk for device in devices} == {EmailDevice.objects.get(user=user).pk}


def test_the_database_itself_keeps_codes_by_mail_to_one_device() -> None:
    user = carol()
    enrol_email(user)
    with pytest.raises(IntegrityError, match="accounts_emaildevice_person"), transaction.atomic():
        enrol_email(user)


def test_of_backup_codes_made_twice_at_once_one_set_counts(alice: Persona) -> None:
    shown = side_by_side(lambda: make_backup_codes(actor=alice.actor, user=alice.user))

    made = BackupCodes.objects.get(user=alice.user)
    kept = {bytes(one.digest) for one in BackupCode.objects.filter(codes__user=alice.user)}
    assert len(kept) == 10
    assert kept in [{made.digest(plain_code(code)) for code in codes} for codes in shown]


def test_a_passkey_registered_twice_at_once_is_there_once(alice: Persona, settings: Any) -> None:
    settings.BASE_URL = "https://books.test"
    options, state = begin_registration(alice.user, [])
    answer = SoftPasskey("https://books.test", "books.test").create(dict(options))

    def register() -> bool:
        try:
            add_passkey(actor=alice.actor, user=alice.user, state=state, answer=answer, name="Laptop")
        except PasskeyRefused:
            return False
        return True

    assert sorted(side_by_side(register)) == [False, True]
    assert Passkey.objects.filter(user=alice.user).count() == 1


def test_an_account_asked_for_twice_at_once_is_there_once() -> None:
    address = f"nora-{token_hex(6)}@example.test"

    answers = side_by_side(lambda: sign_up(ScopeCheckingClient(), address))

    assert [answer.headers["Location"] for answer in answers] == ["/accounts/code/"] * 2
    assert User.objects.filter(email=address).count() == 1


def test_a_change_of_address_begun_twice_at_once_is_begun_once(alice: Persona) -> None:
    new = f"new-{token_hex(6)}@example.test"

    side_by_side(lambda: start_address_change(actor=alice.actor, user=alice.user, email=new))

    assert AddressChange.objects.get(user=alice.user).email == new


# Where a second click would be answered by signing out, or would make a second thing, script lets only one through.
def test_a_button_that_may_be_pressed_once_says_so(alice: Persona) -> None:
    app = start_totp(actor=alice.actor, user=alice.user, name="Tablet")
    factor = TotpDevice.objects.get(user=alice.user, confirmed=True)
    pages = [
        CONFIRM, FACTORS, f"{FACTORS}apps/{app.pk}/", f"{FACTORS}{factor.pk}/removal/", "/settings/security/password/",
        "/settings/address/", "/workspaces/new/", f"/w/{alice.workspace.slug}/settings/operator-access/",
    ]  # fmt: skip

    assert [page for page in pages if "data-busy=" not in alice.client.get(page).content.decode()] == []
    assert "data-busy=" in ScopeCheckingClient().get("/accounts/signup/").content.decode()


def test_a_factor_removed_by_the_first_of_two_clicks_is_said_to_be_gone(alice: Persona) -> None:
    device = TotpDevice.objects.get(user=alice.user)

    answer = behind(
        lambda: remove_factor(actor=alice.actor, user=alice.user, factor_id=device.pk),
        lambda: alice.client.post(f"{FACTORS}{device.pk}/removal/"),
    )

    assert answer.headers["Location"] == FACTORS
    assert "no such second factor any more" in alice.client.get(FACTORS).content.decode()


def test_an_app_confirmed_by_the_first_of_two_clicks_is_said_to_work(alice: Persona) -> None:
    device = start_totp(actor=alice.actor, user=alice.user, name="Tablet")
    code = code_now(device)

    answer = behind(
        lambda: confirm_totp(actor=alice.actor, user=alice.user, device_id=device.pk, code=code),
        lambda: alice.client.post(f"{FACTORS}apps/{device.pk}/", {"token": code}),
    )

    assert answer.headers["Location"] == FACTORS
    assert "It works already" in alice.client.get(FACTORS).content.decode()
