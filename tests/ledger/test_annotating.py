"""One note on many transactions."""

from datetime import date

import pytest

from audit.log import open_detail
from audit.models import Event
from ledger.actions import (
    AllAnnotated,
    ChangeReversed,
    EmptyNote,
    NoteTooLong,
    TooMany,
    UnknownTransaction,
    annotate_transactions,
    bulk,
    create_note_reversal,
    list_stale_months,
    rebuild_month,
    write_note,
)
from ledger.kinds import Book
from ledger.models import NoteChange, SheetHead, Transaction
from ledger.reports.transactions import TransactionFilter, list_transactions
from tests.ledger.counting import counted_statements
from tests.ledger.people import SYNC, Feed, category
from tests.ledger.test_merging import differences

pytestmark = pytest.mark.django_db

MAY_3, JUNE_9 = date(2026, 5, 3), date(2026, 6, 9)


@pytest.fixture
def rows(feed: Feed) -> list[Transaction]:
    """Four rows in two months; the second has a note already, the last is without any words of its own."""
    feed.apply(
        feed.row(MAY_3, -1, "Kiosk", counterparty="Kiosk Ltd", memo="Harbour"),
        feed.row(JUNE_9, -2, "Rent"),
        feed.row(JUNE_9, -3, "Rent"),
        feed.row(JUNE_9, -4, "  "),
    )
    found = [feed.transaction(f"row-{number}") for number in range(1, 5)]
    write_note(actor=SYNC, transaction_id=found[1].id, note="Mine")
    return found


def notes(rows: list[Transaction]) -> list[str]:
    found = Transaction.objects.in_bulk([row.id for row in rows])
    owns = [found[row.id].own for row in rows]
    return [own.note if own else "" for own in owns]


def found_by(text: str) -> int:
    return list_transactions(TransactionFilter(text=text)).count


def test_rows_without_a_note_get_it_and_others_keep_theirs(rows: list[Transaction]) -> None:
    change = annotate_transactions(actor=SYNC, ids=[row.id for row in rows], note=" Ask BOB ")
    assert (change.count, change.kept) == (3, 1)
    assert notes(rows) == ["Ask BOB", "Mine", "Ask BOB", "Ask BOB"]
    assert (found_by("ask bob"), found_by("mine")) == (3, 1)
    assert [row.has_note for row in list_transactions(TransactionFilter()).rows] == [True] * 4
    assert differences() == []


def test_others_lose_theirs_when_asked_to(rows: list[Transaction]) -> None:
    change = annotate_transactions(actor=SYNC, ids=[row.id for row in rows], note="Ask Bob", replace=True)
    assert (change.count, change.kept) == (4, 0)
    assert notes(rows) == ["Ask Bob"] * 4
    assert (found_by("ask bob"), found_by("mine")) == (4, 0)
    assert differences() == []


def test_it_is_one_act_with_one_event_that_does_not_tell_the_note(rows: list[Transaction]) -> None:
    selection = {"q": ["rent"]}
    change = annotate_transactions(actor=SYNC, ids=[row.id for row in rows], note="Ask Bob", selection=selection)
    (event,) = Event.objects.filter(action="ledger.transactions.annotated", target_id=change.id)
    assert open_detail(event) == {
        "characters": 7,
        "replaced": 0,
        "kept": 1,
        "count": 3,
        "selection": selection,
        "transaction": None,
    }


def test_sums_stay_as_they_were_and_the_text_is_sealed_anew(rows: list[Transaction]) -> None:
    before = {head.month: (head.version, head.text_version) for head in SheetHead.objects.all()}
    annotate_transactions(actor=SYNC, ids=[rows[0].id], note="Ask Bob")
    after = {head.month: (head.version, head.text_version) for head in SheetHead.objects.all()}
    assert after[date(2026, 5, 1)] == (2, 2)
    assert after[date(2026, 6, 1)] == before[date(2026, 6, 1)]


