"""Reading: the accounts with their balances, then the update, page by page until it is whole."""

from integrations.models import StagedPage, Step, SyncRun
from integrations.plaid_feed import ConvertedPage, convert_accounts, convert_page
from integrations.providers.plaid import PlaidClient
from integrations.providers.plaid_errors import MutationDuringPagination, NotReady, problem_of_code
from integrations.providers.plaid_messages import SyncPage
from integrations.providers.secret import Secret
from integrations.sync.lease import Lease, drop_staged, hold
from integrations.sync.writing import ACTOR, write_page
from ledger.actions.accounts import save_accounts
from ledger.feeds import FeedAccount

RESTARTS = 3
HISTORY_IS_GROWING = "INITIAL_UPDATE_COMPLETE"


def read_accounts(lease: Lease, client: PlaidClient) -> frozenset[FeedAccount]:
    """Save the accounts and their balances as the bank states them now. Raises PlaidProblem for an item in trouble."""
    answer = client.get_accounts(lease.access_token)
    if answer.item.error is not None:
        raise problem_of_code(answer.item.error.error_code)
    accounts = convert_accounts(answer.accounts)
    with hold(lease) as held:
        held.run.step = Step.READING
        save_accounts(actor=ACTOR, connection_id=lease.connection_id, accounts=accounts, complete=True)
    return frozenset(accounts)


def read_update(lease: Lease, client: PlaidClient, known: frozenset[FeedAccount]) -> None:
    """Read an update: one page is written at once, more are staged until they are whole. Raises PlaidProblem."""
    for _ in range(RESTARTS):
        try:
            return _read_pages(lease, client, known)
        except MutationDuringPagination:
            with hold(lease) as held:
                drop_staged(held.run)
    return _read_pages(lease, client, known)


def _read_pages(lease: Lease, client: PlaidClient, known: frozenset[FeedAccount]) -> None:
    number, cursor = _last_staged(lease)
    while True:
        page = client.sync_transactions(lease.access_token, cursor.reveal() if cursor else None)
        if not page.is_ready:
            raise NotReady
        converted = convert_page(page, known)
        if number == 0 and not page.has_more:
            return _write_only_page(lease, page, converted)
        number, cursor = number + 1, Secret(page.next_cursor)
        _stage(lease, number, page, converted)
        if not page.has_more:
            return None


def _last_staged(lease: Lease) -> tuple[int, Secret | None]:
    """Where reading goes on: after the pages of a run that was asked to wait, else at the connection's cursor."""
    with hold(lease) as held:
        last = StagedPage.objects.filter(run=held.run).order_by("-number").first()
        return (last.number, Secret(last.next_cursor)) if last else (0, lease.cursor)


def _write_only_page(lease: Lease, page: SyncPage, converted: ConvertedPage) -> None:
    with hold(lease) as held:
        _count(held.run, page, converted)
        write_page(held, converted.content, cursor=page.next_cursor, merge=True)


def _stage(lease: Lease, number: int, page: SyncPage, converted: ConvertedPage) -> None:
    with hold(lease) as held:
        _count(held.run, page, converted)
        held.run.is_whole = not page.has_more
        StagedPage.objects.create(run=held.run, number=number, content=converted.content, next_cursor=page.next_cursor)


def _count(run: SyncRun, page: SyncPage, converted: ConvertedPage) -> None:
    run.step = Step.READING
    run.pages_read += 1
    run.rows_read += len(page.added) + len(page.modified) + len(page.removed)
    run.rows_skipped += converted.skipped
    run.has_history = page.transactions_update_status != HISTORY_IS_GROWING
