"""Passkeys: bound to this site's own address, to a person who was verified, and to a challenge that is used once."""

from typing import Any

import pytest

from accounts.actions.passkeys import digest_of
from accounts.models import BackupCodes, Passkey, TotpDevice
from accounts.passkeys import are_offered
from accounts.second_factor import FactorKind, read_proof
from audit.models import Event
from tests.accounts.test_second_factor import CONFIRM, FACTORS, STAGE, give_password
from tests.support.authenticator import SoftPasskey
from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona, sign_in

pytestmark = pytest.mark.django_db

SITE, HOST = "https://books.test", "books.test"
PASSKEYS = f"{FACTORS}passkeys/"


@pytest.fixture(autouse=True)
def _named_site(settings: Any) -> None:
    settings.BASE_URL = SITE


@pytest.fixture
def soft() -> SoftPasskey:
    return SoftPasskey(SITE, HOST)


def ask(client: ScopeCheckingClient, address: str) -> Any:
    answer = client.post(address, headers={"Accept": "application/json", "X-Requested-With": "XMLHttpRequest"})
    assert answer.status_code == 200
    return answer.json()


def register(persona: Persona, soft: SoftPasskey) -> Any:
    options = ask(persona.client, f"{PASSKEYS}challenge/")
    return persona.client.post(PASSKEYS, {"name": "Laptop", "credential": soft.create(options)})


def prove(client: ScopeCheckingClient, soft: SoftPasskey) -> Any:
    return client.post(CONFIRM, {"credential": soft.get(ask(client, f"{CONFIRM}challenge/")), "next": FACTORS})


def test_a_passkey_is_registered_and_signs_in(alice: Persona, soft: SoftPasskey, client: ScopeCheckingClient) -> None:
    assert register(alice, soft).status_code == 200
    passkey = Passkey.objects.get(user=alice.user)
    assert passkey.name == "Laptop"

    give_password(client, alice.user)
    assert "Use a passkey" in client.get(STAGE).content.decode()
    options = ask(client, f"{STAGE}challenge/")
    answer = client.post(STAGE, {"credential": soft.get(options)})

    assert answer.status_code == 302
    proof = read_proof(client.session)
    assert proof is not None
    assert (proof.kind, proof.factor) == (FactorKind.PASSKEY, str(passkey.pk))
    assert options["userVerification"] == "required"
    assert options["rpId"] == HOST


def test_it_confirms_a_deed(alice: Persona, soft: SoftPasskey) -> None:
    register(alice, soft)
    client = sign_in(alice.user, None)
    assert prove(client, soft).headers["Location"] == FACTORS
    assert client.post(f"{FACTORS}apps/").headers["Location"].startswith(f"{FACTORS}apps/")


def test_who_has_nothing_but_a_passkey_is_asked_for_it_and_for_no_code(alice: Persona, soft: SoftPasskey) -> None:
    register(alice, soft)
    TotpDevice.objects.filter(user=alice.user).delete()
    for has_codes in (True, False):
        if not has_codes:
            BackupCodes.objects.filter(user=alice.user).delete()
        client = sign_in(alice.user, None)
        give_password(waiting := ScopeCheckingClient(), alice.user)
        for answer in (client.get(CONFIRM), client.post(CONFIRM, {"token": "123456"}), waiting.get(STAGE)):
            page = answer.content.decode()
            assert "Use a passkey" in page
            assert 'name="token"' not in page
            assert ("Use a backup code instead" in " ".join(page.split())) is has_codes

        assert prove(client, soft).headers["Location"] == FACTORS


@pytest.mark.parametrize("origin", ["https://books.test.evil.test", "http://books.test", "https://books.test:444"])
def test_a_page_at_another_address_gets_nothing_that_counts(alice: Persona, soft: SoftPasskey, origin: str) -> None:
    assert register(alice, SoftPasskey(origin, HOST)).status_code == 422
    register(alice, soft)
    soft.origin = origin
    assert prove(sign_in(alice.user, None), soft).status_code == 422