def test_taking_it_back_gives_each_row_its_note_before(rows: list[Transaction]) -> None:
    change = annotate_transactions(actor=SYNC, ids=[row.id for row in rows], note="Ask Bob", replace=True)
    assert create_note_reversal(actor=SYNC, change_id=change.id) == 4
    assert notes(rows) == ["", "Mine", "", ""]
    assert Transaction.objects.get(id=rows[0].id).own is None
    assert (found_by("ask bob"), found_by("mine")) == (0, 1)
    assert differences() == []
    with pytest.raises(ChangeReversed):
        create_note_reversal(actor=SYNC, change_id=change.id)


def test_taking_it_back_spares_what_was_written_since(rows: list[Transaction]) -> None:
    ids = [row.id for row in rows]
    change = annotate_transactions(actor=SYNC, ids=ids, note="Ask Bob", replace=True)
    write_note(actor=SYNC, transaction_id=ids[0], note="Bob says no")
    # The very same words, but somebody's own.
    write_note(actor=SYNC, transaction_id=ids[2], note="Ask Bob")
    assert create_note_reversal(actor=SYNC, change_id=change.id) == 2
    assert notes(rows) == ["Bob says no", "Mine", "Ask Bob", ""]
    assert differences() == []


def test_the_former_notes_are_sealed(rows: list[Transaction]) -> None:
    annotate_transactions(actor=SYNC, ids=[row.id for row in rows], note="Ask Bob", replace=True)
    change = NoteChange.objects.get()
    stored = change.__dict__["former"].data + change.__dict__["note"].data
    assert b"Mine" in change.former
    assert b"Mine" not in stored
    assert b"Bob" not in stored


def test_a_stale_month_waits_for_its_rebuild(rows: list[Transaction], feed: Feed) -> None:
    feed.apply(feed.row(MAY_3, -9), merge=False)
    annotate_transactions(actor=SYNC, ids=[row.id for row in rows], note="Ask Bob")
    assert list_stale_months(Book.BANK) == [date(2026, 5, 1)]
    assert found_by("ask bob") == 2
    rebuild_month(book=Book.BANK, month=date(2026, 5, 1))
    assert found_by("ask bob") == 3
    assert differences() == []


def test_what_makes_no_sense_is_refused(rows: list[Transaction], monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [row.id for row in rows]
    with pytest.raises(EmptyNote):
        annotate_transactions(actor=SYNC, ids=ids, note="  ")
    with pytest.raises(NoteTooLong):
        annotate_transactions(actor=SYNC, ids=ids, note="x" * 2_001)
    with pytest.raises(UnknownTransaction):
        annotate_transactions(actor=SYNC, ids=[category("rent").id], note="x")
    with pytest.raises(AllAnnotated):
        annotate_transactions(actor=SYNC, ids=ids[1:2], note="x")
    monkeypatch.setattr(bulk, "MOST", 3)
    with pytest.raises(TooMany):
        annotate_transactions(actor=SYNC, ids=ids, note="x")
    assert notes(rows) == ["", "Mine", "", ""]


def test_removed_rows_are_left_alone(rows: list[Transaction], feed: Feed) -> None:
    feed.apply(gone=("row-1",))
    change = annotate_transactions(actor=SYNC, ids=[row.id for row in rows], note="Ask Bob")
    assert change.count == 2
    assert notes(rows)[0] == ""
    assert differences() == []


def test_a_note_opens_no_more_names_than_those_of_its_rows(feed: Feed) -> None:
    feed.apply(*(feed.row(MAY_3, -1, counterparty=name) for name in ("Kiosk", "Acme", "Beta")))
    ids = [feed.transaction(f"row-{number}").id for number in (1, 2, 3)]
    with counted_statements() as statements:
        write_note(actor=SYNC, transaction_id=ids[0], note="Mine")
        annotate_transactions(actor=SYNC, ids=ids[:2], note="Ours", replace=True)
    read = [one for one in statements if "FROM ledger_counterparty" in one]
    assert len(read) == 2
    assert all("WHERE code = ANY" in one for one in read)
    assert [row.id for row in list_transactions(TransactionFilter(text="ours kiosk")).rows] == ids[:1]
    assert differences() == []
