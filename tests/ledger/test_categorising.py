from datetime import date

import pytest

from audit.log import open_detail
from audit.models import Event
from ledger.actions import (
    ChangeReversed,
    NameTaken,
    NoteTooLong,
    TooMany,
    UnknownCategory,
    UnknownTransaction,
    bulk,
    create_category,
    create_category_reversal,
    list_stale_months,
    recategorise_transactions,
    write_note,
)
from ledger.kinds import Book, CategoryBy, CategoryKind
from ledger.models import SheetHead, SheetPart, Transaction
from tests.ledger.people import SYNC, Feed, category
from tests.ledger.test_merging import differences

pytestmark = pytest.mark.django_db

MAY_3, JUNE_9 = date(2026, 5, 3), date(2026, 6, 9)


def test_many_rows_are_recategorised_in_one_act_with_one_event(feed: Feed) -> None:
    feed.apply(*(feed.row(day, -100, provider_id=f"{day}") for day in (MAY_3, JUNE_9)), feed.row(MAY_3, 1))
    ids = [feed.transaction(f"{day}").id for day in (MAY_3, JUNE_9)]
    change = recategorise_transactions(
        actor=SYNC, ids=ids, category_id=category("own_transfer").id, selection={"text": "rent"}
    )
    assert change.count == 2
    for row in Transaction.objects.filter(id__in=ids):
        assert (row.category_id, row.category_by) == (category("own_transfer").id, CategoryBy.PERSON)
    (event,) = Event.objects.filter(action="ledger.transactions.recategorised")
    detail = open_detail(event)
    assert (detail["count"], detail["selection"]) == (2, {"text": "rent"})
    assert differences() == []


def test_a_bulk_edit_leaves_rows_and_texts_sealed_as_they_were(feed: Feed) -> None:
    feed.apply(feed.row(MAY_3, -100, provider_id="p1"))
    row = Transaction.objects.get()
    text = SheetPart.objects.get(part="text")
    before = (row.__dict__["feed"].data, bytes(text.sealed), text.version)
    recategorise_transactions(actor=SYNC, ids=[row.id], category_id=category("rent").id)
    row, text, head = Transaction.objects.get(), SheetPart.objects.get(part="text"), SheetHead.objects.get()
    assert (row.__dict__["feed"].data, bytes(text.sealed), text.version) == before
    assert (head.version, head.text_version) == (2, 1)


def test_a_change_can_be_taken_back_once_and_spares_later_choices(feed: Feed) -> None:
    feed.apply(feed.row(MAY_3, -1, provider_id="p1", hint="TRAVEL_FLIGHTS"), feed.row(MAY_3, -2, provider_id="p2"))
    ids = [feed.transaction(one).id for one in ("p1", "p2")]
    change = recategorise_transactions(actor=SYNC, ids=ids, category_id=category("rent").id)
    recategorise_transactions(actor=SYNC, ids=ids[1:], category_id=category("meals").id)
    assert create_category_reversal(actor=SYNC, change_id=change.id) == 1
    first, second = (feed.transaction(one) for one in ("p1", "p2"))
    assert (first.category_id, first.category_by) == (category("travel").id, CategoryBy.FEED)
    assert second.category_id == category("meals").id
    assert differences() == []
    with pytest.raises(ChangeReversed):
        create_category_reversal(actor=SYNC, change_id=change.id)


def test_a_change_taken_back_gives_what_the_bank_means_by_now(feed: Feed) -> None:
    feed.apply(feed.row(MAY_3, -100, provider_id="p1", hint="TRAVEL_FLIGHTS"))
    row = feed.transaction("p1")
    change = recategorise_transactions(actor=SYNC, ids=[row.id], category_id=category("training").id)
    feed.apply(feed.row(JUNE_9, -100, provider_id="p1", hint="RENT_AND_UTILITIES_RENT"))
    assert feed.transaction("p1").category_id == category("training").id
    create_category_reversal(actor=SYNC, change_id=change.id)
    row = feed.transaction("p1")
    assert (row.category_id, row.category_by) == (category("rent").id, CategoryBy.FEED)
    assert differences() == []


