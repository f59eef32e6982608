"""Exports of the log: who may, how often, what is recorded, and what lies in the database meanwhile. R95, R97."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from accounts.actions.keys import destroy_workspace_key
from accounts.permissions import Role
from audit import tasks
from audit.log import open_detail
from audit.models import Bundle, BundlePart, Event
from audit.pages.bundles import actions, making
from audit.pages.bundles.actions import LEASE, find_due, note_progress, take_up_bundle
from audit.pages.bundles.contents import write_events
from audit.pages.bundles.making import make_bundle
from tests.audit.tampering import do_things, inside
from tests.support.people import SETUP, Persona, make_member

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])]


def ask(person: Persona) -> Any:
    return person.client.post(f"/w/{person.workspace.slug}/settings/audit-log/exports/", follow=True)


def bundles(person: Persona) -> list[Bundle]:
    with inside(person.workspace.pk):
        return list(Bundle.objects.order_by("-asked_at"))


def make(person: Persona) -> Bundle:
    (bundle, *_) = bundles(person)
    make_bundle(person.workspace.pk, bundle.pk, batch=3, part_bytes=1_000)
    return bundles(person)[0]


def told(person: Persona, action: str) -> list[dict[str, object]]:
    with inside(person.workspace.pk):
        return [open_detail(event) for event in Event.objects.filter(action=action).order_by("occurred_at")]


def address(person: Persona, bundle_id: UUID) -> str:
    return f"/w/{person.workspace.slug}/settings/audit-log/exports/{bundle_id}/"


def test_from_asking_to_the_file_each_step_is_an_event(alice: Persona) -> None:
    do_things(alice)
    assert "The export is being made" in ask(alice).content.decode()
    bundle = make(alice)
    assert bundle.state == Bundle.State.READY
    page = alice.client.get(f"/w/{alice.workspace.slug}/settings/audit-log/").content.decode()
    assert f'href="{address(alice, bundle.pk)}"' in page

    answer: Any = alice.client.get(address(alice, bundle.pk))

    file = b"".join(answer.streaming_content)
    assert len(file) == int(answer["Content-Length"]) == bundle.size
    assert answer["Content-Type"] == "application/zip"
    assert answer["Cache-Control"] == "no-store"
    with ZipFile(BytesIO(file)) as zipped:
        assert set(zipped.namelist()) == {
            "README.txt",
            "verify.py",
            "checkpoints.json",
            "keys.json",
            "events.jsonl",
            "manifest.json",
        }
        assert len(zipped.read("events.jsonl").splitlines()) == bundle.events
    assert len(told(alice, "audit.bundle.requested")) == 1
    assert told(alice, "audit.bundle.completed")[0]["events"] == bundle.events
    assert told(alice, "audit.bundle.downloaded") == [{"events": bundle.events, "bytes": bundle.size}]


def test_one_at_a_time(alice: Persona) -> None:
    ask(alice)
    assert "An export is being made already" in ask(alice).content.decode()
    assert len(bundles(alice)) == 1


def test_five_in_a_quarter_of_an_hour(alice: Persona) -> None:
    answers = [ask(alice).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    cache.clear()


def test_an_auditor_exports_and_others_do_not(alice: Persona, bob: Persona) -> None:
    assert ask(bob).status_code == 200
    for role in (Role.MANAGER, Role.STAFF):
        assert ask(make_member("carol", alice.workspace, role)).status_code == 403
    assert len(bundles(alice)) == 1


def test_while_it_is_made_the_page_says_how_far_it_is(alice: Persona) -> None:
    ask(alice)
    (bundle,) = bundles(alice)
    with inside(alice.workspace.pk):
        run = take_up_bundle(bundle_id=bundle.pk)
        assert run is not None
        assert note_progress(bundle_id=bundle.pk, run=run, events=200, written=50)
    progress = alice.client.get(f"/w/{alice.workspace.slug}/settings/audit-log/exports/progress/").content.decode()
    assert "being made: 25 %" in progress
    assert 'hx-trigger="every 2s"' in progress
    assert alice.client.get(address(alice, bundle.pk)).status_code == 404


def test_what_lies_in_the_database_meanwhile_is_sealed(alice: Persona) -> None:
    do_things(alice)
    ask(alice)
    bundle = make(alice)
    with inside(alice.workspace.pk):
        parts = list(BundlePart.objects.order_by("number"))
        with connection.cursor() as cursor:
            cursor.execute("SELECT data FROM audit_bundlepart ORDER BY number")
            stored = [bytes(data) for (data,) in cursor.fetchall()]
        opened = b"".join(part.data for part in parts)
    assert opened.startswith(b"PK")
    assert len(stored) == len(parts) > 2
    assert not any(part[:64] in b"".join(stored) for part in (opened, opened[-64:]))
    assert bundle.size == len(opened)


def test_an_expired_export_is_deleted_and_cannot_be_had(alice: Persona) -> None:
    ask(alice)
    bundle = make(alice)
    with inside(alice.workspace.pk):
        Bundle.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert alice.client.get(address(alice, bundle.pk)).status_code == 404
    assert ("audit.delete_bundle", alice.workspace.pk, bundle.pk) in list(find_due())
    tasks.delete_one(str(alice.workspace.pk), str(bundle.pk))
    with inside(alice.workspace.pk):
        assert not Bundle.objects.exists()
        assert not BundlePart.objects.exists()
    assert len(told(alice, "audit.bundle.deleted")) == 1


def test_an_export_of_a_workspace_whose_key_was_destroyed_is_deleted_too(alice: Persona) -> None:
    ask(alice)
    bundle = make(alice)
    with inside(alice.workspace.pk):
        Bundle.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    destroy_workspace_key(actor=SETUP, workspace_id=alice.workspace.pk)
    tasks.delete_one(str(alice.workspace.pk), str(bundle.pk))
    with inside(alice.workspace.pk):
        assert not Bundle.objects.exists()
        assert not BundlePart.objects.exists()


def test_one_whose_worker_is_gone_is_made_anew_by_another(alice: Persona) -> None:
    do_things(alice)
    ask(alice)
    (bundle,) = bundles(alice)
    with inside(alice.workspace.pk):
        gone = take_up_bundle(bundle_id=bundle.pk)
        BundlePart.objects.create(bundle_id=bundle.pk, number=0, data=b"half")
        assert take_up_bundle(bundle_id=bundle.pk) is None
    assert ("audit.make_bundle", alice.workspace.pk, bundle.pk) not in list(find_due())
    with inside(alice.workspace.pk):
        Bundle.objects.update(due_at=timezone.now() - LEASE)
    assert ("audit.make_bundle", alice.workspace.pk, bundle.pk) in list(find_due())
    made = make(alice)
    assert made.state == Bundle.State.READY
    with inside(alice.workspace.pk):
        assert gone is not None
        assert not note_progress(bundle_id=bundle.pk, run=gone, events=1, written=1)
        assert BundlePart.objects.get(number=0).data.startswith(b"PK")


def test_a_worker_that_was_overtaken_leaves_the_other_alone(alice: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
    do_things(alice, 8)
    ask(alice)
    (bundle,) = bundles(alice)
    calls: list[int] = []

    def overtaken(steps: Any) -> bytes:
        calls.append(1)
        if len(calls) == 2:
            Bundle.objects.update(run=bundle.pk)
        return write_events(steps)

    monkeypatch.setattr(making, "write_events", overtaken)
    make(alice)
    assert bundles(alice)[0].state == Bundle.State.WAITING
    assert told(alice, "audit.bundle.failed") == []


def test_one_that_cannot_be_made_says_so_and_another_may_be_asked_for(
    alice: Persona, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(alice)
    (bundle,) = bundles(alice)

    def fail() -> bytes:
        raise OSError("no room")

    with monkeypatch.context() as broken:
        broken.setattr(making, "write_keys", fail)
        with pytest.raises(OSError, match="no room"):
            make_bundle(alice.workspace.pk, bundle.pk)
    assert bundles(alice)[0].state == Bundle.State.FAILED
    assert len(told(alice, "audit.bundle.failed")) == 1
    assert "could not be made" in alice.client.get(f"/w/{alice.workspace.slug}/settings/audit-log/").content.decode()
    ask(alice)
    assert make(alice).state == Bundle.State.READY


def test_nobody_gets_anothers_export(alice: Persona, mallory: Persona) -> None:
    ask(alice)
    bundle = make(alice)
    assert mallory.client.get(address(mallory, bundle.pk)).status_code == 404
    assert told(alice, "audit.bundle.downloaded") == []


def test_a_person_must_ask(alice: Persona) -> None:
    with inside(alice.workspace.pk), pytest.raises(PermissionError):
        actions.request_bundle(actor=actions.SYSTEM)
