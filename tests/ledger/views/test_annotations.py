from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.ledger.people import Feed
from tests.ledger.views.reading import TODAY, Page
from tests.support.people import Persona

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(bank: Feed) -> Feed:
    with bank.scope():
        bank.apply(*(bank.row(TODAY - timedelta(days=n), -100, f"Row {n}") for n in range(60)))
    return bank


def address(persona: Persona, rest: str = "") -> str:
    return f"/w/{persona.workspace.slug}/transactions/{rest}"


def post(persona: Persona, **data: Any) -> Any:
    return persona.client.post(address(persona, "annotations/"), {"where_noted": "keep", "back": "", **data})


def undo_of(persona: Persona, answer: Any) -> str:
    changed = answer.headers["Location"].rpartition("changed=")[2]
    return address(persona, f"annotations/{changed}/reversal/")


def ids(rows: Feed, *numbers: int) -> list[UUID]:
    with rows.scope():
        return [rows.transaction(f"row-{number + 1}").id for number in numbers]


def note_of(rows: Feed, number: int) -> str | None:
    with rows.scope():
        own = rows.transaction(f"row-{number + 1}").own
        return own.note if own else None


def test_ticked_rows_get_the_note_and_the_list_offers_to_take_it_back(alice: Persona, rows: Feed) -> None:
    answer = post(alice, transaction=ids(rows, 0, 1), note="Ask Bob", back="q=Row")
    page = Page(alice.client.get(answer.headers["Location"]))

    assert answer.headers["Location"].startswith(address(alice, "?q=Row&changed="))
    assert "2 transactions now have this note. Undo" in page.words
    assert undo_of(alice, answer) in page.html
    assert [note_of(rows, number) for number in (0, 1, 2)] == ["Ask Bob", "Ask Bob", None]

    undone = alice.client.post(undo_of(alice, answer), {"back": "q=Row"}, follow=True)
    assert undone.redirect_chain == [(address(alice, "?q=Row"), 302)]
    assert "The note was taken back from 2 transactions." in Page(undone).words
    assert note_of(rows, 0) is None


def test_a_note_that_is_there_is_kept_unless_it_is_to_be_replaced(alice: Persona, rows: Feed) -> None:
    post(alice, transaction=ids(rows, 0), note="First")
    kept = post(alice, transaction=ids(rows, 0, 1), note="Second")
    assert (
        "1 transaction now has this note; 1 kept the one it had."
        in Page(alice.client.get(kept.headers["Location"])).words
    )
    assert [note_of(rows, number) for number in (0, 1)] == ["First", "Second"]

    post(alice, transaction=ids(rows, 0, 1), note="Third", where_noted="replace")
    assert [note_of(rows, number) for number in (0, 1)] == ["Third", "Third"]


def test_everything_that_matches_gets_the_note(alice: Persona, rows: Feed) -> None:
    version = alice.client.get(address(alice, "?status=posted")).context["page"].sheet_version
    answer = post(alice, everything=version, note="Ask Bob", back="status=posted")

    assert "60 transactions now have this note." in Page(alice.client.get(answer.headers["Location"])).words
    assert alice.client.get(address(alice, "?q=ask+bob")).context["page"].count == "60 transactions"


def test_everything_is_asked_again_when_the_rows_have_changed(alice: Persona, rows: Feed) -> None:
    version = alice.client.get(address(alice, "?status=posted")).context["page"].sheet_version
    with rows.scope():
        rows.apply(rows.row(TODAY, -1, "A new one"))
    answer = post(alice, everything=version, note="Ask Bob", back="status=posted")

    assert answer.status_code == 422
    assert "These transactions have changed since the page was shown." in Page(answer).words
    assert note_of(rows, 0) is None


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"note": " "}, "Write the note first."),
        ({"note": "x" * 2_001}, "at most 2000 characters"),
        ({"note": "x", "where_noted": "both"}, "Select a valid choice."),
        ({"note": "x", "transaction": ""}, "This is not an id."),
        ({"note": "x", "transaction": str(uuid4())}, "This transaction does not exist."),
    ],
)
def test_what_could_not_be_done_stays_in_the_form(
    alice: Persona, rows: Feed, data: dict[str, str], sentence: str
) -> None:
    answer = post(alice, **{"transaction": ids(rows, 0), "back": "q=Row", **data})

    assert answer.status_code == 422
    assert sentence in Page(answer).words
    assert 'name="q" value="Row"' in answer.content.decode()
    assert note_of(rows, 0) is None


def test_a_note_that_all_would_keep_out_is_answered(alice: Persona, rows: Feed) -> None:
    post(alice, transaction=ids(rows, 0), note="First")
    answer = post(alice, transaction=ids(rows, 0), note="Second")

    assert answer.status_code == 422
    assert "All of these have a note already." in Page(answer).words
    assert "Second" in Page(answer).words


def test_it_is_taken_back_once(alice: Persona, rows: Feed) -> None:
    answer = post(alice, transaction=ids(rows, 0), note="First")
    alice.client.post(undo_of(alice, answer), {"back": ""})
    again = alice.client.post(undo_of(alice, answer), {"back": ""}, follow=True)

    assert "This change has been taken back already." in Page(again).words
    assert alice.client.post(address(alice, f"annotations/{uuid4()}/reversal/")).status_code == 404


def test_the_two_forms_for_many_rows_do_not_hold_each_other_up(alice: Persona, rows: Feed) -> None:
    bulk = alice.client.get(address(alice)).content.decode().partition('id="bulk"')[2].partition("</form>")[0]

    assert "<textarea" in bulk
    assert "<select" in bulk
    assert " required" not in bulk
