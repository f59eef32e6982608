"""How fast a first sync of books is: the product's own worker, the sandbox's Zoho over HTTP in pages of 200 rows."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.utils import timezone

from accounts.access import workspace_scope
from accounts.actions import create_workspace
from accounts.models import User
from config.demo import programs
from integrations.actions import request_sync
from integrations.models import Connection, ItemFacts, OrganizationFacts, SyncRun, Trigger, ZohoGrant
from integrations.providers.secret import Secret
from ledger.books_kinds import DocumentKind
from ledger.models import Document, Posting
from ledger.reports.books import read_trial_balance
from tests.benchmarks.company import ACTOR
from tests.benchmarks.memory import peaks_of_children
from tests.benchmarks.syncing import SyncFailed, wait_for_run
from tests.integrations.sandbox.zoho_reader import READ, read
from tests.integrations.support import ZOHO_CLIENT, ZOHO_SECRET, Sandbox


@dataclass(frozen=True, slots=True)
class BooksSync:
    """`rows` of all lists in `seconds`, among them `invoices` and `postings`; `worker` is its process's highest resident
    size, in bytes."""

    rows: int
    invoices: int
    postings: int
    calls: int
    seconds: float
    worker: int


def sync_books_over_http(
    owner: User, organization_id: str, base_currency: str, environment: Mapping[str, str], folder: Path
) -> BooksSync:
    """All lists of an organisation, once. The pace that Zoho asks for is left out: it would be all that is measured.
    Raises SyncFailed."""
    workspace_id = create_workspace(actor=ACTOR, owner=owner, name="Benchmark", base_currency=base_currency).pk
    sandbox = Sandbox(folder)
    try:
        with _worker(sandbox, environment, folder) as worker:
            run_id = _ask(sandbox, workspace_id, organization_id, base_currency)
            seconds = wait_for_run(workspace_id, run_id)
            peak = max(peaks_of_children(worker), default=0)
    finally:
        sandbox.stop()
    return _result(workspace_id, run_id, seconds, peak)


@contextmanager
def _worker(sandbox: Sandbox, environment: Mapping[str, str], folder: Path) -> Iterator[int]:
    there = {
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.worker_settings",
        "ZOHO_CLIENT_ID": ZOHO_CLIENT,
        "ZOHO_CLIENT_SECRET": ZOHO_SECRET,
        "ZOHO_ACCOUNTS_URL": f"{sandbox.url}/zoho",
        "ZOHO_API_URL": f"{sandbox.url}/zoho/books/v3",
    }
    worker = programs.start_worker(environment={**environment, **there}, logs=folder, beat=None, processes="1")
    try:
        programs.wait_for_worker(worker)
        yield worker.process.pid
    finally:
        worker.stop()


def _ask(sandbox: Sandbox, workspace_id: UUID, organization_id: str, base_currency: str) -> UUID:
    granted = read(sandbox, organization_id, READ, person="benchmark")
    with workspace_scope(workspace_id):
        connection = Connection.objects.create(
            provider=Connection.Provider.ZOHO, facts=ItemFacts(organization_id, "The company's books")
        )
        ZohoGrant.objects.create(
            connection=connection,
            location="us",
            organization=OrganizationFacts(organization_id, "The company's books", base_currency),
            scopes=READ.replace(",", " "),
            refresh_token=Secret(granted.refresh_token),
            granted_at=timezone.now(),
        )
        return request_sync(actor=ACTOR, connection_id=connection.pk, trigger=Trigger.FIRST).pk


def _result(workspace_id: UUID, run_id: UUID, seconds: float, peak: int) -> BooksSync:
    with workspace_scope(workspace_id):
        run = SyncRun.objects.get(pk=run_id)
        invoices = Document.objects.filter(kind=DocumentKind.INVOICE, deleted_at=None).count()
        postings = Posting.objects.filter(deleted_at=None).count()
        balance = read_trial_balance(last=timezone.now().date())
    if not invoices or not postings or not balance.is_balanced:
        raise SyncFailed("The books are not all there, or their trial balance is none")
    return BooksSync(run.rows_read, invoices, postings, run.pages_read, seconds, peak)
