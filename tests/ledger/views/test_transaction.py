from uuid import UUID, uuid4

import pytest

from ledger.actions import annotate_transactions, recategorise_transactions
from ledger.models import Transaction
from tests.ledger.people import Feed, category
from tests.ledger.views.reading import TODAY, Page
from tests.support.people import Persona

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(bank: Feed) -> UUID:
    with bank.scope():
        hint = "RENT_AND_UTILITIES_RENT"
        bank.apply(bank.row(TODAY, -40_000, "Rent", memo="Harbour street", counterparty="Quayside", hint=hint))
        return bank.transaction("row-1").id


def address(persona: Persona, row: UUID, rest: str = "") -> str:
    return f"/w/{persona.workspace.slug}/transactions/{row}/{rest}"


def test_a_transaction_shows_what_the_bank_said_and_who_chose(alice: Persona, row: UUID) -> None:
    page = Page(alice.client.get(address(alice, row)))

    for words in ("−400.00 USD", "Quayside", "Harbour street", "Rent and utilities rent", "row-1"):
        assert words in page.words
    assert "Category chosen by The bank's hint" in page.words


def test_a_note_is_saved_and_shown_on_the_list(alice: Persona, row: UUID) -> None:
    answer = alice.client.post(address(alice, row, "note/"), {"note": "Paid late"}, follow=True)

    assert "The note was saved." in Page(answer).words
    assert "Paid late" in Page(answer).words
    assert "has a note" in Page(alice.client.get(f"/w/{alice.workspace.slug}/transactions/?q=late")).words


def test_a_note_that_is_too_long_stays_in_the_form(alice: Persona, row: UUID) -> None:
    answer = alice.client.post(address(alice, row, "note/"), {"note": "x" * 2_001})

    assert answer.status_code == 422
    assert "x" * 2_001 in answer.content.decode()
    assert "at most 2000 characters" in Page(answer).words


def test_somebody_elses_note_is_shown_before_it_is_written_over(alice: Persona, row: UUID) -> None:
    alice.client.post(address(alice, row, "note/"), {"note": "Theirs\nin two lines", "before": ""})
    refused = alice.client.post(address(alice, row, "note/"), {"note": "Mine", "before": ""})
    page = Page(refused)

    assert refused.status_code == 422
    assert "Somebody else has changed this note meanwhile. It now says: “Theirs in two lines”." in page.words
    assert "Mine</textarea>" in page.html
    assert "Theirs" in Page(alice.client.get(address(alice, row))).words

    before = page.html.partition('name="before" value="')[2].partition('"')[0]
    assert before == "Theirs\nin two lines"
    again = {"note": "Mine", "before": before.replace("\n", "\r\n")}
    assert alice.client.post(address(alice, row, "note/"), again).status_code == 302
    assert "Mine</textarea>" in alice.client.get(address(alice, row)).content.decode()


def test_the_same_note_again_is_no_quarrel(alice: Persona, row: UUID) -> None:
    alice.client.post(address(alice, row, "note/"), {"note": "Paid late", "before": ""})

    assert alice.client.post(address(alice, row, "note/"), {"note": "Paid late", "before": ""}).status_code == 302


def test_an_auditor_reads_the_note_and_has_no_form(alice: Persona, bob: Persona, row: UUID) -> None:
    alice.client.post(address(alice, row, "note/"), {"note": "Paid late"})
    page = Page(bob.client.get(address(bob, row)))

    assert "Paid late" in page.words
    assert "<textarea" not in page.html
    assert bob.client.post(address(bob, row, "note/"), {"note": "Mine"}).status_code == 403


def test_a_transaction_that_is_not_there_is_not_found(alice: Persona) -> None:
    assert alice.client.get(address(alice, uuid4())).status_code == 404
    assert alice.client.post(address(alice, uuid4(), "note/"), {"note": "x"}).status_code == 404


def test_its_history_tells_who_did_what_and_when(alice: Persona, bob: Persona, bank: Feed, row: UUID) -> None:
    with bank.scope():
        bank.apply(bank.row(TODAY, -1, "Another"))
        ids = list(Transaction.objects.values_list("id", flat=True))
        annotate_transactions(actor=alice.actor, ids=ids, note="Ask Bob")
        recategorise_transactions(actor=alice.actor, ids=[row], category_id=category("meals").id)
    alice.client.post(address(alice, row, "note/"), {"note": "", "before": "Ask Bob"})
    alice.client.post(address(alice, row, "note/"), {"note": "Bob says yes"})
    words = Page(bob.client.get(address(alice, row))).words

    assert words.count("Note written by Alice, ") == 1
    assert words.count("Note removed by Alice, ") == 1
    assert words.count("Category chosen by Alice, ") == 1
    assert "The bank's hint" not in words


def test_a_change_of_many_says_with_how_many_others(alice: Persona, bank: Feed, row: UUID) -> None:
    with bank.scope():
        bank.apply(bank.row(TODAY, -1, "Another"), bank.row(TODAY, -2, "A third"))
        ids = list(Transaction.objects.values_list("id", flat=True))
        annotate_transactions(actor=alice.actor, ids=ids, note="Ask Bob")
        recategorise_transactions(actor=alice.actor, ids=ids[:2], category_id=None)
    words = Page(alice.client.get(address(alice, row))).words

    assert "UTC, with 2 others" in words.partition("Note written by Alice")[2]
    assert ids[:2].count(row) == words.count("Category chosen by Alice")
