"""Second factors: apps by RFC 6238, backup codes, and failures that stay with the factor they are of. R24, R25, R28."""

import hmac
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from argon2.low_level import Type, hash_secret_raw
from django.conf import settings
from django.db import connection

from accounts.access import workspace_scope
from accounts.actions.factors import (
    ALPHABET,
    NoSuchFactor,
    confirm_totp,
    make_backup_codes,
    remove_factor,
    rename_factor,
    start_totp,
)
from accounts.actions.proving import Refused, prove_by_code
from accounts.models import ALL_FACTORS, BackupCode, BackupCodes, Factor, TotpDevice, User
from accounts.reports.factors import backup_codes_left, kinds_to_sign_in, list_factors
from accounts.second_factor import FactorKind, Proof
from audit.log import Actor, open_detail
from audit.models import Event
from config import settings as product
from tests.support.people import Persona, code_of, make_person
from vault.tenancy import SITE_ID

pytestmark = pytest.mark.django_db

RFC_KEY = b"12345678901234567890"
# RFC 6238, appendix B, SHA-1: the last six of its eight digits are what a code of six digits is.
RFC_VECTORS = {
    59: "94287082", 1111111109: "07081804", 1111111111: "14050471",
    1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
}  # fmt: skip


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets what time it is for the codes."""

    def set_time(seconds: float) -> None:
        monkeypatch.setattr(time, "time", lambda: seconds)

    return set_time


def prove(user: User, code: str, kind: FactorKind = FactorKind.TOTP) -> Proof | Refused:
    return prove_by_code(actor=Actor.person(user.pk), user=user, kind=kind, code=code)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


# What goes through all kinds goes through this: a factor that is left out would outlive its person.
def test_all_factors_are_all_there_are() -> None:
    assert len(ALL_FACTORS) == len({model.kind for model in ALL_FACTORS}) == len(FactorKind)
    assert set(ALL_FACTORS) == set(Factor.__subclasses__())


@pytest.mark.parametrize(("moment", "code"), RFC_VECTORS.items())
def test_codes_are_those_of_the_rfc(clock: Any, moment: int, code: str) -> None:
    device = TotpDevice(user=make_person("carol", has_factor=False), name="", key=RFC_KEY)
    clock(moment)

    assert device.accepts(code[-6:])


@pytest.mark.parametrize(("steps", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_a_step_off_and_no_more(clock: Any, steps: int, is_right: bool) -> None:
    device = TotpDevice(user=make_person("carol", has_factor=False), name="", key=RFC_KEY)
    clock(1111111111 + steps * 30)

    assert device.accepts("050471") is is_right


def test_a_code_works_once_and_none_before_it_works_after_it(alice: Persona) -> None:
    code = code_of(alice.user)
    assert isinstance(prove(alice.user, code), Proof)

    replayed = prove(alice.user, code)

    assert isinstance(replayed, Refused)
    assert "works once" in replayed.sentence


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "٣٣٣٣٣٣", "+12345", "abcdef"])
def test_what_has_not_the_shape_of_a_code_is_refused(alice: Persona, typed: str) -> None:
    assert isinstance(prove(alice.user, typed), Refused)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_come_with_the_same_code_one_gets_in(alice: Persona) -> None:
    code = code_of(alice.user)

    def come(number: int) -> Proof | Refused:
        try:
            return prove(alice.user, code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(come, range(4)))

    assert sum(isinstance(answer, Proof) for answer in answers) == 1


def test_the_space_that_apps_show_in_a_code_does_no_harm(alice: Persona) -> None:
    code = code_of(alice.user)
    assert isinstance(prove(alice.user, f"{code[:3]} {code[3:]}"), Proof)


def test_after_a_wrong_code_the_same_kind_waits_and_another_does_not(alice: Persona) -> None:
    codes = make_backup_codes(actor=alice.actor, user=alice.user)
    code = code_of(alice.user)
    assert isinstance(prove(alice.user, wrong(code)), Refused)

    answer = prove(alice.user, code)

    assert isinstance(answer, Refused)
    assert "takes the next one in" in answer.sentence
    assert isinstance(prove(alice.user, codes[0], FactorKind.BACKUP), Proof)


def test_a_wrong_backup_code_does_not_stand_in_the_way_of_the_app(alice: Persona) -> None:
    make_backup_codes(actor=alice.actor, user=alice.user)
    assert isinstance(prove(alice.user, "abcd-abcd-abcd-abcd", FactorKind.BACKUP), Refused)

    assert isinstance(prove(alice.user, code_of(alice.user)), Proof)


def test_the_wait_doubles_and_ends_where_nobody_is_locked_out_for_good(alice: Persona) -> None:
    device = TotpDevice.objects.get(user=alice.user)
    waits = []
    for _ in range(40):
        device.throttle_increment()
        waits.append(device.seconds_to_wait())

    assert waits[:3] == [1, 2, 4]
    assert max(waits) <= 9 * 60


def test_ten_backup_codes_work_once_each_however_they_are_typed(alice: Persona) -> None:
    codes = make_backup_codes(actor=alice.actor, user=alice.user)
    assert len(set(codes)) == 10
    assert len(ALPHABET) ** 16 > 2**77

    first = prove(alice.user, f" {codes[0].upper().replace('-', ' ')} ", FactorKind.BACKUP)
    again = prove(alice.user, codes[0], FactorKind.BACKUP)

    assert isinstance(first, Proof)
    assert isinstance(again, Refused)
    assert backup_codes_left(alice.user) == 9


def test_new_backup_codes_put_the_old_ones_out_of_use(alice: Persona) -> None:
    old = make_backup_codes(actor=alice.actor, user=alice.user)
    new = make_backup_codes(actor=alice.actor, user=alice.user)

    assert isinstance(prove(alice.user, old[0], FactorKind.BACKUP), Refused)
    BackupCodes.objects.filter(user=alice.user).update(throttling_failure_count=0)
    assert isinstance(prove(alice.user, new[0], FactorKind.BACKUP), Proof)


def test_the_database_holds_neither_secret_nor_name_nor_backup_code(alice: Persona) -> None:
    device = start_totp(actor=alice.actor, user=alice.user, name="The old telephone")
    codes = make_backup_codes(actor=alice.actor, user=alice.user)
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, name FROM accounts_totpdevice WHERE id = %s", [device.pk])
        key, name = map(bytes, cursor.fetchone())
        digests = [bytes(code.digest) for code in BackupCode.objects.filter(codes__user=alice.user)]

    assert TotpDevice.objects.get(pk=device.pk).key == device.key
    assert device.key not in key
    assert b"telephone" not in name
    assert len(digests) == 10
    assert not any(code.replace("-", "").encode() in digest for code in codes for digest in digests)


# ASVS 6.5.2
def test_a_backup_code_is_as_hard_to_guess_as_a_password_for_who_has_the_key_too(alice: Persona) -> None:
    code = make_backup_codes(actor=alice.actor, user=alice.user)[0].replace("-", "").encode()
    made = BackupCodes.objects.get(user=alice.user)
    kept = [bytes(one.digest) for one in BackupCode.objects.filter(codes=made)]
    cost = settings.BACKUP_CODE_COST
    slow = hash_secret_raw(code, made.pk.bytes, hash_len=32, type=Type.ID, **cost)

    assert hmac.digest(made.key, slow, "sha256") in kept
    assert hmac.digest(made.key, code, "sha256") not in kept
    assert product.BACKUP_CODE_COST == {"memory_cost": 19 * 1024, "time_cost": 2, "parallelism": 1}
    assert cost != product.BACKUP_CODE_COST


def test_an_app_counts_once_a_code_of_it_was_seen() -> None:
    user = make_person("carol", has_factor=False)
    actor = Actor.person(user.pk)
    device = start_totp(actor=actor, user=user, name="Phone")
    assert list_factors(user) == ()

    code = code_now(device)
    assert confirm_totp(actor=actor, user=user, device_id=device.pk, code=wrong(code)) is None
    TotpDevice.objects.filter(pk=device.pk).update(throttling_failure_count=0)
    proof = confirm_totp(actor=actor, user=user, device_id=device.pk, code=code)

    assert proof is not None
    assert proof.factor == str(device.pk)
    assert [line.name for line in list_factors(user)] == ["Phone"]
    # The code that confirmed it is used.
    assert isinstance(prove(user, code), Refused)


def test_an_app_that_was_never_confirmed_gives_way_to_the_next() -> None:
    user = make_person("carol", has_factor=False)
    actor = Actor.person(user.pk)
    first = start_totp(actor=actor, user=user, name="Phone")
    start_totp(actor=actor, user=user, name="Phone")

    with pytest.raises(NoSuchFactor):
        confirm_totp(actor=actor, user=user, device_id=first.pk, code=code_now(first))


def test_nobody_touches_a_factor_of_somebody_else(alice: Persona, mallory: Persona) -> None:
    device = TotpDevice.objects.get(user=alice.user)
    for factor_id in (device.pk, uuid4()):
        with pytest.raises(NoSuchFactor):
            remove_factor(actor=mallory.actor, user=mallory.user, factor_id=factor_id)
        with pytest.raises(NoSuchFactor):
            rename_factor(actor=mallory.actor, user=mallory.user, factor_id=factor_id, name="Mine")


def test_backup_codes_go_with_the_last_factor_that_they_stand_in_for(alice: Persona) -> None:
    make_backup_codes(actor=alice.actor, user=alice.user)
    assert kinds_to_sign_in(alice.user) == (FactorKind.TOTP, FactorKind.BACKUP)

    remove_factor(actor=alice.actor, user=alice.user, factor_id=TotpDevice.objects.get(user=alice.user).pk)

    assert kinds_to_sign_in(alice.user) == ()
    assert backup_codes_left(alice.user) == 0


def test_the_record_tells_of_each_deed_and_holds_no_secret(alice: Persona) -> None:
    make_backup_codes(actor=alice.actor, user=alice.user)
    prove(alice.user, wrong(code_of(alice.user)))
    with workspace_scope(SITE_ID):
        events = {event.action: event for event in Event.objects.filter(actor_id=alice.user.pk)}
        refused = open_detail(events["accounts.factor.refused"])

    assert refused == {"user": str(alice.user.pk), "kind": "totp"}
    assert events["accounts.factor.refused"].outcome == Event.Outcome.FAILED
    assert "accounts.factor.created" in events


def code_now(device: TotpDevice) -> str:
    from django_otp.oath import totp

    return f"{totp(device.key):06}"
