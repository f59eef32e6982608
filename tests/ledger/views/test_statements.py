"""The transactions page asks as much of the database for five thousand rows as for fifty, however it is narrowed."""

from datetime import timedelta

import pytest

from ledger.actions import create_saved_view, write_note
from tests.ledger.counting import counted_statements
from tests.ledger.people import SYNC, Feed, category
from tests.ledger.views.reading import TODAY
from tests.support.people import Persona

pytestmark = pytest.mark.django_db

FEW, MANY = 60, 5_000
QUERIES = {
    "default": "",
    "by date and category": "?from={first}&category={rent}&category=none&status=posted",
    "text": "?q=payment",
    "amount, sorted": "?min=1&order=largest",
    "next page": "?after={row}",
    "next page of a search": "?q=payment&after={row}",
}


def statements_of(persona: Persona, query: str) -> tuple[int, int]:
    """How many statements a page takes, and how many rows it shows."""
    with counted_statements() as statements:
        answer = persona.client.get(f"/w/{persona.workspace.slug}/transactions/{query}")
    assert answer.status_code == 200
    return len(statements), answer.content.count(b"<tr ") - 1


@pytest.fixture
def words(bank: Feed) -> dict[str, object]:
    """Few rows, one of them with a note, and a saved view."""
    with bank.scope():
        add(bank, range(FEW))
        row = bank.transaction("row-5").id
        write_note(actor=SYNC, transaction_id=row, note="Ask Bob")
        create_saved_view(actor=SYNC, name="Rent", query="q=rent")
        rent = category("rent").id
    return {"row": row, "rent": rent, "first": TODAY - timedelta(days=200)}


def add(bank: Feed, numbers: range) -> None:
    rows = (
        bank.row(
            TODAY - timedelta(days=number % 400),
            -number * 100,
            f"Payment {number}",
            counterparty=f"Payee {number % 7}",
            hint="RENT_AND_UTILITIES_RENT" if number % 2 else None,
        )
        for number in numbers
    )
    bank.apply(*rows)


def test_a_page_takes_the_same_statements_at_any_size(alice: Persona, bank: Feed, words: dict[str, object]) -> None:
    asked = {name: query.format(**words) for name, query in QUERIES.items()}
    statements_of(alice, "")
    few = {name: statements_of(alice, query) for name, query in asked.items()}
    with bank.scope():
        add(bank, range(FEW, MANY))
    many = {name: statements_of(alice, query) for name, query in asked.items()}

    assert {name: count for name, (count, _) in many.items()} == {name: count for name, (count, _) in few.items()}
    assert {rows for _, rows in many.values()} == {50}
    assert max(count for count, _ in many.values()) <= 24
