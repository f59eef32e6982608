"""What a person reads when somebody else holds the months they want to change; nothing is half done then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from uuid import UUID

import pytest
from django.db import connection

from accounts.access import workspace_scope
from ledger.actions import annotate_transactions, recategorise_transactions
from ledger.kinds import Book
from ledger.models import CategoryChange, NoteChange, Transaction
from ledger.sheets import store
from ledger.sheets.store import lock_heads
from tests.ledger.people import category, connect_bank
from tests.ledger.views.reading import TODAY, Page
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)

SENTENCE = "These months are being changed by somebody else just now. Please try again in a moment."
PATIENCE = 60


@pytest.fixture
def row(alice: Persona) -> UUID:
    with workspace_scope(alice.workspace.pk):
        feed = connect_bank(alice.workspace)
        feed.save()
        feed.apply(feed.row(TODAY, -100, "Rent"))
        return Transaction.objects.get().id


@contextmanager
def held(workspace: UUID, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This month is held by a connection of its own for the length of the block."""
    is_held, done = Event(), Event()

    def hold() -> None:
        try:
            with workspace_scope(workspace):
                lock_heads(Book.BANK, [TODAY.replace(day=1)])
                is_held.set()
                done.wait(PATIENCE)
        finally:
            connection.close()

    thread = Thread(target=hold)
    thread.start()
    assert is_held.wait(PATIENCE)
    monkeypatch.setattr(store, "LOCK_TIMEOUT", "50ms")
    try:
        yield
    finally:
        done.set()
        thread.join(PATIENCE)


def categorise(row: UUID, rent: UUID) -> tuple[str, dict[str, object]]:
    return "categorisations/", {"transaction": [row], "category": rent, "back": "q=Rent"}


def annotate(row: UUID, rent: UUID) -> tuple[str, dict[str, object]]:
    return "annotations/", {"transaction": [row], "note": "Ask Bob", "where_noted": "keep", "back": "q=Rent"}


def note(row: UUID, rent: UUID) -> tuple[str, dict[str, object]]:
    return f"{row}/note/", {"note": "Ask Bob"}


@pytest.mark.parametrize("request_of", [categorise, annotate, note])
def test_a_busy_month_is_answered_with_a_sentence_and_nothing_is_changed(
    alice: Persona,
    row: UUID,
    monkeypatch: pytest.MonkeyPatch,
    request_of: Callable[[UUID, UUID], tuple[str, dict[str, object]]],
) -> None:
    with workspace_scope(alice.workspace.pk):
        rent = category("rent").id
    path, data = request_of(row, rent)
    address = f"/w/{alice.workspace.slug}/transactions/{path}"
    with held(alice.workspace.pk, monkeypatch):
        answer = alice.client.post(address, data)

    assert answer.status_code == 422
    assert SENTENCE in Page(answer).words
    with workspace_scope(alice.workspace.pk):
        found = Transaction.objects.get()
        assert (found.category_id, found.own) == (None, None)
        assert not CategoryChange.objects.exists()
        assert not NoteChange.objects.exists()
    # It was only that: now it is done.
    assert alice.client.post(address, data).status_code == 302


@pytest.mark.parametrize("kind", ["categorisations", "annotations"])
def test_taking_back_in_a_busy_month_can_be_tried_again(
    alice: Persona, row: UUID, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    with workspace_scope(alice.workspace.pk):
        rent = category("rent").id
        recategorised = recategorise_transactions(actor=alice.actor, ids=[row], category_id=rent)
        annotated = annotate_transactions(actor=alice.actor, ids=[row], note="Ask Bob")
    change = recategorised.id if kind == "categorisations" else annotated.id
    address = f"/w/{alice.workspace.slug}/transactions/{kind}/{change}/reversal/"
    with held(alice.workspace.pk, monkeypatch):
        assert SENTENCE in Page(alice.client.post(address, {"back": ""}, follow=True)).words

    with workspace_scope(alice.workspace.pk):
        assert Transaction.objects.get().category_id == rent
    again = Page(alice.client.post(address, {"back": ""}, follow=True)).words
    assert "back" in again
    with workspace_scope(alice.workspace.pk):
        found = Transaction.objects.get()
        assert (found.category_id is None, found.own is None) == (kind == "categorisations", kind == "annotations")
