"""Sheets in the database: what was put back, swapped, cut or altered is refused by place; stale ones say so."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from importlib import import_module

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.db.migrations import RunSQL

from accounts.access import workspace_scope
from ledger.actions import list_stale_months, rebuild_month
from ledger.kinds import Book
from ledger.models import SheetHead, SheetPart, Transaction
from ledger.reports.transactions import TransactionFilter, list_transactions
from ledger.sheets.layout import SheetBroken
from ledger.sheets.reading import Part, read_sheets, stream_sheets
from ledger.sheets.verify import verify_month
from ledger.tasks import find_stale_sheets, rebuild_months
from tests.ledger.people import Feed, connect_bank
from tests.support.people import Persona, make_owner
from vault import tenancy
from vault.blobs import BlobKey, execute_binary, fetch_binary, seal_blob
from vault.envelope import SealBroken
from vault.tenancy import enter_workspace

pytestmark = pytest.mark.django_db

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
MIGRATIONS = {
    name: import_module(f"ledger.migrations.{name}")
    for name in ("0004_sheets_aside_and_words", "0006_packed_sheets", "0007_narrow_summaries")
}
ALL = [Part.SUMMARY, Part.NUMBERS, Part.ASIDE, Part.TEXT, Part.WORDS]


def put(part: SheetPart, sealed: bytes, version: int | None = None) -> None:
    execute_binary(
        "UPDATE ledger_sheetpart SET sealed = %b, version = %s WHERE id = %s",
        [sealed, version or part.version, part.id],
    )


def part_of(month: date, name: str) -> SheetPart:
    return SheetPart.objects.get(head=SheetHead.objects.get(month=month), part=name)


@pytest.mark.parametrize("name", ["summary", "numbers", "aside", "text", "words"])
def test_an_old_part_put_back_is_refused(feed: Feed, name: str) -> None:
    feed.apply(feed.row(MAY, -100))
    old = part_of(MAY, name)
    feed.apply(feed.row(MAY, -200))
    assert len(read_sheets(Book.BANK, ALL)) == 1
    put(old, bytes(old.sealed), version=1)
    with pytest.raises(SheetBroken, match=f"{name} of 2026-05: another version"):
        read_sheets(Book.BANK, ALL)
    put(old, bytes(old.sealed), version=2)
    with pytest.raises(SealBroken, match=f"ledger.sheet.{name} of row"):
        read_sheets(Book.BANK, ALL)


@pytest.mark.parametrize("column", ["version", "text_version"])
def test_a_head_never_goes_back_so_that_an_old_sheet_cannot_be_put_under_it(feed: Feed, column: str) -> None:
    feed.apply(feed.row(MAY, -100))
    feed.apply(feed.row(MAY, -200))
    with pytest.raises(ProgrammingError, match="never goes back"), transaction.atomic():
        SheetHead.objects.filter(month=MAY).update(**{column: 1})
    SheetHead.objects.filter(month=MAY).update(**{column: 2})


def test_parts_of_another_month_another_kind_cut_or_altered_are_refused(feed: Feed) -> None:
    feed.apply(feed.row(MAY, -100), feed.row(JUNE, -100))
    target, sealed = part_of(MAY, "numbers"), bytes(part_of(MAY, "numbers").sealed)
    others = [bytes(part_of(JUNE, "numbers").sealed), bytes(part_of(MAY, "summary").sealed)]
    for wrong in (*others, sealed[:-1], sealed[:10], b"", sealed[:50] + bytes([sealed[50] ^ 1]) + sealed[51:]):
        put(target, wrong)
        with pytest.raises(SealBroken) as broken:
            read_sheets(Book.BANK, ALL)
        assert "ledger.sheet.numbers" in str(broken.value)
    put(target, sealed)
    assert len(read_sheets(Book.BANK, ALL)) == 2


def test_a_part_of_another_workspace_is_refused(feed: Feed) -> None:
    feed.apply(feed.row(MAY, -100))
    target = part_of(MAY, "numbers")
    foreign = foreign_part()
    put(target, foreign)
    with pytest.raises(SealBroken):
        read_sheets(Book.BANK, ALL)


def foreign_part() -> bytes:
    # A second stay cannot be entered inside the first: leave it for a moment.
    outer = tenancy._scope.get()
    assert outer is not None
    tenancy._scope.set(None)
    with ExitStack() as left:
        left.callback(tenancy._set_local, "app.workspace_id", str(outer.workspace_id))
        left.callback(tenancy._scope.set, outer)
        other = make_owner("oscar", "Other")
        with enter_workspace(other.workspace.pk):
            theirs = connect_bank(other.workspace)
            theirs.save()
            theirs.apply(theirs.row(MAY, -5))
            return bytes(part_of(MAY, "numbers").sealed)


def test_a_missing_part_is_named(feed: Feed) -> None:
    feed.apply(feed.row(MAY, -100))
    execute_binary("UPDATE ledger_sheetpart SET part = 'other' WHERE part = 'summary'")
    with pytest.raises(SheetBroken, match="summary of 2026-05: missing"):
        read_sheets(Book.BANK, ALL)


@pytest.mark.parametrize("read", [read_sheets, lambda book, parts: list(stream_sheets(book, parts))])
def test_a_broken_month_among_others_leaves_the_connection_in_order(feed: Feed, read: Callable[..., object]) -> None:
    feed.apply(*(feed.row(date(2026, month, 1), -100) for month in (4, 5, 6)))
    part = part_of(MAY, "summary")
    put(part, bytes(part.sealed) + b"\0")
    with pytest.raises(SealBroken):
        read(Book.BANK, ALL)
    assert fetch_binary("SELECT 1") == [(1,)]


def test_parts_are_stored_outside_their_rows_and_uncompressed() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attstorage FROM pg_attribute WHERE attrelid = 'ledger_sheetpart'::regclass AND attname = 'sealed'"
        )
        assert cursor.fetchone()[0] in ("e", b"e")


def test_readers_see_the_last_sheet_of_a_stale_month_and_its_state(feed: Feed) -> None:
    feed.apply(feed.row(MAY, -100))
    feed.apply(feed.row(MAY, -200), merge=False)
    (month,) = read_sheets(Book.BANK, ALL)
    assert (len(month.numbers), month.head.is_stale) == (1, True)
    assert list_stale_months(Book.BANK) == [MAY]
    rebuild_month(book=Book.BANK, month=MAY)
    (month,) = read_sheets(Book.BANK, ALL)
    assert (len(month.numbers), month.head.is_stale) == (2, False)


def test_texts_stream_newest_month_first(feed: Feed) -> None:
    feed.apply(feed.row(MAY, -100), feed.row(JUNE, -100))
    assert [month.head.month for month in stream_sheets(Book.BANK, [Part.TEXT])] == [JUNE, MAY]


def test_verification_names_a_sheet_that_its_rows_do_not_make(feed: Feed) -> None:
    feed.apply(feed.row(MAY, -100, provider_id="p1"))
    assert verify_month(Book.BANK, MAY).differences == ()
    Transaction.objects.update(status="pending")
    differences = verify_month(Book.BANK, MAY).differences
    assert [one.split(":")[0] for one in differences] == ["numbers of 2026-05", "summary of 2026-05"]


@pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])
def test_the_command_fails_when_a_sheet_differs_and_says_which(
    alice: Persona, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(alice)
    call_command("verify_sheets")
    assert f"{alice.workspace.pk}  1 sheets, 1 rows, 0 waiting" in capsys.readouterr().out
    within(alice, "UPDATE ledger_transaction SET status = 'pending'")
    with pytest.raises(CommandError, match=r"1 sheet\(s\) differ"):
        call_command("verify_sheets")
    assert f"{alice.workspace.pk}  bank numbers of 2026-05" in capsys.readouterr().err
    within(alice, "UPDATE ledger_transaction SET status = 'posted'")


@pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])
def test_the_worker_rebuilds_what_a_run_left_stale(alice: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(alice, merge=False)
    sent: list[list[str]] = []
    monkeypatch.setattr("celery.current_app.send_task", lambda name, arguments: sent.append(arguments))
    find_stale_sheets()
    assert [str(alice.workspace.pk)] not in sent
    within(alice, "UPDATE ledger_sheethead SET stale_since = stale_since - interval '11 minutes'")
    find_stale_sheets()
    assert [str(alice.workspace.pk)] in sent
    rebuild_months(str(alice.workspace.pk))
    with workspace_scope(alice.workspace.pk):
        assert list_stale_months(Book.BANK) == []
        assert verify_month(Book.BANK, MAY).differences == ()


def fill(persona: Persona, *, merge: bool = True) -> None:
    with workspace_scope(persona.workspace.pk):
        feed = connect_bank(persona.workspace)
        feed.save()
        feed.apply(feed.row(MAY, -100), merge=merge)


def within(persona: Persona, statement: str) -> None:
    with workspace_scope(persona.workspace.pk):
        execute_binary(statement)


@pytest.mark.parametrize("name", MIGRATIONS)
def test_what_a_layout_of_old_holds_is_not_read_until_it_is_made_anew(feed: Feed, name: str) -> None:
    feed.apply(feed.row(MAY, -100), feed.row(JUNE, -100))
    parts = SheetPart.objects.filter(head=SheetHead.objects.get(month=MAY))
    for part in parts:
        put(part, seal_blob(BlobKey(f"ledger.sheet.{part.part}", part.head_id, 1), b"CFSHEET\0\1\0"))
    with pytest.raises(SheetBroken):
        read_sheets(Book.BANK, ALL)
    # The others of its statements only let the owner see the rows.
    execute_binary(MIGRATIONS[name].MAKE_ANEW.split(";")[1])
    assert [len(month.numbers) for month in read_sheets(Book.BANK, ALL)] == [0, 0]
    assert [len(month.text) for month in stream_sheets(Book.BANK, [Part.WORDS, Part.TEXT])] == [0, 0]
    page = list_transactions(TransactionFilter(text="payment"))
    assert (page.rows, page.freshness.stale_months, page.freshness.figures_of) == ((), (MAY, JUNE), None)
    feed.apply(feed.row(MAY, -200))
    for month in list_stale_months(Book.BANK):
        rebuild_month(book=Book.BANK, month=month)
    assert [len(month.numbers) for month in read_sheets(Book.BANK, ALL)] == [2, 1]
    assert list_transactions(TransactionFilter(text="payment")).count == 3


@pytest.mark.parametrize("name", MIGRATIONS)
def test_the_way_back_to_a_layout_of_old_makes_every_month_stale_too(name: str) -> None:
    migration = MIGRATIONS[name]
    (anew,) = [one for one in migration.Migration.operations if isinstance(one, RunSQL)]
    assert anew.sql == anew.reverse_sql == migration.MAKE_ANEW


def test_rows_of_the_last_month_there_is_are_made_into_a_sheet(feed: Feed) -> None:
    last = date(9999, 12, 31)
    feed.apply(feed.row(last, -100), merge=False)
    rebuild_month(book=Book.BANK, month=last.replace(day=1))
    assert verify_month(Book.BANK, last.replace(day=1)).rows == 1
    (month,) = read_sheets(Book.BANK, ALL)
    assert len(month.numbers) == 1
