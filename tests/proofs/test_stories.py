"""Whatever happens in whatever order, the ledger ends as the bank's books, with what people have left in it."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, seed, settings

from accounts.access import workspace_scope
from config.env import Plaid
from ledger.models import Transaction
from tests.integrations.linked import TaskQueue
from tests.integrations.support import CLIENT_ID, SECRET, Sandbox
from tests.proofs.conftest import Thoroughness
from tests.proofs.outcome import check
from tests.proofs.small_bank import make_quiet
from tests.proofs.steps import FIRST_DAY, STORIES, Added, Categorised, Changed, NewRow, Noted, Settled, Step, TakenBack
from tests.proofs.story import Story

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])

FEW = 15
ROWS_A_PAGE = 3


@pytest.fixture
def bank(tmp_path: Path, settings: "Settings") -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path, largest_page=ROWS_A_PAGE)
    make_quiet(sandbox)
    settings.PLAID = Plaid(base_url=sandbox.url, link_origin=sandbox.url, client_id=CLIENT_ID, secret=SECRET)
    yield sandbox
    sandbox.stop()


def test_whatever_happens_the_ledger_ends_as_the_banks_books(
    bank: Sandbox, queue: TaskQueue, thoroughness: Thoroughness
) -> None:
    rounds = thoroughness.or_else(FEW)
    thoroughness.say(f"\n{rounds} stories, --seed={thoroughness.seed}")
    told, began, tally = 0, time.monotonic(), Counter[str]()

    @seed(thoroughness.seed)
    @settings(
        max_examples=rounds,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(happenings=STORIES)
    def comes_out_right(happenings: list[Step]) -> None:
        nonlocal told
        queue.discard()
        story = Story.begin(bank, queue)
        story.tell(happenings)
        story.settle()
        check(story)
        told += 1
        tally.update(story.tally)
        if told % 10 == 0:
            minutes = (time.monotonic() - began) / 60
            thoroughness.say(f"{told:4} of {rounds} came out right, {minutes:5.1f} min")

    comes_out_right()
    thoroughness.say(f"{told} stories with {dict(tally)}")


def test_a_choice_taken_back_after_the_bank_changed_its_mind_is_the_banks(bank: Sandbox, queue: TaskQueue) -> None:
    story = Story.begin(bank, queue)
    story.take(Added(0, [NewRow(0, -1_25, FIRST_DAY, "TRAVEL_FLIGHTS", pending=False)]))
    story.settle()
    for step in (Categorised([0], "training"), Changed(0, 0, -1_25, FIRST_DAY, "RENT_AND_UTILITIES_RENT")):
        story.take(step)
    story.settle()
    story.take(TakenBack(0))
    story.settle()
    check(story)


def test_a_row_that_is_missing_would_be_found(bank: Sandbox, queue: TaskQueue) -> None:
    story = Story.begin(bank, queue)
    story.take(Added(0, [NewRow(0, -1_25, FIRST_DAY, "TRAVEL_FLIGHTS", pending=False)]))
    story.settle()
    check(story)
    with workspace_scope(story.owner.workspace.pk):
        Transaction.objects.update(deleted_at=timezone.now())
    with pytest.raises(AssertionError):
        check(story)


def test_a_wish_that_is_lost_would_be_found(bank: Sandbox, queue: TaskQueue) -> None:
    story = Story.begin(bank, queue)
    story.take(Added(0, [NewRow(0, -1_25, FIRST_DAY, "TRAVEL_FLIGHTS", pending=True)]))
    story.settle()
    for step in (Noted(0, "Ask Bob"), Categorised([0], "rent"), Settled(0, 0, -2_00, removed_first=True, apart=True)):
        story.take(step)
    story.settle()
    check(story)
    story.wishes.notes[0, "row-001"] = "Another note"
    with pytest.raises(AssertionError):
        check(story)
