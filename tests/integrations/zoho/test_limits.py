"""Zoho's limits make a run wait without a worker waiting, and it goes on where it was."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from integrations import zoho_budget
from integrations.models import Alert, AlertState, BooksList, ResourceState, RunState
from integrations.problems import Problem, State
from integrations.providers import zoho_messages
from integrations.queues import RUN_SYNC
from integrations.sync.zoho import states
from tests.integrations.faults import expire_lease
from tests.integrations.linked import TaskQueue, assert_synced, opened
from tests.integrations.support import Sandbox
from tests.integrations.zoho.linked_books import Company, assert_same_books, connect_books, watching
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])


def go_on(company: Company) -> None:
    """The wait is over: the clock finds the run."""
    expire_lease(company.persona, company.connection)
    company.queue.discard()
    company.queue.run(RUN_SYNC, str(company.persona.workspace.pk), str(company.last_run().pk))


def forget_limits() -> None:
    """What was counted and held is over."""
    cache.clear()


def start(company: Company) -> None:
    """Ask for a sync and let a worker take it."""
    company.ask()
    assert company.queue.work(1) == [RUN_SYNC]


def test_a_minute_that_is_used_up_is_waited_for_outside_the_worker(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zoho_budget, "CALLS", 9)
    with watching(company.sandbox) as seen:
        start(company)
        # The worker has let go of it, and the time to go on is still to come.
        run = company.last_run()
        assert (run.state, run.problem) == (RunState.WAITING, Problem.RATE_LIMITED)
        assert run.due_at is not None
        assert timezone.now() < run.due_at < timezone.now() + timedelta(seconds=61)
        assert len(seen.data()) == 9
        waits = 0
        while company.last_run().state == RunState.WAITING and waits < 20:
            waits += 1
            forget_limits()
            go_on(company)
    assert waits >= 2
    pages = [(path, sorted(query.items())) for _, path, query in seen.data() if path != "/zoho/books/v3/bankaccounts"]
    assert all(pages.count(one) == 1 for one in pages)
    assert_synced(company.persona, company.connection)
    assert_same_books(company)


@pytest.mark.parametrize("is_long", [False, True], ids=["a short wait", "a wait in which pages shift"])
def test_journals_of_more_pages_than_the_minute_has_calls_are_read_to_the_end(
    company: Company, monkeypatch: pytest.MonkeyPatch, is_long: bool
) -> None:
    company.sync_well()
    gone = max(company.reader.all("/journals", "journals"), key=_day)
    company.reader.change("delete", id=gone["journal_id"])
    company.make_due(BooksList.JOURNALS)
    monkeypatch.setattr(zoho_messages, "PER_PAGE", 2)
    monkeypatch.setattr(states, "PER_PAGE", 2)
    monkeypatch.setattr(zoho_budget, "CALLS", 4)
    before: list[int] = []
    with watching(company.sandbox) as seen:
        start(company)
        for _ in range(300):
            if company.last_run().state != RunState.WAITING:
                break
            if is_long and not before and seen.asked("/journals"):
                before = [int(one["page"]) for one in seen.asked("/journals")]
                with company.inside():
                    ResourceState.objects.update(paged_at=timezone.now() - timedelta(minutes=20))
            forget_limits()
            go_on(company)
    assert_synced(company.persona, company.connection)
    pages = [int(one["page"]) for one in seen.asked("/journals")]
    assert pages == [*before, *range(1, max(pages) + 1)]
    assert bool(before) == is_long
    assert max(pages) > 8
    # Only the journal that is gone has made the ledger old, from its day on.
    days = {one["date.start"] for one in seen.asked("/chartofaccounts/transactions")}
    assert days == {(date.fromisoformat(_day(gone)) - timedelta(days=1)).isoformat()}
    assert company.state(BooksList.JOURNALS).seen == ""
    assert_same_books(company)


def _day(journal: dict[str, Any]) -> str:
    return str(journal["journal_date"])


def test_a_short_wait_is_no_trouble_of_the_connections(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoho_budget, "CALLS", 9)
    start(company)
    with opened(company.persona, company.connection) as now:
        assert (now.state, now.problem) == (State.CONNECTED, "")


def test_two_workspaces_with_the_same_books_share_their_minute(
    company: Company, mallory: Persona, zoho: Sandbox, queue: TaskQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zoho_budget, "CALLS", 12)
    other = connect_books(mallory, zoho, queue)
    company.ask()
    other.ask()
    with watching(company.sandbox) as seen:
        queue.work(2)
    assert len(seen.data()) == 12
    assert {company.last_run().state, other.last_run().state} == {RunState.WAITING}


def test_when_zoho_itself_says_that_the_minute_is_over(company: Company) -> None:
    company.sandbox.switch("rate_44", "/zoho/books/v3/bills")
    start(company)
    run = company.last_run()
    assert (run.state, run.problem, run.problem_code) == (RunState.WAITING, Problem.RATE_LIMITED, "44")
    with watching(company.sandbox) as seen:
        go_on(company)
    assert seen.data() == []
    assert company.last_run().state == RunState.WAITING
    forget_limits()
    go_on(company)
    assert_synced(company.persona, company.connection)
    assert_same_books(company)


def test_a_day_that_is_used_up_is_waited_for_until_its_end(company: Company) -> None:
    company.sandbox.switch("quota_45", "/zoho/books/v3/bills")
    with watching(company.sandbox) as seen:
        start(company)
    run = company.last_run()
    assert (run.state, run.problem, run.problem_code) == (RunState.WAITING, Problem.RATE_LIMITED, "45")
    midnight = timezone.now().replace(hour=0, minute=0, second=0) + timedelta(days=1)
    assert run.due_at is not None
    assert abs(run.due_at - midnight) < timedelta(minutes=2)
    assert seen.paths().count("/zoho/books/v3/bills") == 1
    with opened(company.persona, company.connection) as now:
        assert now.state == State.RATE_LIMITED
        assert not Alert.objects.filter(state=AlertState.DUE).exists()
    forget_limits()
    go_on(company)
    assert_synced(company.persona, company.connection)
    with opened(company.persona, company.connection) as now:
        assert now.state == State.CONNECTED
    assert_same_books(company)


def test_too_many_calls_at_once_are_tried_again_soon(company: Company) -> None:
    company.sandbox.switch("busy_1070", "/zoho/books/v3/bills")
    start(company)
    run = company.last_run()
    assert (run.state, run.problem_code) == (RunState.WAITING, "1070")
    assert run.due_at is not None
    assert run.due_at < timezone.now() + timedelta(seconds=30)
    go_on(company)
    assert_same_books(company)


class TestOfTheDaysCalls:
    @pytest.fixture
    def books_options(self) -> dict[str, Any]:
        return {"per_day": 20}

    def test_a_tenth_is_left_to_the_companys_other_programs(self, company: Company) -> None:
        with watching(company.sandbox) as seen:
            start(company)
        # The list of organisations is nobody's call.
        assert len([path for path in seen.paths() if path.startswith("/zoho/books/") and "organi" not in path]) == 18
        run = company.last_run()
        assert (run.state, run.problem) == (RunState.WAITING, Problem.RATE_LIMITED)
        assert run.due_at is not None
        assert run.due_at > timezone.now() + timedelta(minutes=1)


def test_refreshing_too_often_waits_and_stays_connected(company: Company) -> None:
    company.sandbox.switch("denied", "/zoho/oauth/v2/token")
    start(company)
    run = company.last_run()
    assert (run.state, run.problem) == (RunState.WAITING, Problem.RATE_LIMITED)
    with opened(company.persona, company.connection) as now:
        assert now.state not in (State.NEEDS_REAUTH, State.ERROR)
        assert not Alert.objects.exists()


def test_however_often_a_run_waits_it_does_not_fail(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoho_budget, "CALLS", 1)
    start(company)
    for _ in range(12):
        go_on(company)
    assert company.last_run().state == RunState.WAITING
    assert company.state(BooksList.ACCOUNTS).swept_at is None
