"""Rotating keys while people work: nothing is lost, nothing old remains, and a killed run is gone on with. R13, R14."""

import os
import re
import signal
from datetime import date, timedelta
from io import StringIO
from itertools import count
from secrets import token_hex
from subprocess import TimeoutExpired
from uuid import UUID

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.access import workspace_scope
from accounts.actions import OldValuesLeft, begin_key_rotation, finish_key_rotation
from accounts.key_arguments import read_owners
from accounts.models import User, Workspace
from audit.models import Event
from audit.verification import verify_chain
from ledger.actions import apply_feed_page, write_note
from ledger.feeds import FeedPage, FeedTransaction
from ledger.kinds import Book
from ledger.models import Account, Transaction
from ledger.sheets.verify import months_to_verify, verify_month
from tests.house.working import found_company
from tests.support.commands import run_command, start_command
from tests.support.environment import Workplace
from tests.support.opened import Opened, opened_record, opened_values, versions_in
from tests.support.people import Persona
from vault import roles
from vault.keyring import _opened, provider
from vault.lifecycle import begin_rotation, owner_scope
from vault.providers.base import KeyOwner, ShareMissing
from vault.resealing import reseal
from vault.sealed_tables import sealed_tables
from vault.tenancy import SITE_ID

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])

# Within so many seconds a rotation of one company's few rows is over.
SOON = 3


@pytest.fixture
def company(alice: Persona) -> Opened:
    """Alice's workspace with one of everything, and what is in it, opened."""
    found_company(alice)
    return opened_values(alice.workspace.pk)


def call(name: str, *arguments: str) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out, stderr=out)
    return out.getvalue()


def rotate(persona: Persona, *more: str) -> str:
    return call("rotate_keys", "--workspace", persona.workspace.slug, *more)


def verify(persona: Persona) -> str:
    return call("verify_keys", "--workspace", persona.workspace.slug)


def add_rows(persona: Persona, number_of_rows: int) -> None:
    with workspace_scope(persona.workspace.pk):
        account = Account.objects.get()
        rows = tuple(
            FeedTransaction(
                f"row-{token_hex(6)}", account.provider_id, date(2026, 1, 1) + timedelta(days=number % 90), None,
                -100 - number, "USD", False, None, f"ROW {number}", None, None, None,
            )
            for number in range(number_of_rows)
        )  # fmt: skip
        apply_feed_page(actor=persona.actor, connection_id=account.connection_id, page=FeedPage(rows, ()), merge=True)


def assert_sound(workspace_id: UUID) -> None:
    with workspace_scope(workspace_id):
        assert verify_chain().faults == ()
        months = months_to_verify(Book.BANK)
        assert months
        assert [verify_month(Book.BANK, month).differences for month in months] == [()] * len(months)


