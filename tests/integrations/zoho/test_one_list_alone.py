"""What one list answers with stops that list, for as long as it does, and nothing else. R82."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.utils import timezone

from integrations.models import BooksList, ResourceState, RunState, SyncRun
from integrations.problems import Problem
from integrations.queues import RUN_SYNC
from ledger.kinds import Book
from ledger.models import Document
from ledger.sheets.rebuild import list_stale_months
from tests.integrations.faults import expire_lease
from tests.integrations.linked import assert_synced
from tests.integrations.zoho.linked_books import Company, assert_same_books, watching

pytestmark = pytest.mark.django_db(transaction=True)

LISTS = "/zoho/books/v3"
ALL_BOOKS = (Book.BOOKS, Book.INVOICES, Book.BILLS)

Query = dict[str, list[str]]
Body = dict[str, Any]


@contextmanager
def answering(company: Company, path: str, change: Callable[[Body, Query], Body | None]) -> Iterator[None]:
    """Whatever is answered there goes through `change`; None for a page of a proxy on the way."""
    own = company.sandbox._server._server.get_app()
    assert own is not None

    def application(environ: Any, start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != LISTS + path:
            return own(environ, start_response)
        given = b"".join(own(environ, lambda status, headers, failed=None: bytes))
        body = change(json.loads(given), parse_qs(environ["QUERY_STRING"]))
        content = b"<html>" if body is None else json.dumps(body).encode()
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(content)))])
        return [content]

    company.sandbox._server.use(application)
    try:
        yield
    finally:
        company.sandbox._server.use(own)


def go_on(company: Company, later: timedelta) -> SyncRun:
    """The wait is over, and so much time has passed since the last page."""
    expire_lease(company.persona, company.connection)
    with company.inside():
        ResourceState.objects.exclude(paged_at=None).update(paged_at=timezone.now() - later)
    company.queue.discard()
    company.queue.run(RUN_SYNC, str(company.persona.workspace.pk), str(company.last_run().pk))
    return company.last_run()


def assert_all_read_but(company: Company, name: BooksList) -> None:
    with company.inside():
        read = ResourceState.objects.exclude(read_at=None).values_list("resource", flat=True)
        assert set(read) == set(BooksList) - {name}
        assert [list_stale_months(book) for book in ALL_BOOKS] == [[], [], []]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/contacts", BooksList.CONTACTS),
        ("/invoices", BooksList.INVOICES),
        ("/bankaccounts", BooksList.BANK_LINES),
        ("/journals", BooksList.JOURNALS),
    ],
)
@pytest.mark.parametrize(("kind", "problem"), [("html", Problem.BAD_ANSWER), ("server_error", Problem.PROVIDER_DOWN)])
def test_a_list_that_cannot_be_understood_or_fails_at_zoho_stops_no_other(
    company: Company, path: str, name: BooksList, kind: str, problem: Problem
) -> None:
    company.sandbox.switch(kind, LISTS + path, times=0)
    run = company.sync()
    assert (run.state, run.problem) == (RunState.WAITING, problem)
    assert_all_read_but(company, name)
    company.sandbox.clear_switches()
    with watching(company.sandbox) as seen:
        go_on(company, timedelta(0))
    assert_synced(company.persona, company.connection)
    # Only what was missing is asked for.
    assert LISTS + "/bills" not in seen.paths()
    assert_same_books(company)


def test_where_zoho_is_not_reached_at_all_no_other_list_is_asked_for(company: Company) -> None:
    company.sandbox.switch("cut", LISTS + "/contacts")
    with watching(company.sandbox) as seen:
        run = company.sync()
    assert (run.state, run.problem) == (RunState.WAITING, Problem.PROVIDER_DOWN)
    assert seen.paths()[-1] == LISTS + "/contacts"


@pytest.mark.usefixtures("small_pages")
def test_a_page_that_stays_wrong_ends_the_run_although_the_pages_before_it_are_read_anew(company: Company) -> None:
    def break_the_second(body: Body, query: Query) -> Body | None:
        return None if query["page"] == ["2"] else body

    with answering(company, "/invoices", break_the_second):
        company.sync()
        runs = [go_on(company, timedelta(minutes=20)) for _ in range(6)]
        assert [one.state for one in runs] == [RunState.WAITING] * 5 + [RunState.FAILED]
        assert runs[-1].problem == Problem.BAD_ANSWER
        assert_all_read_but(company, BooksList.INVOICES)
        with company.inside():
            assert 0 < Document.objects.filter(kind="invoice").count() <= 20
        # What is new elsewhere is read by the next run all the same.
        bill = company.reader.all("/bills", "bills")[0]["bill_id"]
        company.reader.change("delete", id=bill)
        company.make_due()
        company.sync()
        with company.inside():
            assert Document.objects.get(provider_id=bill).deleted_at is not None
    go_on(company, timedelta(minutes=20))
    assert_synced(company.persona, company.connection)
    assert_same_books(company)


@pytest.mark.usefixtures("small_pages")
def test_a_list_that_gives_one_page_for_every_number_is_not_asked_for_ever(company: Company) -> None:
    rows: list[Any] = []

    def repeat(body: Body, query: Query) -> Body:
        rows[:] = rows or body["invoices"]
        return {"code": 0, "invoices": rows}

    with answering(company, "/invoices", repeat), watching(company.sandbox) as seen:
        run = company.sync()
    assert (run.state, run.problem) == (RunState.WAITING, Problem.BAD_ANSWER)
    assert len(rows) == 20
    assert [one["page"] for one in seen.asked("/invoices")] == ["1", "2"]
    assert_all_read_but(company, BooksList.INVOICES)


def test_the_bank_accounts_of_every_page_are_read(company: Company) -> None:
    (bank,) = company.reader.all("/bankaccounts", "bankaccounts")

    def split(body: Body, query: Query) -> Body:
        page = int(query["page"][0])
        rows = [bank | {"account_id": "17"} if page == 1 else bank]
        return {"code": 0, "bankaccounts": rows, "page_context": {"page": page, "has_more_page": page == 1}}

    with answering(company, "/bankaccounts", split), watching(company.sandbox) as seen:
        company.sync_well()
    assert [one["page"] for one in seen.asked("/bankaccounts")] == ["1", "2"]
    assert {one["account_id"] for one in seen.asked("/banktransactions")} == {str(bank["account_id"])}


def test_bank_accounts_that_are_the_same_on_every_page_are_not_asked_for_ever(company: Company) -> None:
    def repeat(body: Body, query: Query) -> Body:
        return {"code": 0, "bankaccounts": [{"account_id": "17"}], "page_context": {"has_more_page": True}}

    with answering(company, "/bankaccounts", repeat), watching(company.sandbox) as seen:
        run = company.sync()
    assert (run.state, run.problem) == (RunState.WAITING, Problem.BAD_ANSWER)
    assert len(seen.asked("/bankaccounts")) == 2
