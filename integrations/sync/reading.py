"""Reading: the accounts with their balances, then the update, page by page until it is whole."""

from dataclasses import dataclass

from integrations.models import StagedPage, Step, SyncRun
from integrations.plaid_feed import ConvertedPage, convert_accounts, convert_page
from integrations.providers.plaid import PlaidClient
from integrations.providers.plaid_errors import BadAnswer, MutationDuringPagination, NotReady, problem_of_item
from integrations.providers.plaid_messages import SyncPage
from integrations.providers.secret import Secret
from integrations.sync.lease import Lease, LeaseLost, drop_staged, hold
from integrations.sync.writing import ACTOR, keep_own, write_page
from ledger.actions.accounts import save_accounts
from ledger.actions.feed_plan import check_transaction
from ledger.feeds import FeedAccount, UnknownAccount

RESTARTS = 3
HISTORY_IS_GROWING = "INITIAL_UPDATE_COMPLETE"


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading needs. `cursor` is where the connection's last update ended, None before its first."""

    lease: Lease
    client: PlaidClient
    access_token: Secret
    cursor: Secret | None


def open_reader(lease: Lease, client: PlaidClient) -> Reader:
    """Open the connection's token and cursor. Raises LeaseLost, SealBroken, KeyDestroyed."""
    with hold(lease) as held:
        token, cursor = held.connection.access_token, held.connection.cursor
    if token is None:
        raise LeaseLost("The bank was disconnected")
    return Reader(lease, client, token, Secret(cursor) if cursor is not None else None)


def read_accounts(reader: Reader) -> frozenset[FeedAccount]:
    """Save the accounts and their balances as the bank states them now. Raises PlaidProblem for an item in trouble."""
    answer = reader.client.get_accounts(reader.access_token)
    if answer.item.error is not None:
        raise problem_of_item(answer.item.error.error_type, answer.item.error.error_code)
    accounts = convert_accounts(answer.accounts)
    with hold(reader.lease) as held:
        held.run.step = Step.READING
        own = keep_own(held.connection, accounts)
        save_accounts(actor=ACTOR, connection_id=held.connection.pk, accounts=own, complete=True)
    return frozenset(accounts)


def read_update(reader: Reader, known: frozenset[FeedAccount]) -> None:
    """Read an update: one page is written at once, more are staged until they are whole. Raises PlaidProblem."""
    for _ in range(RESTARTS):
        try:
            return _read_pages(reader, known)
        except MutationDuringPagination:
            with hold(reader.lease) as held:
                drop_staged(held.run)
    return _read_pages(reader, known)


def _read_pages(reader: Reader, known: frozenset[FeedAccount]) -> None:
    number, cursor = _last_staged(reader)
    while True:
        page = reader.client.sync_transactions(reader.access_token, cursor.reveal() if cursor else None)
        if not page.is_ready:
            raise NotReady
        if page.has_more and cursor is not None and page.next_cursor == cursor.reveal():
            # It would be the same page again, for ever.
            raise BadAnswer(request_id=page.request_id)
        converted = convert_page(page, known)
        _check(converted, known)
        if number == 0 and not page.has_more:
            return _write_only_page(reader.lease, page, converted)
        number, cursor = number + 1, Secret(page.next_cursor)
        _stage(reader.lease, number, page, converted)
        if not page.has_more:
            return None


def _check(page: ConvertedPage, known: frozenset[FeedAccount]) -> None:
    """Refuse now what could not be written later: an update is written whole or not at all."""
    accounts = {account.provider_id for account in (*known, *page.content.accounts)}
    for row in page.content.changes.upserts:
        if row.account_provider_id not in accounts:
            raise UnknownAccount
        check_transaction(row)


def _last_staged(reader: Reader) -> tuple[int, Secret | None]:
    """Where reading goes on: after the pages of a run that was asked to wait, else at the connection's cursor."""
    with hold(reader.lease) as held:
        last = StagedPage.objects.filter(run=held.run).order_by("-number").first()
        return (last.number, Secret(last.next_cursor)) if last else (0, reader.cursor)


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
