"""What is said of a bank is said of books in their own words."""

import pytest

from integrations.models import Step, Trigger
from integrations.problems import REMOVAL_WAITS, TROUBLES, Problem, State, said_of
from integrations.reports.buttons import ACTIONS
from integrations.views.connections import DISCONNECTED, DISCONNECTED_HERE

SAID = [
    *(trouble.sentence for trouble in TROUBLES.values()),
    *(str(one.label) for kind in (State, Problem, Trigger, Step) for one in kind),
    *(words for action in ACTIONS.values() for words in (action.label, action.who)),
    *(DISCONNECTED, DISCONNECTED_HERE, REMOVAL_WAITS),
]


@pytest.mark.parametrize("words", SAID)
def test_nothing_said_of_books_speaks_of_a_bank(words: str) -> None:
    said = said_of(words, is_books=True)
    assert "bank" not in said.lower()
    assert "plaid" not in said.lower()
    assert "transactions" not in said.lower()
    assert said_of(words, is_books=False) == words


def test_most_of_it_would_speak_of_one() -> None:
    assert sum("bank" in words.lower() for words in SAID) > 20
