"""Appending takes no lock: a slow request holds up nobody's event, and not the linker. R94, ruling 32."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event as Signal

import pytest
from django.db import connection, transaction

from audit.chain import link_events
from audit.log import record
from audit.models import Event, Link, Pending
from audit.verification import verify_chain
from tests.audit.tampering import inside
from tests.support.people import Persona
from vault.tenancy import enter_workspace

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60


def note(person: Persona, action: str) -> None:
    with inside(person.workspace.pk):
        # Where it had to wait it would fail.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '1s'")
        record(actor=person.actor, action=action)


def linked(person: Persona) -> list[str]:
    with inside(person.workspace.pk):
        link_events()
        ids = Link.objects.order_by("sequence").values_list("event_id", flat=True)
        actions = dict(Event.objects.filter(action__startswith="tests.").values_list("pk", "action"))
        return [actions[one] for one in ids if one in actions]


def test_a_slow_request_holds_up_no_append_and_not_the_linker(alice: Persona) -> None:
    has_recorded, may_end = Signal(), Signal()

    def slow() -> None:
        try:
            with transaction.atomic(), enter_workspace(alice.workspace.pk):
                record(actor=alice.actor, action="tests.slow.done")
                has_recorded.set()
                assert may_end.wait(PATIENCE)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        request = pool.submit(slow)
        assert has_recorded.wait(PATIENCE)
        for number in range(3):
            note(alice, f"tests.quick.done{number}")
        assert linked(alice) == ["tests.quick.done0", "tests.quick.done1", "tests.quick.done2"]
        may_end.set()
        request.result(PATIENCE)
    assert linked(alice)[-1] == "tests.slow.done"
    with inside(alice.workspace.pk):
        assert verify_chain().faults == ()


def test_a_linker_at_work_holds_up_no_append_and_no_other_linker(alice: Persona) -> None:
    note(alice, "tests.first.done")
    has_linked, may_end = Signal(), Signal()

    def slow() -> None:
        try:
            with inside(alice.workspace.pk):
                assert link_events() > 0
                has_linked.set()
                assert may_end.wait(PATIENCE)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        linker = pool.submit(slow)
        assert has_linked.wait(PATIENCE)
        note(alice, "tests.second.done")
        with inside(alice.workspace.pk):
            assert link_events() == 0
        may_end.set()
        linker.result(PATIENCE)
    assert linked(alice) == ["tests.first.done", "tests.second.done"]


def test_an_event_and_its_place_in_the_queue_are_one_statement(alice: Persona) -> None:
    with inside(alice.workspace.pk):
        record(actor=alice.actor, action="tests.thing.done")
        event = record(actor=alice.actor, action="tests.thing.done")
        assert Pending.objects.filter(event_id=event.pk).count() == 1
        with connection.execute_wrapper(_count) as _:
            counted.clear()
            record(actor=alice.actor, action="tests.thing.done")
        assert len(counted) == 1


counted: list[str] = []


def _count(execute: object, sql: str, params: object, many: object, context: object) -> object:
    counted.append(sql)
    return execute(sql, params, many, context)  # type: ignore[operator] # Django's own, which it gives no type
