from uuid import UUID, uuid4

import pytest

from tests.ledger.people import Feed
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


def test_an_auditor_reads_the_note_and_has_no_form(alice: Persona, bob: Persona, row: UUID) -> None:
    alice.client.post(address(alice, row, "note/"), {"note": "Paid late"})
    page = Page(bob.client.get(address(bob, row)))

    assert "Paid late" in page.words
    assert "<textarea" not in page.html
    assert bob.client.post(address(bob, row, "note/"), {"note": "Mine"}).status_code == 403


def test_a_transaction_that_is_not_there_is_not_found(alice: Persona) -> None:
    assert alice.client.get(address(alice, uuid4())).status_code == 404
    assert alice.client.post(address(alice, uuid4(), "note/"), {"note": "x"}).status_code == 404