def set_bytes(table: str, column: str, row: UUID, value: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{table}" SET "{column}" = %s WHERE id = %s', [value, row])


def get_bytes(table: str, column: str, row: UUID) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM "{table}" WHERE id = %s', [row])
        return bytes(cursor.fetchone()[0])


def test_a_version_stays_in_use_while_values_are_sealed_under_it(alice: Persona, company: Opened) -> None:
    owner = KeyOwner("workspace", alice.workspace.pk)
    with owner_scope(owner):
        begin_key_rotation(actor=alice.actor, owner=owner)
        with pytest.raises(OldValuesLeft, match=r"[1-9]\d* values are still sealed under an old version"):
            finish_key_rotation(actor=alice.actor, owner=owner)
    assert opened_values(alice.workspace.pk) == company


def test_all_is_sealed_anew_and_opens_as_before(alice: Persona, company: Opened) -> None:
    record = opened_record(alice.workspace.pk)
    out = rotate(alice)

    assert opened_values(alice.workspace.pk) == company
    assert_sound(alice.workspace.pk)
    assert re.search(r"ledger_transaction +1 of +1 +100 %", out)
    assert re.search(r"version 2, \d+ rows sealed anew in .* a second", out)
    assert "Every value is sealed under its owner's newest key." in verify(alice)
    for table in sealed_tables("workspace"):
        for column in table.columns:
            assert versions_in(table.name, column.name, alice.workspace.pk) <= {2}, table.name
    # Ruling 16: the record is hashed, so it stays as it was written, and can be read.
    assert versions_in("audit_event", "sealed_detail", alice.workspace.pk) == {1, 2}
    assert opened_record(alice.workspace.pk)[: len(record)] == record
    with workspace_scope(alice.workspace.pk):
        rotated = Event.objects.filter(action__startswith="accounts.workspace_key.").order_by("occurred_at")
        assert [event.action.rpartition(".")[2] for event in rotated] == ["rotation_started", "rotated"]


def test_a_second_rotation_is_as_good_as_the_first(alice: Persona, company: Opened) -> None:
    record = opened_record(alice.workspace.pk)
    rotate(alice)
    add_rows(alice, 3)
    values = opened_values(alice.workspace.pk)
    rotate(alice, "--forget-at-once")
    assert opened_values(alice.workspace.pk) == values
    assert company.keys() < values.keys()
    assert opened_record(alice.workspace.pk)[: len(record)] == record
    assert_sound(alice.workspace.pk)
    for version in (1, 2):
        with pytest.raises(ShareMissing):
            provider().fetch(KeyOwner("workspace", alice.workspace.pk), version)


def test_one_value_of_an_old_version_is_found_and_the_next_rotation_takes_it_along(
    alice: Persona, company: Opened
) -> None:
    with workspace_scope(alice.workspace.pk):
        row = Transaction.objects.get().pk
        old = get_bytes("ledger_transaction", "feed", row)
    rotate(alice)
    assert verify(alice)
    with workspace_scope(alice.workspace.pk):
        set_bytes("ledger_transaction", "feed", row, old)
    out = StringIO()
    with pytest.raises(CommandError, match="not as they should be"):
        call_command("verify_keys", "--workspace", alice.workspace.slug, stdout=out, stderr=out)
    assert "1 in ledger_transaction.feed are still sealed under version 1" in out.getvalue()
    assert opened_values(alice.workspace.pk) == company
    rotate(alice)
    assert verify(alice)


def test_a_value_that_does_not_open_is_named_and_left_and_the_old_key_stays_in_use(
    alice: Persona, company: Opened
) -> None:
    with workspace_scope(alice.workspace.pk):
        row = Transaction.objects.get().pk
        good = get_bytes("ledger_transaction", "feed", row)
        set_bytes("ledger_transaction", "feed", row, good[:-1] + bytes([good[-1] ^ 1]))
    out = StringIO()
    with pytest.raises(CommandError, match="not finished"):
        call_command("rotate_keys", "--workspace", alice.workspace.slug, stdout=out, stderr=out)
    assert f"does not open, and stays as it is: ledger.transaction.feed of row {row}" in out.getvalue()
    with workspace_scope(alice.workspace.pk):
        set_bytes("ledger_transaction", "feed", row, good)
    assert "going on with the rotation to version 2" in rotate(alice, "--only-finish")
    assert opened_values(alice.workspace.pk) == company
    assert verify(alice)


def test_finishing_begins_nothing(alice: Persona, company: Opened) -> None:
    assert rotate(alice, "--only-finish") == ""
    assert versions_in("ledger_transaction", "feed", alice.workspace.pk) == {1}


def test_a_rotation_that_is_killed_is_gone_on_with(alice: Persona, company: Opened, workplace: Workplace) -> None:
    add_rows(alice, 300)
    values = opened_values(alice.workspace.pk)
    slow = ["--workspace", alice.workspace.slug, "--rows-at-once", "7", "--pause", "0.05"]
    with start_command("rotate_keys", *slow, environment=workplace.environment()) as process:
        while versions_in("ledger_transaction", "feed", alice.workspace.pk) != {1, 2}:
            assert process.poll() is None, process.stderr and process.stderr.read()
        os.killpg(process.pid, signal.SIGKILL)
    assert versions_in("ledger_transaction", "feed", alice.workspace.pk) == {1, 2}
    assert opened_values(alice.workspace.pk) == values

    fast = ["--workspace", alice.workspace.slug]
    status, out, complaints = run_command("rotate_keys", *fast, environment=workplace.environment())
    assert (status, complaints) == (0, "")
    assert "going on with the rotation to version 2" in out
    assert opened_values(alice.workspace.pk) == values
    assert_sound(alice.workspace.pk)
    assert verify(alice)


@pytest.mark.parametrize("rows", [1, 4, 1000])
def test_a_table_is_gone_through_once_whatever_the_size_of_a_batch(alice: Persona, company: Opened, rows: int) -> None:
    add_rows(alice, 9)
    owner = KeyOwner("workspace", alice.workspace.pk)
    with owner_scope(owner):
        begin_rotation(owner)
    (table,) = [one for one in sealed_tables("workspace") if one.name == "ledger_transaction"]
    assert sum(batch.rows for batch in reseal(owner, table, rows_at_once=rows)) == 10
    assert list(reseal(owner, table, rows_at_once=rows)) == []


def test_a_row_that_somebody_holds_is_passed_over_without_waiting(
    alice: Persona, company: Opened, workplace: Workplace
) -> None:
    add_rows(alice, 5)
    owner = KeyOwner("workspace", alice.workspace.pk)
    (table,) = [one for one in sealed_tables("workspace") if one.name == "ledger_transaction"]
    with owner_scope(owner):
        begin_rotation(owner)
        held = Transaction.objects.latest("id").pk
    with psycopg.connect(workplace.servers.role_url(roles.WEB, workplace.database)) as other:
        other.execute("SELECT set_config('app.workspace_id', %s, true)", [str(alice.workspace.pk)])
        other.execute("SELECT 1 FROM ledger_transaction WHERE id = %s FOR UPDATE", [held])
        assert sum(batch.rows for batch in reseal(owner, table, rows_at_once=3)) == 5
    assert sum(batch.rows for batch in reseal(owner, table, rows_at_once=3)) == 1


def test_what_a_slow_transaction_read_before_and_writes_back_is_sealed_anew_too(
    alice: Persona, company: Opened, workplace: Workplace
) -> None:
    with workspace_scope(alice.workspace.pk):
        row = Transaction.objects.get().pk
    environment = workplace.environment()
    with psycopg.connect(workplace.servers.role_url(roles.WEB, workplace.database)) as slow:
        slow.execute("SELECT set_config('app.workspace_id', %s, true)", [str(alice.workspace.pk)])
        (old,) = slow.execute("SELECT feed FROM ledger_transaction WHERE id = %s", [row]).fetchone() or (b"",)
        with start_command("rotate_keys", "--workspace", alice.workspace.slug, environment=environment) as process:
            assert process.stdout is not None
            assert "rotating to version 2" in process.stdout.readline()
            # It has begun, and waits for the transaction that is open, though it has no other work to do for so long.
            with pytest.raises(TimeoutExpired):
                process.wait(timeout=SOON)
            slow.execute("UPDATE ledger_transaction SET feed = %s WHERE id = %s", [old, row])
            slow.commit()
            assert process.wait(timeout=120) == 0
    assert verify(alice)
    assert opened_values(alice.workspace.pk) == company


def test_nothing_that_people_write_meanwhile_is_lost(alice: Persona, company: Opened, workplace: Workplace) -> None:
    add_rows(alice, 30)
    slow = ["--workspace", alice.workspace.slug, "--rows-at-once", "2", "--pause", "0.02"]
    written: dict[UUID, str] = {}
    with workspace_scope(alice.workspace.pk):
        rows = list(Transaction.objects.values_list("pk", flat=True))
    with start_command("rotate_keys", *slow, environment=workplace.environment()) as process:
        for number in count():
            row = rows[number % len(rows)]
            with workspace_scope(alice.workspace.pk):
                write_note(actor=alice.actor, transaction_id=row, note=f"Note {number}")
            written[row] = f"Note {number}"
            if process.poll() is not None:
                break
        assert process.returncode == 0, process.stderr and process.stderr.read()
    with workspace_scope(alice.workspace.pk):
        kept = {row.pk: row.own.note for row in Transaction.objects.all() if row.own}
    assert kept == written
    assert_sound(alice.workspace.pk)
    assert verify(alice)


def test_on_a_terminal_one_line_moves_on(alice: Persona, company: Opened) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    call_command("rotate_keys", "--workspace", alice.workspace.slug, "--no-color", stdout=terminal)
    assert re.search(r"\r +ledger_category +38 of +38 +100 % .*rows/s\n", terminal.getvalue())


def test_an_instance_read_under_the_old_key_can_still_be_opened_and_saved(alice: Persona, company: Opened) -> None:
    with workspace_scope(alice.workspace.pk):
        workspace = Workspace.objects.get()
    rotate(alice)
    with workspace_scope(alice.workspace.pk):
        name = workspace.name
        workspace.save()
        assert Workspace.objects.get().name == name
        write_note(actor=alice.actor, transaction_id=Transaction.objects.get().pk, note="After the rotation")
    assert versions_in("ledger_transaction", "own", alice.workspace.pk) == {2}


def test_a_persons_key_is_rotated_too(alice: Persona) -> None:
    out = call("rotate_keys", "--person", alice.user.email)
    assert re.search(r"accounts_user +1 of +1 +100 %", out)
    assert User.objects.get(pk=alice.user.pk).display_name == "Alice"
    assert "accounts_user.display_name  1 under 2" in call("verify_keys", "--person", str(alice.user.pk))
    with workspace_scope(SITE_ID):
        events = Event.objects.filter(target_id=alice.user.pk, action__startswith="accounts.person_key.")
        assert events.count() == 2


def test_every_key_means_workspaces_the_site_and_people(alice: Persona, mallory: Persona) -> None:
    owners = read_owners({"all": True})
    assert {
        KeyOwner("workspace", alice.workspace.pk),
        KeyOwner("workspace", mallory.workspace.pk),
        KeyOwner("person", mallory.user.pk),
    } <= set(owners)


def test_an_owner_whose_key_cannot_be_had_is_named_and_the_others_are_rotated(alice: Persona, mallory: Persona) -> None:
    provider().destroy(KeyOwner("workspace", mallory.workspace.pk), 1)
    _opened.clear()
    out = StringIO()
    with pytest.raises(CommandError, match=r"1 rotation\(s\) are not finished"):
        call_command("rotate_keys", "--workspace", mallory.workspace.slug, alice.workspace.slug, stdout=out, stderr=out)
    said = out.getvalue()
    assert f"workspace {alice.workspace.pk}: version 2" in said
    assert f"workspace {mallory.workspace.pk}: " in said


def test_the_sites_own_key_is_rotated_like_any_other(alice: Persona) -> None:
    alice.client.get("/w/no-such-place/")
    out = call("rotate_keys", "--workspace", str(SITE_ID))
    assert "sealed anew" in out
    with workspace_scope(SITE_ID):
        assert verify_chain().faults == ()
    assert opened_record(SITE_ID)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Say whose keys"),
        (["--workspace", "no-such-place"], "There is no workspace no-such-place"),
        (["--person", "nobody@example.test"], "There is no person"),
    ],
)
def test_who_is_not_found_is_said(arguments: list[str], words: str, db: None) -> None:
    for command in ("rotate_keys", "verify_keys", "destroy_keys"):
        with pytest.raises(CommandError, match=words):
            call(command, *arguments)
