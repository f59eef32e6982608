"""Verification finds what somebody with the database and without the keys has done to it. R94, R97.

Each fault is really made, as the server's administrator; each chain was shown to hold before.
"""

from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.signing import Signer
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.canonical import GENESIS, leaf_hash, link_hash
from audit.checkpoints import sign_checkpoint, signed_bytes
from audit.log import open_detail
from audit.merkle import tree_hash
from audit.models import Checkpoint, Event, Link, Verification
from audit.tasks import close_workspace
from audit.verification import GOES_ON_FOR, SALT, Verdict, verify_workspace
from tests.audit.tampering import do_things, inside, sign_as, steal_key, tamper
from tests.support.environment import Workplace
from tests.support.people import Persona
from vault.signing import key_id_of, rotate_signing_key
from vault.tenancy import SITE_ID

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True, slots=True)
class Record:
    """A workspace's record with two checkpoints and events after them, which was shown to hold."""

    person: Persona
    workplace: Workplace
    events: list[Event]

    def verify(self, batch: int = 3) -> Verdict:
        verdict = verify_workspace(self.person.workspace.pk, batch=batch)
        assert verdict is not None
        return verdict

    def tamper(self, *statements: str | tuple[str, list[object]]) -> None:
        tamper(self.workplace, *statements)

    def mine(self, table: str) -> str:
        return f"{table} WHERE workspace_id = '{self.person.workspace.pk}'"

    def checkpoints(self) -> list[Checkpoint]:
        with inside(self.person.workspace.pk):
            return list(Checkpoint.objects.order_by("number"))


@pytest.fixture
def kept(alice: Persona, workplace: Workplace) -> Record:
    events = do_things(alice)
    sign_checkpoint(alice.workspace.pk)
    events += do_things(alice)
    sign_checkpoint(alice.workspace.pk)
    events += do_things(alice, 3)
    made = Record(alice, workplace, events)
    assert made.verify().faults == ()
    return made


def test_an_untouched_record_holds_and_the_result_is_kept(kept: Record) -> None:
    verdict = kept.verify()
    with inside(kept.person.workspace.pk):
        row = Verification.objects.get()
        assert verdict.length == Event.objects.count() == row.length
    assert (verdict.checkpoints, verdict.fault_count, verdict.waiting) == (2, 0, 0)
    assert (row.checkpoints, row.fault_count, row.faults, row.progress) == (2, 0, [], "")
    assert row.finished_at is not None


def test_events_after_the_last_checkpoint_are_linked_and_verified_too(kept: Record) -> None:
    do_things(kept.person, 4)
    assert kept.verify().length > kept.checkpoints()[-1].size


def test_a_tail_cut_off_after_the_last_checkpoint_was_signed_is_found(kept: Record) -> None:
    size = kept.checkpoints()[-1].size
    cut = f"(SELECT event_id FROM {kept.mine('audit_link')} AND sequence >= {size})"
    kept.tamper(
        f"DELETE FROM audit_event WHERE id IN {cut}", f"DELETE FROM {kept.mine('audit_link')} AND sequence >= {size}"
    )
    assert any(f"covers {size} events: the chain ends after {size - 1}" in fault for fault in kept.verify().faults)


def test_a_tail_cut_off_with_its_checkpoints_is_found_by_what_is_noted_beside_the_keys(kept: Record) -> None:
    _, last = kept.checkpoints()
    cut_off_a_day(kept)
    assert kept.verify().faults == (f"checkpoint 2, over {last.size} events, was signed here and is not to be found",)


def cut_off_a_day(kept: Record) -> None:
    """The last checkpoint with its events, as an older backup would leave it."""
    first, last = kept.checkpoints()
    cut = f"(SELECT event_id FROM {kept.mine('audit_link')} AND sequence > {first.size})"
    kept.tamper(
        f"DELETE FROM audit_event WHERE id IN {cut}",
        f"DELETE FROM {kept.mine('audit_link')} AND sequence > {first.size}",
        f"DELETE FROM audit_checkpoint WHERE id = '{last.pk}'",
    )


