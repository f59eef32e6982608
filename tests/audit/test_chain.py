"""The chain: what is altered, removed, moved or left out is named. R94."""

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from audit.canonical import canonical_bytes
from audit.chain import link_events
from audit.models import Event, Link, Pending
from audit.verification import verify_chain
from tests.audit.tampering import do_things, tamper
from tests.support.environment import Workplace
from tests.support.people import Persona
from vault import roles
from vault.keyring import every_workspace_id
from vault.tenancy import enter_workspace

pytestmark = pytest.mark.django_db(transaction=True)


def link(alice: Persona) -> int:
    with transaction.atomic(), enter_workspace(alice.workspace.pk):
        return link_events()


def faults(alice: Persona) -> tuple[str, ...]:
    with transaction.atomic(), enter_workspace(alice.workspace.pk):
        return verify_chain().faults


def test_linking_takes_every_waiting_event_once(alice: Persona) -> None:
    do_things(alice)
    assert link(alice) >= 5
    assert link(alice) == 0
    with transaction.atomic(), enter_workspace(alice.workspace.pk):
        verdict = verify_chain()
        assert verdict.length == Event.objects.count() == Link.objects.count()
        assert verdict.waiting == Pending.objects.count() == 0
    assert verdict.faults == ()


def test_events_not_yet_linked_are_counted_and_are_no_fault(alice: Persona) -> None:
    link(alice)
    do_things(alice, 3)
    with transaction.atomic(), enter_workspace(alice.workspace.pk):
        verdict = verify_chain()
    assert (verdict.waiting, verdict.faults) == (3, ())


def test_an_altered_event_is_named(workplace: Workplace, alice: Persona) -> None:
    event = do_things(alice)[2]
    link(alice)
    tamper(workplace, f"UPDATE audit_event SET outcome = 'failed' WHERE id = '{event.pk}'")
    assert any(str(event.pk) in fault and "not what was linked" in fault for fault in faults(alice))


def test_a_removed_event_is_named(workplace: Workplace, alice: Persona) -> None:
    event = do_things(alice)[2]
    link(alice)
    tamper(workplace, f"DELETE FROM audit_event WHERE id = '{event.pk}'")
    assert any("missing" in fault for fault in faults(alice))


def test_a_link_cut_from_the_middle_is_named(workplace: Workplace, alice: Persona) -> None:
    event = do_things(alice)[2]
    link(alice)
    tamper(workplace, f"DELETE FROM audit_link WHERE event_id = '{event.pk}'")
    found = faults(alice)
    assert any("is missing" in fault for fault in found)
    assert any(f"event {event.pk} is in no chain" in fault for fault in found)


def test_an_event_kept_from_the_linker_is_named(workplace: Workplace, alice: Persona) -> None:
    event = do_things(alice)[0]
    tamper(workplace, f"DELETE FROM audit_pending WHERE event_id = '{event.pk}'")
    link(alice)
    assert any(f"event {event.pk} is in no chain" in fault for fault in faults(alice))


def test_the_owner_is_refused_too_while_the_triggers_stand(workplace: Workplace, alice: Persona) -> None:
    do_things(alice)
    with psycopg.connect(workplace.servers.role_url(roles.OWNER, workplace.database)) as owner:
        owner.execute("SELECT set_config('app.workspace_id', %s, true)", [str(alice.workspace.pk)])
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            owner.execute("UPDATE audit_event SET action = 'x'")


def test_the_canonical_bytes_of_an_event_survive_the_database(alice: Persona) -> None:
    event = do_things(alice, 1)[0]
    with transaction.atomic(), enter_workspace(alice.workspace.pk):
        assert canonical_bytes(Event.objects.get(pk=event.pk)) == canonical_bytes(event)


@pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])
def test_the_command_verifies_and_fails_on_a_chain_that_does_not_hold(
    workplace: Workplace, alice: Persona, mallory: Persona, capsys: pytest.CaptureFixture[str]
) -> None:
    event = do_things(alice)[1]
    call_command("verify_audit", alice.workspace.pk, mallory.workspace.pk)
    tamper(workplace, f"UPDATE audit_event SET action = 'tests.thing.undone' WHERE id = '{event.pk}'")
    with pytest.raises(CommandError, match="1 chain"):
        call_command("verify_audit", alice.workspace.pk, mallory.workspace.pk)
    assert str(event.pk) in capsys.readouterr().err


@pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])
def test_without_a_name_the_command_finds_every_workspace(alice: Persona, mallory: Persona) -> None:
    assert {alice.workspace.pk, mallory.workspace.pk} <= set(every_workspace_id())


def test_nobody_queues_or_links_an_event_of_another_workspace(alice: Persona, mallory: Persona) -> None:
    event = do_things(alice, 1)[0]
    for row in (
        Pending(event_id=event.pk),
        Link(event_id=event.pk, sequence=10_000, previous_hash=bytes(32), hash=bytes(32)),
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), enter_workspace(mallory.workspace.pk):
            row.save(force_insert=True)
    link(alice)
    assert faults(alice) == ()
