"""Writing the record. R91, R94."""

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.actions import destroy_person_key
from accounts.actions.keys import begin_key_rotation
from audit.log import Actor, Target, open_detail, open_personal, record
from audit.models import Event
from tests.support.people import Persona
from vault.envelope import Place, key_version_of
from vault.keyring import KeyDestroyed
from vault.providers.base import KeyOwner
from vault.tenancy import SITE_ID, NoScope, enter_workspace

PLACE = Place(SITE_ID, "any", SITE_ID)


def test_an_event_is_read_back_as_it_was_told(alice: Persona) -> None:
    actor = Actor.person(alice.user.pk, address="192.0.2.7", agent="Browser/1")
    with enter_workspace(alice.workspace.pk):
        target = Target("category", alice.workspace.pk)
        event = record(actor=actor, action="ledger.category.created", target=target, detail={"name": "Secret rent"})
        found = Event.objects.get(pk=event.pk)
        assert (found.actor_id, found.target_kind, found.outcome) == (alice.user.pk, "category", "succeeded")
        assert open_detail(found) == {"name": "Secret rent"}
        assert open_personal(found)["address"] == "192.0.2.7"


def test_words_and_addresses_are_sealed_in_the_row(alice: Persona) -> None:
    actor = Actor.person(alice.user.pk, address="192.0.2.7", agent="Browser/1")
    with enter_workspace(alice.workspace.pk), connection.cursor() as cursor:
        event = record(actor=actor, action="ledger.category.created", detail={"name": "Secret rent"})
        cursor.execute("SELECT e::text, encode(sealed_detail, 'escape') FROM audit_event e WHERE id = %s", [event.pk])
        text = " ".join(cursor.fetchone())
    assert str(alice.user.pk) in text
    assert "Secret" not in text
    assert "192.0.2.7" not in text


def test_nothing_is_recorded_outside_a_scope(db: None) -> None:
    with pytest.raises(NoScope):
        record(actor=Actor.system("tests"), action="tests.thing.done")


def test_an_event_rolled_back_with_its_change_leaves_nothing(alice: Persona) -> None:
    with enter_workspace(alice.workspace.pk):
        before = Event.objects.count()
        with pytest.raises(LookupError), transaction.atomic():
            raise LookupError(record(actor=alice.actor, action="tests.thing.done").pk)
        assert Event.objects.count() == before


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event", "TRUNCATE audit_event"]
)
def test_the_web_role_can_only_append(alice: Persona, statement: str) -> None:
    with (
        enter_workspace(alice.workspace.pk),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_one_workspace_does_not_see_anothers_events(alice: Persona, mallory: Persona) -> None:
    with enter_workspace(mallory.workspace.pk):
        record(actor=mallory.actor, action="tests.thing.done")
    with enter_workspace(alice.workspace.pk):
        assert not Event.objects.filter(action="tests.thing.done").exists()


def test_the_site_has_a_log_of_its_own(db: None) -> None:
    with enter_workspace(SITE_ID):
        event = record(actor=Actor.anonymous(address="192.0.2.9"), action="accounts.session.refused")
        assert open_personal(event)["address"] == "192.0.2.9"


def test_an_actor_does_not_show_where_they_are() -> None:
    assert "192.0.2.7" not in repr(Actor.anonymous(address="192.0.2.7", agent="Browser"))


def test_what_was_sealed_under_a_key_rotated_meanwhile_is_sealed_anew(alice: Persona) -> None:
    with enter_workspace(alice.workspace.pk):
        record(actor=alice.actor, action="tests.first.done", detail={"n": 1})
    for owner in (KeyOwner("workspace", alice.workspace.pk), KeyOwner("person", alice.user.pk)):
        begin_key_rotation(actor=alice.actor, owner=owner)
    with enter_workspace(alice.workspace.pk):
        event = record(
            actor=Actor.person(alice.user.pk, address="192.0.2.7"), action="tests.second.done", detail={"n": 2}
        )
        assert key_version_of(bytes(event.sealed_detail), PLACE) == 2
        assert key_version_of(bytes(event.sealed_personal), PLACE) == 2
        found = Event.objects.get(pk=event.pk)
        assert (open_detail(found), open_personal(found)["address"]) == ({"n": 2}, "192.0.2.7")
        assert Event.objects.filter(action="tests.second.done").count() == 1


def test_an_erased_person_acts_and_nothing_of_them_is_kept(alice: Persona) -> None:
    actor = Actor.person(alice.user.pk, address="192.0.2.7")
    with enter_workspace(alice.workspace.pk):
        record(actor=actor, action="tests.first.done")
    destroy_person_key(actor=alice.actor, person_id=alice.user.pk)
    with enter_workspace(alice.workspace.pk):
        event = record(actor=actor, action="tests.second.done", own={"name": "Alice"})
        first, second = Event.objects.filter(action__startswith="tests.").order_by("occurred_at")
        assert second.pk == event.pk
        for told in (first, second):
            with pytest.raises(KeyDestroyed):
                open_personal(told)


def test_in_a_stay_that_knows_its_keys_recording_is_one_statement(alice: Persona) -> None:
    with enter_workspace(alice.workspace.pk):
        record(actor=alice.actor, action="tests.first.done")
    with enter_workspace(alice.workspace.pk), CaptureQueriesContext(connection) as queries:
        record(actor=alice.actor, action="tests.second.done")
        record(actor=alice.actor, action="tests.third.done")
    assert len(queries) == 2