def test_no_new_checkpoint_hides_one_that_was_removed(kept: Record) -> None:
    cut_off_a_day(kept)
    do_things(kept.person, 20)
    for _ in range(2):
        close_workspace(str(kept.person.workspace.pk))
        assert any("was signed here and is not to be found" in fault for fault in kept.verify().faults)
    assert len(kept.checkpoints()) == 1


def test_what_is_missing_after_a_restore_can_be_accepted_and_that_is_an_event(kept: Record) -> None:
    workspace_id = kept.person.workspace.pk
    with pytest.raises(CommandError, match="Nothing is missing"):
        call_command("accept_restored_record", workspace_id, because="no reason")
    cut_off_a_day(kept)
    call_command("accept_restored_record", workspace_id, because="an older database was restored")
    do_things(kept.person)
    close_workspace(str(workspace_id))
    verdict = kept.verify()
    assert (verdict.faults, len(kept.checkpoints())) == ((), 2)
    with inside(SITE_ID):
        told = open_detail(Event.objects.get(action="audit.record.accepted", target_id=workspace_id))
    assert told["because"] == "an older database was restored"


def test_an_event_that_was_removed_before_it_was_linked_is_named_and_stops_nothing(kept: Record) -> None:
    removed, *others = do_things(kept.person)
    kept.tamper(f"DELETE FROM audit_event WHERE id = '{removed.pk}'")
    close_workspace(str(kept.person.workspace.pk))
    verdict = kept.verify()
    assert verdict.faults == (f"event {removed.pk} waits to be linked and is missing",)
    assert verdict.waiting == 1
    with inside(kept.person.workspace.pk):
        assert Link.objects.filter(event_id__in=[event.pk for event in others]).count() == len(others)
    assert len(kept.checkpoints()) == 3


def test_a_cut_tail_that_new_events_cover_again_is_found(kept: Record) -> None:
    size = kept.checkpoints()[-1].size
    cut = f"(SELECT event_id FROM {kept.mine('audit_link')} AND sequence >= {size})"
    kept.tamper(
        f"DELETE FROM audit_event WHERE id IN {cut}", f"DELETE FROM {kept.mine('audit_link')} AND sequence >= {size}"
    )
    do_things(kept.person, 9)
    assert any("not those that checkpoint 2 was signed over" in fault for fault in kept.verify().faults)


@pytest.mark.parametrize(
    "change",
    [
        "outcome = 'failed'",
        "actor_id = gen_random_uuid()",
        "action = 'tests.thing.undone'",
        "occurred_at = occurred_at - interval '1 microsecond'",
        "sealed_detail = sealed_detail || '\\x00'",
        "sealed_personal = '\\x'",
        "target_kind = 'other'",
    ],
)
def test_an_edited_event_is_found(kept: Record, change: str) -> None:
    event = kept.events[2]
    kept.tamper(f"UPDATE audit_event SET {change} WHERE id = '{event.pk}'")
    assert any(f"event {event.pk}" in fault and "is not what was linked" in fault for fault in kept.verify().faults)


def test_two_events_that_changed_places_are_found(kept: Record) -> None:
    first, second = kept.events[1], kept.events[3]
    kept.tamper(
        f"UPDATE audit_link SET event_id = gen_random_uuid() WHERE event_id = '{first.pk}'",
        f"UPDATE audit_link SET event_id = '{first.pk}' WHERE event_id = '{second.pk}'",
        "UPDATE audit_link AS link SET event_id = "
        f"'{second.pk}' WHERE NOT EXISTS (SELECT 1 FROM audit_event event WHERE event.id = link.event_id) "
        f"AND workspace_id = '{kept.person.workspace.pk}'",
    )
    assert sum("is not what was linked" in fault for fault in kept.verify().faults) == 2


def test_a_deleted_event_is_found(kept: Record) -> None:
    kept.tamper(f"DELETE FROM audit_event WHERE id = '{kept.events[2].pk}'")
    assert any("is missing" in fault for fault in kept.verify().faults)


def test_a_deleted_checkpoint_is_found(kept: Record) -> None:
    kept.tamper(f"DELETE FROM audit_checkpoint WHERE id = '{kept.checkpoints()[0].pk}'")
    assert "checkpoint 1 is missing: 2 comes after 0" in kept.verify().faults