def test_a_change_spares_the_same_category_chosen_anew(feed: Feed) -> None:
    feed.apply(feed.row(MAY_3, -1, provider_id="p1"))
    row, rent = feed.transaction("p1").id, category("rent").id
    change = recategorise_transactions(actor=SYNC, ids=[row], category_id=rent)
    recategorise_transactions(actor=SYNC, ids=[row], category_id=category("meals").id)
    again = recategorise_transactions(actor=SYNC, ids=[row], category_id=rent)
    assert create_category_reversal(actor=SYNC, change_id=change.id) == 0
    assert feed.transaction("p1").category_id == rent
    assert create_category_reversal(actor=SYNC, change_id=again.id) == 1
    assert feed.transaction("p1").category_id == category("meals").id
    assert differences() == []


def test_more_rows_than_are_changed_at_once_are_refused(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    feed.apply(feed.row(MAY_3, -1, provider_id="p1"), feed.row(MAY_3, -2, provider_id="p2"))
    ids = list(Transaction.objects.values_list("id", flat=True))
    monkeypatch.setattr(bulk, "MOST", 1)
    with pytest.raises(TooMany, match="At most 1 "):
        recategorise_transactions(actor=SYNC, ids=ids, category_id=category("rent").id)


def test_unknown_and_archived_categories_and_unknown_rows_are_refused(feed: Feed, alice: object) -> None:
    feed.apply(feed.row(MAY_3, -1, provider_id="p1"))
    row = feed.transaction("p1")
    with pytest.raises(UnknownCategory):
        recategorise_transactions(actor=SYNC, ids=[row.id], category_id=row.id)
    with pytest.raises(UnknownTransaction):
        recategorise_transactions(actor=SYNC, ids=[category("rent").id], category_id=None)


def test_an_edit_in_a_stale_month_waits_for_the_rebuild(feed: Feed) -> None:
    feed.apply(feed.row(MAY_3, -1, provider_id="p1"), merge=False)
    recategorise_transactions(actor=SYNC, ids=[feed.transaction("p1").id], category_id=category("rent").id)
    assert list_stale_months(Book.BANK) == [date(2026, 5, 1)]
    assert SheetHead.objects.get().version == 0


def test_category_names_are_unique_whatever_their_case(feed: Feed) -> None:
    mine = create_category(actor=SYNC, name="Ice  cream", kind=CategoryKind.OPERATING_EXPENSE)
    assert mine.code == 38
    with pytest.raises(NameTaken):
        create_category(actor=SYNC, name="ICE CREAM", kind=CategoryKind.INCOME)
    with pytest.raises(NameTaken):
        create_category(actor=SYNC, name="sales", kind=CategoryKind.INCOME)


def test_a_note_is_written_found_and_taken_away(feed: Feed) -> None:
    feed.apply(feed.row(MAY_3, -1, provider_id="p1"))
    row = feed.transaction("p1")
    write_note(actor=SYNC, transaction_id=row.id, note="  Ask Bob ")
    own = feed.transaction("p1").own
    assert own
    assert own.note == "Ask Bob"
    assert differences() == []
    write_note(actor=SYNC, transaction_id=row.id, note=" ")
    assert feed.transaction("p1").own is None
    assert differences() == []
    actions = Event.objects.filter(target_id=row.id).values_list("action", flat=True)
    assert sorted(actions) == ["ledger.note.removed", "ledger.note.written"]


def test_notes_too_long_and_on_nothing_are_refused(feed: Feed) -> None:
    feed.apply(feed.row(MAY_3, -1, provider_id="p1"))
    with pytest.raises(NoteTooLong):
        write_note(actor=SYNC, transaction_id=feed.transaction("p1").id, note="x" * 2_001)
    with pytest.raises(UnknownTransaction):
        write_note(actor=SYNC, transaction_id=category("rent").id, note="x")
