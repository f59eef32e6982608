"""Trouble stops as little as it can, gives nothing up, and what was broken off goes on where it was. R82; ruling 30."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from audit.models import Event
from integrations.models import Alert, BooksList, Connection, ResourceState, RunState, SyncRun, ZohoGrant
from integrations.problems import Problem, State
from integrations.queues import RUN_SYNC
from integrations.sync.run import run_sync
from ledger.kinds import Book
from ledger.models import BooksAccount, BooksOrganization, Contact, Document, Payment, Posting
from ledger.sheets.rebuild import list_stale_months
from tests.integrations.faults import Died, at_statement, dying, expire_lease
from tests.integrations.linked import TaskQueue, assert_synced, opened
from tests.integrations.sandbox.zoho_reader import EUROPE, READ
from tests.integrations.support import Sandbox
from tests.integrations.zoho.linked_books import (
    Company,
    assert_same_books,
    connect_books,
    kept_balances,
    watching,
)
from tests.integrations.zoho.test_upstream_changes import SWEPT, live_postings, open_invoice
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)

INVOICES = "/zoho/books/v3/invoices"
LINES = "/zoho/books/v3/chartofaccounts/transactions"

Control = Callable[..., None]


def live(company: Company) -> tuple[int, ...]:
    """How many rows of each kind count."""
    with company.inside():
        models: tuple[Any, ...] = (BooksAccount, Contact, Document, Payment, Posting)
        return tuple(model.objects.filter(deleted_at=None).count() for model in models)


def run_now(company: Company) -> None:
    run_sync(company.persona.workspace.pk, company.last_run().pk)


@pytest.mark.usefixtures("small_pages")
def test_a_sweep_that_fails_deletes_nothing(company: Company) -> None:
    company.sync_well()
    before = live(company)
    for kind in ("server_error", "html", "truncated", "cut", "rate_44", "wrong_organization"):
        break_sweep(company, kind, LINES)
        assert live(company) == before
    # Its rows would be missing from a sweep that took the broken page for the end.
    invoice = open_invoice(company)["invoice_id"]
    company.reader.change("delete", id=invoice)
    for kind in ("server_error", "html", "truncated", "cut", "rate_44", "wrong_organization"):
        break_sweep(company, kind, INVOICES)
        # Of the lines those are gone that the ledger itself no longer shows, where it could be read all the same.
        assert live(company)[:4] == before[:4]
    company.make_due()
    company.sync_well()
    assert live(company)[:4] != before[:4]
    assert live_postings(company, invoice) == 0
    assert_same_books(company)


def break_sweep(company: Company, kind: str, path: str) -> None:
    """The second page of a list goes wrong while all is read, and nobody goes on with what was broken off."""
    company.make_due()
    company.sandbox.switch(kind, path, after=1)
    run = company.sync()
    assert company.sandbox.served() == 1
    assert run.state in (RunState.WAITING, RunState.FAILED)
    company.sandbox.clear_switches()
    cache.clear()
    begin_anew(company)


def begin_anew(company: Company) -> None:
    """Nobody goes on with what was broken off."""
    with company.inside() as connection:
        SyncRun.objects.filter(connection=connection, state=RunState.WAITING).update(state=RunState.FAILED, due_at=None)
        ResourceState.objects.update(reading="", started_at=None, part="", page=1, dirty_from=None, read_at=None)
        Connection.objects.update(failures=0)


@pytest.mark.usefixtures("small_pages")
def test_a_row_that_slips_to_another_page_meanwhile_is_not_taken_for_deleted(company: Company) -> None:
    company.sync_well()
    invoices = company.reader.all("/invoices", "invoices", sort_column="created_time", sort_order="A")
    assert len(invoices) > 60
    gone = invoices[3]["invoice_id"]
    company.make_due(*SWEPT)
    asked: list[int] = []

    def delete_after_the_first_page(_: int, path: str, control: Control) -> None:
        if path == INVOICES:
            asked.append(1)
            if len(asked) == 2:
                control("/control/zoho/changes", organization_id=EUROPE, kind="delete", id=gone)

    with watching(company.sandbox, before=delete_after_the_first_page) as seen:
        company.sync_well()
    # It was there when the first page was read, and the row that took its place is looked for once more.
    assert gone_documents(company) == []
    pages = [int(one["page"]) for one in seen.asked("/invoices")]
    assert pages.count(1) == 2
    company.make_due(*SWEPT)
    company.sync_well()
    assert gone_documents(company) == [gone]
    assert_same_books(company)


def gone_documents(company: Company) -> list[str]:
    with company.inside():
        return list(Document.objects.exclude(deleted_at=None).values_list("provider_id", flat=True))


def test_rows_of_another_organisation_are_refused_and_an_alarm_is_on_record(company: Company) -> None:
    company.sync_well()
    before, balances = live(company), kept_balances(company)
    company.make_due()
    company.sandbox.switch("wrong_organization", INVOICES)
    run = company.sync()
    assert (run.state, run.problem) == (RunState.FAILED, Problem.BAD_DATA)
    with company.inside() as connection:
        assert connection.state == State.ERROR
        (alarm,) = Event.objects.filter(action="integrations.books.refused")
        assert (alarm.outcome, alarm.target_id) == (Event.Outcome.REFUSED, connection.pk)
    assert live(company) == before
    assert kept_balances(company) == balances
    company.sync_well()
    assert_same_books(company)


def test_a_list_that_was_not_granted_is_not_asked_for_and_stops_no_other(
    alice: Persona, zoho: Sandbox, queue: TaskQueue
) -> None:
    company = connect_books(alice, zoho, queue, EUROPE, scope=READ.replace("ZohoBooks.invoices.READ,", ""))
    with watching(zoho) as seen:
        company.sync_well()
    assert INVOICES not in seen.paths()
    assert company.state(BooksList.INVOICES).is_missing_scope
    with company.inside():
        assert set(Document.objects.values_list("kind", flat=True)) == {"bill"}
        assert ResourceState.objects.filter(is_missing_scope=True).count() == 1
    assert_same_books(company)


def test_a_list_that_zoho_refuses_all_the_same_stops_no_other(company: Company) -> None:
    company.sandbox.switch("scope_missing", INVOICES, times=5)
    company.sync_well()
    assert company.state(BooksList.INVOICES).is_missing_scope
    assert not company.state(BooksList.BILLS).is_missing_scope
    assert_same_books(company)
    company.sandbox.clear_switches()
    with watching(company.sandbox) as seen:
        company.sync_well()
    assert INVOICES not in seen.paths()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/contacts", BooksList.CONTACTS),
        ("/invoices", BooksList.INVOICES),
        ("/bankaccounts", BooksList.BANK_LINES),
        ("/journals", BooksList.JOURNALS),
    ],
)
def test_a_list_whose_question_zoho_finds_wrong_stops_no_other(company: Company, path: str, name: BooksList) -> None:
    company.sandbox.switch("rejected", f"/zoho/books/v3{path}", times=0)
    run = company.sync()
    assert (run.state, run.problem, run.problem_code) == (RunState.FAILED, Problem.REJECTED, "2")
    with company.inside() as connection:
        assert (connection.state, connection.problem) == (State.ERROR, Problem.REJECTED)
        read = ResourceState.objects.exclude(read_at=None).values_list("resource", flat=True)
        assert set(read) == set(BooksList) - {name}
        assert [list_stale_months(book) for book in (Book.BOOKS, Book.INVOICES, Book.BILLS)] == [[], [], []]
    assert_same_books(company)
    company.sandbox.clear_switches()
    company.sync_well()
    assert company.state(name).read_at is not None
    assert all(live(company))
    assert_same_books(company)


def test_of_several_refused_lists_the_first_is_said(company: Company) -> None:
    company.sandbox.switch("rejected", LINES, times=0)
    company.sandbox.switch("rejected", INVOICES, times=0)
    with watching(company.sandbox) as seen:
        assert company.sync().problem == Problem.REJECTED
    # Of the general ledger a single account is asked for in vain.
    assert [seen.paths().count(one) for one in (INVOICES, LINES)] == [1, 1]


def test_without_the_chart_of_accounts_nothing_else_is_read(company: Company) -> None:
    company.sandbox.switch("rejected", "/zoho/books/v3/chartofaccounts")
    with watching(company.sandbox) as seen:
        assert company.sync().problem == Problem.REJECTED
    assert seen.paths()[-1] == "/zoho/books/v3/chartofaccounts"
    assert sum(live(company)) == 0
    company.sync_well()
    assert_same_books(company)


def test_lines_of_another_account_are_not_understood_and_are_no_alarm(company: Company) -> None:
    company.sync_well()
    before = live(company)
    company.make_due()
    with company.inside():
        busy = Posting.objects.values_list("account__provider_id", flat=True).order_by("-date")[0]
    own = company.sandbox._server._server.get_app()
    assert own is not None

    def deaf(environ: Any, start_response: Any) -> Any:
        """Passes over which account is asked for."""
        query = re.sub(r"account_id=\w+", f"account_id={busy}", environ["QUERY_STRING"])
        return own(environ | ({"QUERY_STRING": query} if environ["PATH_INFO"] == LINES else {}), start_response)

    company.sandbox._server.use(deaf)
    run = company.sync()
    company.sandbox._server.use(own)
    assert (run.state, run.problem) == (RunState.WAITING, Problem.BAD_ANSWER)
    assert live(company) == before
    with company.inside():
        assert not Event.objects.filter(action="integrations.books.refused").exists()


def test_without_the_accountants_scope_there_are_documents_and_no_ledger(
    alice: Persona, zoho: Sandbox, queue: TaskQueue
) -> None:
    company = connect_books(alice, zoho, queue, EUROPE, scope=READ.replace(",ZohoBooks.accountants.READ", ""))
    company.sync_well()
    accounts, contacts, documents, _, postings = live(company)
    assert (accounts, postings) == (0, 0)
    assert contacts
    assert documents


def test_a_token_that_expires_between_two_pages(company: Company) -> None:
    def expire(number: int, path: str, control: Control) -> None:
        if number == 6:
            control("/control/zoho/grants", kind="expire")

    with watching(company.sandbox, before=expire) as seen:
        company.sync_well()
    refreshes = seen.paths("POST").count("/zoho/oauth/v2/token")
    assert refreshes == 2
    assert_same_books(company)


def test_a_grant_that_was_revoked_asks_for_a_person_and_for_nothing_else(company: Company) -> None:
    company.sync_well()
    company.sandbox.post("/control/zoho/grants", kind="revoke")
    with watching(company.sandbox) as seen:
        run = company.sync()
        company.sync()
    assert (run.state, run.problem) == (RunState.FAILED, Problem.NEEDS_REAUTH)
    assert len(seen.calls) <= 3
    with opened(company.persona, company.connection) as now:
        assert (now.state, now.due_at) == (State.NEEDS_REAUTH, None)
        assert Alert.objects.count() == 1


def test_a_worker_that_dies_again_and_again_loses_and_doubles_nothing(company: Company) -> None:
    company.ask()
    company.queue.discard()
    deaths = 0
    # Each worker lives a little longer than the one before, so that every stretch of the run sees a death.
    for life in range(5, 2000, 23):
        try:
            with dying(at_statement(life)):
                run_now(company)
        except Died:
            deaths += 1
            expire_lease(company.persona, company.connection)
        if not company.last_run().is_open:
            break
    assert deaths > 10
    assert_synced(company.persona, company.connection)
    assert_same_books(company)
    with company.inside():
        assert [list_stale_months(book) for book in (Book.BOOKS, Book.INVOICES, Book.BILLS)] == [[], [], []]


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize(
    "when",
    [
        lambda sql: sql.startswith('UPDATE "integrations_resourcestate"') and '"page"' in sql,
        lambda sql: "INSERT INTO audit_event" in sql,
    ],
    ids=["keeping the place", "recording"],
)
def test_a_page_and_the_place_to_go_on_from_land_together(when: Callable[[str], bool], company: Company) -> None:
    company.ask()
    company.queue.discard()
    with pytest.raises(Died), dying(when):
        run_now(company)
    state = company.state(BooksList.INVOICES) if _has_state(company) else None
    with company.inside():
        documents = Document.objects.count()
    assert documents == (0 if state is None else 20 * (state.page - 1))
    expire_lease(company.persona, company.connection)
    run_now(company)
    assert_synced(company.persona, company.connection)
    assert_same_books(company)


def _has_state(company: Company) -> bool:
    with company.inside():
        return ResourceState.objects.filter(resource=BooksList.INVOICES).exists()


@pytest.mark.usefixtures("small_pages")
def test_the_next_worker_goes_on_with_the_page_that_was_not_written(company: Company) -> None:
    company.ask()
    company.queue.discard()

    def die_at_the_fourth(number: int, path: str, control: Control) -> None:
        if path == INVOICES and len([one for one in seen.paths() if one == INVOICES]) == 4:
            raise_soon.append(True)

    raise_soon: list[bool] = []
    with watching(company.sandbox, before=die_at_the_fourth) as seen:
        with pytest.raises(Died), dying(lambda sql: bool(raise_soon)):
            run_now(company)
        raise_soon.clear()
        expire_lease(company.persona, company.connection)
        first = len(seen.calls)
        run_now(company)
    again = [int(query["page"][0]) for _, path, query in seen.calls[first:] if path == INVOICES]
    assert again[0] == 4
    assert again == sorted(set(again))
    assert "/zoho/books/v3/contacts" not in [path for _, path, _ in seen.calls[first:]]
    assert_same_books(company)


def test_what_changed_while_the_ledger_was_read_is_read_by_the_next_run(company: Company) -> None:
    invoice = open_invoice(company)["invoice_id"]
    company.ask()
    company.queue.discard()
    read: list[int] = []

    def die_amid_the_lines(_: int, path: str, control: Control) -> None:
        if path == LINES:
            read.append(1)

    with watching(company.sandbox, before=die_amid_the_lines), pytest.raises(Died), dying(lambda sql: len(read) > 6):
        run_now(company)
    company.reader.change("void", id=invoice)
    expire_lease(company.persona, company.connection)
    run_now(company)
    assert_synced(company.persona, company.connection)
    company.sync_well()
    assert live_postings(company, invoice) == 0
    assert_same_books(company)


def test_a_base_currency_that_changes_stops_the_run(company: Company) -> None:
    company.sync_well()
    with company.inside():
        before = BooksOrganization.objects.get().base_currency
        BooksOrganization.objects.update(base_currency="CHF")
    run = company.sync()
    assert (run.state, run.problem) == (RunState.FAILED, Problem.BAD_DATA)
    assert RUN_SYNC not in [name for name, _ in company.queue.discard()]
    # Nothing may stay that `verify_sheets`, which looks at every workspace, would find.
    with company.inside():
        BooksOrganization.objects.update(base_currency=before)


def test_what_is_asked_for_after_a_list_was_read_is_read_by_a_run_of_its_own(company: Company) -> None:
    company.ask()
    company.queue.discard()
    with pytest.raises(Died), dying(lambda sql: "ledger_posting" in sql):
        run_now(company)
    company.ask()
    expire_lease(company.persona, company.connection)
    run_now(company)
    company.queue.work()
    with company.inside() as connection:
        triggers = SyncRun.objects.filter(connection=connection).order_by("created_at").values_list("trigger", "state")
        assert list(triggers) == [("person", "succeeded"), ("again", "succeeded")]


def test_a_list_that_is_granted_again_is_read_as_a_whole(company: Company) -> None:
    company.sync_well()
    with company.inside() as connection:
        ZohoGrant.objects.filter(connection=connection).update(scopes=READ.replace("ZohoBooks.bills.READ", ""))
    company.sync_well()
    assert company.state(BooksList.BILLS).is_missing_scope
    with company.inside() as connection:
        ZohoGrant.objects.filter(connection=connection).update(scopes=READ.replace(",", " "), granted_at=timezone.now())
    with watching(company.sandbox) as seen:
        company.sync_well()
    assert "last_modified_time" not in seen.asked("/bills")[0]
    assert not company.state(BooksList.BILLS).is_missing_scope