def test_an_edited_checkpoint_is_found(kept: Record) -> None:
    kept.tamper(f"UPDATE audit_checkpoint SET taken_at = now() WHERE id = '{kept.checkpoints()[0].pk}'")
    found = kept.verify().faults
    assert "the signature of checkpoint 1 is not by the key that it names" in found
    assert "checkpoint 2 does not follow the one before it" in found


def rewrite(kept: Record) -> list[bytes]:
    """Leave one event out and link the rest anew, as somebody would who has read this product's source."""
    with inside(kept.person.workspace.pk):
        ids = list(Link.objects.order_by("sequence").values_list("event_id", flat=True))
        events = Event.objects.in_bulk(ids)
    left = [events[one] for one in ids if one != kept.events[2].pk]
    kept.tamper(f"DELETE FROM {kept.mine('audit_link')}", f"DELETE FROM audit_event WHERE id = '{kept.events[2].pk}'")
    head = GENESIS
    for sequence, event in enumerate(left, start=1):
        previous, head = head, link_hash(head, sequence, leaf_hash(event))
        insert = (
            "INSERT INTO audit_link (event_id, workspace_id, sequence, previous_hash, hash) VALUES (%s, %s, %s, %s, %s)"
        )
        kept.tamper((insert, [event.pk, event.workspace_id, sequence, previous, head]))
    return [leaf_hash(event) for event in left]


def test_a_chain_rewritten_whole_is_found_by_its_checkpoints(kept: Record) -> None:
    rewrite(kept)
    assert any("not those that checkpoint 1 was signed over" in fault for fault in kept.verify().faults)


def test_checkpoints_signed_anew_with_another_key_are_found(kept: Record) -> None:
    leaves, forger = rewrite(kept), Ed25519PrivateKey.generate()
    public = forger.public_key().public_bytes_raw()
    for named, said in (
        (key_id_of(public), "names a signing key that is not of this installation"),
        (kept.checkpoints()[0].key_id, "is not by the key that it names"),
    ):
        for checkpoint in kept.checkpoints():
            with inside(kept.person.workspace.pk):
                checkpoint.size = min(checkpoint.size, len(leaves))
                checkpoint.head = bytes(Link.objects.get(sequence=checkpoint.size).hash)
            checkpoint.root = tree_hash(leaves[: checkpoint.size])
            change = (
                "UPDATE audit_checkpoint SET size = %s, head = %s, root = %s, key_id = %s, signature = %s WHERE id = %s"
            )
            signature = forger.sign(signed_bytes(checkpoint))
            values: list[object] = [checkpoint.size, checkpoint.head, checkpoint.root, named, signature, checkpoint.pk]
            kept.tamper((change, values))
        found = kept.verify().faults
        assert sum(said in fault for fault in found) == 2
        assert any("was signed here and is not to be found" in fault for fault in found)


def test_another_workspaces_checkpoint_put_here_is_found(kept: Record, mallory: Persona) -> None:
    do_things(mallory)
    theirs = sign_checkpoint(mallory.workspace.pk)
    assert theirs is not None
    kept.tamper(
        f"DELETE FROM {kept.mine('audit_checkpoint')}",
        f"UPDATE audit_checkpoint SET workspace_id = '{kept.person.workspace.pk}' WHERE id = '{theirs.pk}'",
    )
    assert "the signature of checkpoint 1 is not by the key that it names" in kept.verify().faults


def test_a_rotated_signing_key_is_no_fault(kept: Record) -> None:
    rotate_signing_key()
    do_things(kept.person)
    sign_checkpoint(kept.person.workspace.pk)
    verdict = kept.verify()
    assert (verdict.checkpoints, verdict.faults) == (3, ())


def test_a_chain_that_does_not_hold_is_an_event_of_the_site_and_is_shown_as_broken(kept: Record) -> None:
    kept.tamper(f"UPDATE audit_event SET outcome = 'failed' WHERE id = '{kept.events[2].pk}'")
    close_workspace(str(kept.person.workspace.pk))
    with inside(SITE_ID):
        told = Event.objects.get(action="audit.chain.broken", target_id=kept.person.workspace.pk)
        detail = open_detail(told)
        assert told.outcome == Event.Outcome.FAILED
    with inside(kept.person.workspace.pk):
        row = Verification.objects.get()
    assert row.fault_count > 0
    assert detail["faults"] == row.fault_count
    assert row.faults[0] == detail["first"]


