"""An operator carries the flag, stands on the list and has proven a second factor: all three. R51, C12."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction

from accounts.access import workspace_scope
from accounts.actions import revoke_operator
from accounts.models import Operator
from accounts.second_factor import FactorKind
from audit.models import Event
from tests.support.people import SETUP, Persona, make_person, prove, sign_in
from tests.trust.operators.people import ALIASES, make_operator
from vault.tenancy import SITE_ID

pytestmark = pytest.mark.django_db(transaction=True, databases=ALIASES)

INDEX = "/operators/"


def test_who_meets_all_three_comes_in(alice: Persona, settings: Any) -> None:
    olive = make_operator(settings, alice)

    answer = olive.client.get(INDEX)

    assert answer.status_code == 200
    assert "Connections" in answer.content.decode()


@pytest.mark.parametrize("kind", [FactorKind.TOTP, FactorKind.PASSKEY])
def test_a_strong_factor_will_do(kind: FactorKind, alice: Persona, settings: Any) -> None:
    olive = make_operator(settings, alice)

    assert sign_in(olive.user, kind).get(INDEX).status_code == 200


@pytest.mark.parametrize(("flagged", "listed"), [(False, True), (True, False), (False, False)])
def test_without_the_flag_or_the_list_there_is_nothing(
    flagged: bool, listed: bool, alice: Persona, settings: Any
) -> None:
    nobody = make_operator(settings, alice, flagged=flagged, listed=listed)

    assert nobody.client.get(INDEX).status_code == 404
    assert nobody.client.post(f"{INDEX}person/", {}).status_code == 404


def test_an_owner_is_no_operator(alice: Persona) -> None:
    assert alice.client.get(INDEX).status_code == 404


@pytest.mark.parametrize("kind", [None, FactorKind.EMAIL, FactorKind.BACKUP])
def test_without_a_strong_proof_one_is_asked_for(kind: FactorKind | None, alice: Persona, settings: Any) -> None:
    olive = make_operator(settings, alice)

    answer = sign_in(olive.user, kind).get(INDEX)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/settings/security/confirm/?deed=operate")


def test_a_proof_goes_stale(alice: Persona, settings: Any) -> None:
    olive = make_operator(settings, alice)
    session = olive.client.session
    session["second_factor"] = {**session["second_factor"], "at": session["second_factor"]["at"] - 31 * 60}
    session.save()

    assert olive.client.get(INDEX).status_code == 302
    prove(olive.client, FactorKind.TOTP)
    assert olive.client.get(INDEX).status_code == 200


def test_losing_any_of_them_shuts_the_next_request_out(alice: Persona, settings: Any) -> None:
    olive = make_operator(settings, alice)
    assert olive.client.get(INDEX).status_code == 200

    revoke_operator(actor=SETUP, user_id=olive.user.pk)

    assert olive.client.get(INDEX).status_code == 404


def test_the_site_does_not_sign_in_by_itself(alice: Persona, settings: Any) -> None:
    olive = make_operator(settings, alice)

    assert olive.client.get(f"{INDEX}login/").status_code == 404
    olive.client.logout()
    assert olive.client.get(INDEX).headers["Location"].startswith("/accounts/login/")


def test_the_flag_is_given_and_taken_by_commands(alice: Persona, capsys: pytest.CaptureFixture[str]) -> None:
    person = make_person("olive")

    call_command("grant_operator", person.email)
    call_command("grant_operator", person.email)
    assert Operator.objects.filter(user=person).exists()
    call_command("revoke_operator", person.email)
    call_command("revoke_operator", person.email)

    assert not Operator.objects.filter(user=person).exists()
    said = capsys.readouterr().out
    assert [words in said for words in ("carries the flag now", "carried it before", "no more", "carried none")] == [
        True
    ] * 4
    with workspace_scope(SITE_ID):
        recorded = Event.objects.filter(target_id=person.pk, action__startswith="accounts.operator.")
        assert list(recorded.order_by("occurred_at").values_list("action", flat=True)) == [
            "accounts.operator.granted",
            "accounts.operator.revoked",
        ]


def test_the_commands_need_the_owner_role(monkeypatch: pytest.MonkeyPatch) -> None:
    person = make_person("olive")
    monkeypatch.delitem(connections.settings, "owner")

    with pytest.raises(CommandError, match="OWNER_DATABASE_URL"):
        call_command("grant_operator", person.email)


# No self-service way: whatever a page could be made to do, its role cannot write the flag.
def test_the_web_role_cannot_write_the_flag(alice: Persona) -> None:
    # It may look.
    assert not Operator.objects.filter(user=alice.user).exists()
    for statement in (
        "INSERT INTO accounts_operator (user_id, created_at) VALUES (%s, now())",
        "UPDATE accounts_operator SET user_id = %s",
        "DELETE FROM accounts_operator WHERE user_id = %s",
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement, [alice.user.pk])