def test_a_key_made_for_another_site_does_not_count(alice: Persona, soft: SoftPasskey) -> None:
    register(alice, soft)
    soft.rp_id = "evil.test"
    assert prove(sign_in(alice.user, None), soft).status_code == 422


def test_a_person_who_was_not_verified_proves_nothing(alice: Persona, soft: SoftPasskey) -> None:
    unverified = SoftPasskey(SITE, HOST, is_verified=False)
    assert register(alice, unverified).status_code == 422
    register(alice, soft)
    soft.is_verified = False
    assert prove(sign_in(alice.user, None), soft).status_code == 422


def test_an_answer_counts_once(alice: Persona, soft: SoftPasskey) -> None:
    register(alice, soft)
    client = sign_in(alice.user, None)
    answer = soft.get(ask(client, f"{CONFIRM}challenge/"))
    assert client.post(CONFIRM, {"credential": answer}).status_code == 302
    assert client.post(CONFIRM, {"credential": answer}).status_code == 422


def test_a_challenge_for_one_purpose_is_none_for_another(alice: Persona, soft: SoftPasskey) -> None:
    register(alice, soft)
    client = sign_in(alice.user)
    registration = ask(client, f"{PASSKEYS}challenge/")
    assert client.post(CONFIRM, {"credential": soft.get(registration)}).status_code == 422


def test_a_counter_that_does_not_rise_tells_of_a_copy(alice: Persona, soft: SoftPasskey) -> None:
    register(alice, soft)
    client = sign_in(alice.user, None)
    soft.counter = 7
    assert prove(client, soft).status_code == 302
    soft.counter = 7

    answer = prove(sign_in(alice.user, None), soft)

    assert answer.status_code == 422
    assert "as if it had been copied" in answer.content.decode()


def test_a_signature_of_another_key_is_refused(alice: Persona, soft: SoftPasskey) -> None:
    register(alice, soft)
    forged = SoftPasskey(SITE, HOST, credential_id=soft.credential_id)
    assert prove(sign_in(alice.user, None), forged).status_code == 422


def test_a_passkey_is_registered_once_in_all(alice: Persona, mallory: Persona, soft: SoftPasskey) -> None:
    register(alice, soft)
    assert register(mallory, soft).status_code == 422
    assert Passkey.objects.get(credential_digest=digest_of(soft.credential_id)).user_id == alice.user.pk


def test_a_passkey_of_somebody_else_signs_nobody_in(alice: Persona, mallory: Persona, soft: SoftPasskey) -> None:
    other = SoftPasskey(SITE, HOST)
    register(mallory, soft)
    register(alice, other)
    assert prove(sign_in(alice.user, None), soft).status_code == 422


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "not json", '{"id":"x","rawId":"eA","type":"public-key","response":{}}']
)
def test_nonsense_is_answered(alice: Persona, soft: SoftPasskey, answer: str) -> None:
    register(alice, soft)
    client = sign_in(alice.user, None)
    ask(client, f"{CONFIRM}challenge/")
    assert client.post(CONFIRM, {"credential": answer}).status_code == 422


def test_a_wrong_answer_is_recorded(alice: Persona, soft: SoftPasskey) -> None:
    from accounts.access import workspace_scope
    from vault.tenancy import SITE_ID

    register(alice, soft)
    client = sign_in(alice.user, None)
    ask(client, f"{CONFIRM}challenge/")
    client.post(CONFIRM, {"credential": "{}"})
    with workspace_scope(SITE_ID):
        assert Event.objects.filter(action="accounts.factor.refused", actor_id=alice.user.pk).exists()


def test_they_are_offered_only_where_browsers_make_them(settings: Any, alice: Persona) -> None:
    assert are_offered()
    settings.BASE_URL = "http://127.0.0.1:8000"
    assert not are_offered()
    assert "Add a passkey" not in alice.client.get(FACTORS).content.decode()
    assert alice.client.get(PASSKEYS).status_code == 404