def test_the_nights_work_signs_and_verifies(kept: Record) -> None:
    do_things(kept.person)
    close_workspace(str(kept.person.workspace.pk))
    with inside(kept.person.workspace.pk):
        assert (Checkpoint.objects.count(), Verification.objects.get().checkpoints) == (3, 3)


def cut_off(kept: Record, batches: int = 2) -> str:
    """A verification that was killed after some batches; what it kept."""
    from audit.verification import _go_on

    with inside(kept.person.workspace.pk):
        Verification.objects.update(progress="")
    for _ in range(batches):
        with inside(kept.person.workspace.pk):
            assert _go_on(Verification.objects.select_for_update().get(), 3) is None
    with inside(kept.person.workspace.pk):
        return Verification.objects.get().progress


def links_read(kept: Record) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert kept.verify().faults == ()
    return sum('FROM "audit_link"' in query["sql"] and "LIMIT 3" in query["sql"] for query in queries)


def test_a_verification_that_was_cut_off_is_gone_on_with(kept: Record) -> None:
    whole = links_read(kept)
    cut_off(kept, batches=2)
    assert links_read(kept) == whole - 2


def test_what_it_found_before_it_was_cut_off_is_not_forgotten(kept: Record) -> None:
    with inside(kept.person.workspace.pk):
        first = Link.objects.get(sequence=1)
    kept.tamper(f"UPDATE audit_event SET outcome = 'failed' WHERE id = '{first.event_id}'")
    cut_off(kept)
    assert any(str(first.event_id) in fault for fault in kept.verify().faults)


def test_a_time_that_goes_back_is_found_where_it_was_cut_off_too(kept: Record) -> None:
    do_things(kept.person, 3)
    sign_as(steal_key(), kept.person, kept.checkpoints()[0].taken_at)
    assert kept.verify().faults == ("checkpoint 3 says an earlier time than the one before it",)
    for batches in (3, 4, 5):
        cut_off(kept, batches)
        assert kept.verify().faults == ("checkpoint 3 says an earlier time than the one before it",)


def test_progress_that_somebody_else_wrote_is_not_believed(kept: Record) -> None:
    whole, progress = links_read(kept), cut_off(kept)
    kept.tamper(
        (
            f"UPDATE {kept.mine('audit_verification').replace(' WHERE', ' SET progress = %s WHERE')}",
            [progress[:-1] + "x"],
        )
    )
    assert links_read(kept) == whole


def test_progress_of_another_version_is_not_gone_on_with(kept: Record) -> None:
    whole = links_read(kept)
    with inside(kept.person.workspace.pk):
        Verification.objects.update(progress=Signer(salt=SALT).sign('["of another shape"]'))
    assert links_read(kept) == whole


def test_one_cut_off_long_ago_starts_anew(kept: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = links_read(kept)
    cut_off(kept)
    later = timezone.now() + GOES_ON_FOR
    monkeypatch.setattr("audit.verification.timezone.now", lambda: later)
    assert links_read(kept) == whole


def test_each_batch_is_a_transaction_of_its_own_and_as_large_as_the_last(kept: Record) -> None:
    do_things(kept.person, 20)
    with CaptureQueriesContext(connection) as queries:
        kept.verify(batch=5)
    reads = [query["sql"] for query in queries if 'FROM "audit_link"' in query["sql"] and "LIMIT 5" in query["sql"]]
    begins = [query["sql"] for query in queries if query["sql"] == "BEGIN"]
    assert len(reads) > 5
    assert len(begins) >= len(reads)


def test_without_a_key_to_sign_with_the_night_still_copies_and_verifies(kept: Record) -> None:
    do_things(kept.person)
    seeds = list((settings.KEY_DIR / "signing").glob("*.key"))
    assert seeds
    for seed in seeds:
        seed.rename(seed.with_suffix(".away"))
    try:
        close_workspace(str(kept.person.workspace.pk))
    finally:
        for seed in seeds:
            seed.with_suffix(".away").rename(seed)
    with inside(kept.person.workspace.pk):
        assert (Checkpoint.objects.count(), Verification.objects.get().checkpoints) == (2, 2)
