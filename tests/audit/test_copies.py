"""The copy of the record in a second place: once for each checkpoint, and verified like an export. R99."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from audit import tasks
from audit.checkpoints import sign_checkpoint
from audit.copies import _write, copy_record
from audit.models import Event, Link, Verification
from audit.pages.bundles import verify
from audit.verification import verify_workspace
from tests.audit.tampering import do_things, inside, tamper
from tests.audit.test_verifier import Answer, run
from tests.support.environment import Workplace
from tests.support.people import Persona
from vault.tenancy import SITE_ID

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place(tmp_path: Path, settings: Any) -> Path:
    settings.AUDIT_BACKUP_DIR = tmp_path / "second"
    settings.AUDIT_BACKUP_DIR.mkdir()
    return tmp_path / "second"


def day(person: Persona, count: int = 4) -> None:
    do_things(person, count)
    sign_checkpoint(person.workspace.pk)


def judge(folder: Path, tmp_path: Path) -> Answer:
    shutil.copy(verify.__file__, tmp_path / "verify.py")
    return run(tmp_path / "verify.py", folder)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_each_day_is_copied_once_and_what_is_there_is_never_written_again(alice: Persona, place: Path) -> None:
    folder = place / str(alice.workspace.pk)
    day(alice)
    assert copy_record(alice.workspace.pk, batch=3) == 1
    first = files(folder)
    assert copy_record(alice.workspace.pk) == 0
    assert files(folder) == first
    day(alice)
    day(alice)
    assert copy_record(alice.workspace.pk, batch=3) == 2
    assert files(folder).items() > first.items()
    assert len(files(folder)) == 9
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o400}


def test_a_copy_is_verified_like_an_export(alice: Persona, place: Path, tmp_path: Path) -> None:
    for _ in range(3):
        day(alice)
    copy_record(alice.workspace.pk, batch=3)
    folder = place / str(alice.workspace.pk)
    answer = judge(folder, tmp_path)
    assert (answer.status, "a copy kept day by day" in answer.said) == (0, True), answer.said
    with inside(alice.workspace.pk):
        assert f"{Link.objects.count()} events, 3 checkpoints" in answer.said


def test_a_copy_that_was_altered_does_not_hold(alice: Persona, place: Path, tmp_path: Path) -> None:
    for _ in range(3):
        day(alice)
    copy_record(alice.workspace.pk)
    folder = place / str(alice.workspace.pk)
    (second,) = folder.glob("events-00000002-*")
    second.chmod(0o600)
    lines = second.read_bytes().splitlines(keepends=True)
    for altered in (
        lines[1:],
        [lines[1], lines[0], *lines[2:]],
        [lines[0].replace(b"succeeded", b"failed"), *lines[1:]],
    ):
        second.write_bytes(b"".join(altered))
        assert judge(folder, tmp_path).status == 1
    second.write_bytes(b"".join(lines))
    assert judge(folder, tmp_path).status == 0
    second.unlink()
    assert judge(folder, tmp_path).status == 1


def test_events_that_nobody_signed_are_found_in_a_copy(alice: Persona, place: Path, tmp_path: Path) -> None:
    day(alice)
    copy_record(alice.workspace.pk)
    folder = place / str(alice.workspace.pk)
    assert judge(folder, tmp_path).status == 0
    (events,) = folder.glob("events-*")
    line = json.loads(events.read_bytes().splitlines()[-1])
    line["event"]["outcome"] = "refused"
    sequence, previous = line["link"]["sequence"] + 1, line["link"]["hash"]
    made = verify.link_hash(bytes.fromhex(previous), sequence, verify.leaf_hash(line["event"]))
    line["link"] = {"sequence": sequence, "previous": previous, "hash": made.hex()}
    (folder / "events-00000002-2026-01-01.jsonl").write_text(json.dumps(line) + "\n")
    answer = judge(folder, tmp_path)
    assert (answer.status, "came after the last checkpoint, and there is no manifest" in answer.said) == (1, True), (
        answer.said
    )


def test_nothing_in_a_copy_can_be_read(alice: Persona, place: Path) -> None:
    day(alice)
    copy_record(alice.workspace.pk)
    (events,) = (place / str(alice.workspace.pk)).glob("events-*")
    lines = [json.loads(line) for line in events.read_text().splitlines()]
    assert any(line["event"]["action"] == "tests.thing.done" for line in lines)
    assert all(set(line) == {"event", "link"} for line in lines)


def test_one_that_was_cut_off_is_done_anew(alice: Persona, place: Path, tmp_path: Path) -> None:
    day(alice)
    day(alice)
    copy_record(alice.workspace.pk)
    folder = place / str(alice.workspace.pk)
    whole = files(folder)
    for pattern in ("checkpoint-00000002-*", "events-00000002-*"):
        (cut,) = folder.glob(pattern)
        cut.unlink()
    (folder / "events-00000002-2026-01-01.jsonl.part").write_bytes(b"half a li")
    copy_record(alice.workspace.pk)
    assert judge(folder, tmp_path).status == 0
    (folder / "events-00000002-2026-01-01.jsonl.part").unlink()
    assert files(folder) == whole


def test_a_record_rewritten_in_the_database_is_found_by_its_copy(
    alice: Persona, place: Path, workplace: Workplace, settings: Any
) -> None:
    day(alice)
    copy_record(alice.workspace.pk)
    verdict = verify_workspace(alice.workspace.pk)
    assert verdict is not None
    assert verdict.faults == ()
    of_alice = f"WHERE workspace_id = '{alice.workspace.pk}'"
    # Nothing is left of it, and what is kept beside the keys is gone too.
    tamper(
        workplace, *(f"DELETE FROM {table} {of_alice}" for table in ("audit_checkpoint", "audit_link", "audit_event"))
    )
    (settings.KEY_DIR / "signed" / str(alice.workspace.pk)).unlink()
    after = verify_workspace(alice.workspace.pk)
    assert after is not None
    assert any("was copied and is not to be found" in fault for fault in after.faults)


def test_a_place_that_is_away_is_an_event_and_stops_no_verification(
    alice: Persona, settings: Any, tmp_path: Path
) -> None:
    settings.AUDIT_BACKUP_DIR = tmp_path / "not mounted"
    do_things(alice)
    tasks.close_workspace(str(alice.workspace.pk))
    with inside(SITE_ID):
        assert Event.objects.filter(action="audit.copy.failed", target_id=alice.workspace.pk).count() == 1
    with inside(alice.workspace.pk):
        assert Verification.objects.get().finished_at is not None


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'[{"facts": {}}]', b"\xff"])
def test_a_copy_that_cannot_be_read_is_an_event_and_a_fault_and_stops_no_verification(
    alice: Persona, place: Path, content: bytes
) -> None:
    day(alice)
    copy_record(alice.workspace.pk)
    (checkpoint,) = (place / str(alice.workspace.pk)).glob("checkpoint-*")
    checkpoint.chmod(0o600)
    checkpoint.write_bytes(content)
    do_things(alice)
    tasks.close_workspace(str(alice.workspace.pk))
    with inside(SITE_ID):
        assert Event.objects.filter(action="audit.copy.failed", target_id=alice.workspace.pk).count() == 1
    with inside(alice.workspace.pk):
        found = Verification.objects.get()
    assert found.faults == ["the copy in the second place cannot be read"]


def test_a_place_that_cannot_be_reached_stops_no_verification(alice: Persona, place: Path) -> None:
    day(alice)
    copy_record(alice.workspace.pk)
    folder = place / str(alice.workspace.pk)
    (checkpoint,) = folder.glob("checkpoint-*")
    # What stands there answers with an error of the system, as a bucket does whose server is away.
    checkpoint.unlink()
    checkpoint.mkdir()
    verdict = verify_workspace(alice.workspace.pk)
    assert verdict is not None
    assert verdict.faults == ()
    with pytest.raises(IsADirectoryError):
        copy_record(alice.workspace.pk)


def test_what_only_the_copy_misses_after_a_restore_can_be_accepted(
    alice: Persona, place: Path, workplace: Workplace, settings: Any
) -> None:
    day(alice)
    note = settings.KEY_DIR / "signed" / str(alice.workspace.pk)
    before = note.read_bytes()
    day(alice)
    copy_record(alice.workspace.pk)
    mine = f"WHERE workspace_id = '{alice.workspace.pk}' AND"
    cut = f"(SELECT event_id FROM audit_link {mine} sequence > {json.loads(before)['size']})"
    # The keys were restored from the same day as the database: only the second place knows of what came after.
    tamper(
        workplace,
        f"DELETE FROM audit_event WHERE id IN {cut}",
        f"DELETE FROM audit_link {mine} sequence > {json.loads(before)['size']}",
        f"DELETE FROM audit_checkpoint {mine} number = 2",
    )
    note.write_bytes(before)
    after = verify_workspace(alice.workspace.pk)
    assert after is not None
    assert any("was copied and is not to be found" in fault for fault in after.faults)

    call_command("accept_restored_record", alice.workspace.pk, because="all of an older day was restored")
    do_things(alice)
    tasks.close_workspace(str(alice.workspace.pk))

    with inside(alice.workspace.pk):
        assert Verification.objects.get().faults == []
    assert len(list((place / str(alice.workspace.pk)).glob("checkpoint-*"))) == 2
    assert len(list(place.glob(f"{alice.workspace.pk}.until-*"))) == 1
    with pytest.raises(CommandError, match="Nothing is missing"):
        call_command("accept_restored_record", alice.workspace.pk, because="no reason")


def test_without_a_second_place_nothing_is_copied(alice: Persona, settings: Any) -> None:
    settings.AUDIT_BACKUP_DIR = None
    day(alice)
    assert copy_record(alice.workspace.pk) == 0


def test_two_that_copy_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    path, lines = tmp_path / "events-00000001-2026-01-01.jsonl", [b"one\n", b"two\n"]

    def slowly() -> Iterator[bytes]:
        yield lines[0]
        _write(path, lines)
        yield lines[1]

    _write(path, slowly())

    assert files(tmp_path) == {path.name: b"one\ntwo\n"}


def test_what_a_worker_that_died_has_left_is_cleared_away_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "events-00000001-2026-01-01.jsonl"
    (tmp_path / f"{path.name}.0123abcd.part").write_bytes(b"half a li")
    _write(path, [b"one\n"])

    assert files(tmp_path) == {path.name: b"one\n"}
