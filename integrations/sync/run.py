"""Carrying out one run: take the lease, read, write, add up, and put whatever goes wrong into words."""

import logging
from uuid import UUID

from audit.log import Target, record
from audit.models import Event
from integrations.gateway import plaid_for
from integrations.problems import Problem, problem_of
from integrations.providers.plaid_errors import PlaidProblem, RateLimited
from integrations.providers.zoho_errors import WrongOrganization, ZohoProblem
from integrations.sync.endings import end_destroyed, end_in_trouble, put_off, succeed
from integrations.sync.lease import Lease, LeaseLost, hold, take_lease
from integrations.sync.reading import open_reader, read_accounts, read_update
from integrations.sync.writing import ACTOR, build_months, settle_former, write_staged
from integrations.sync.zoho.run import sync_books
from integrations.zoho_budget import seconds_of_pause
from ledger.actions.books import BaseCurrencyChanged
from ledger.books_feeds import UnknownBooksAccount
from ledger.currencies import UnknownCurrency
from ledger.feeds import UnknownAccount
from ledger.money import InexactAmount
from ledger.sheets.store import SheetsBusy
from vault.keyring import KeyDestroyed

log = logging.getLogger(__name__)


def run_sync(workspace_id: UUID, run_id: UUID) -> None:
    """Bring the run's connection up to date. Does nothing when another worker has the run or it is over."""
    lease = take_lease(workspace_id, run_id)
    if lease is None:
        return
    try:
        _carry_out(lease)
    except LeaseLost:
        log.warning("Run %s went to another worker, or was ended", run_id)


def _carry_out(lease: Lease) -> None:
    try:
        if lease.is_books:
            succeed(lease, wait=sync_books(lease))
        else:
            _sync_bank(lease)
            succeed(lease)
    except PlaidProblem as error:
        retry_after = error.retry_after if isinstance(error, RateLimited) else None
        end_in_trouble(lease, problem_of(error), code=error.error_code, retry_after=retry_after)
    except ZohoProblem as error:
        _end_of_books(lease, error)
    except (UnknownAccount, UnknownBooksAccount, UnknownCurrency, InexactAmount, BaseCurrencyChanged):
        end_in_trouble(lease, Problem.BAD_DATA)
    except SheetsBusy:
        end_in_trouble(lease, Problem.BUSY)
    except LeaseLost:
        raise
    except KeyDestroyed as gone:
        log.info("Run %s ended: %s", lease.run_id, gone)
        end_destroyed(lease)
    except Exception:
        log.exception("Run %s failed", lease.run_id)
        end_in_trouble(lease, Problem.INTERNAL)


def _sync_bank(lease: Lease) -> None:
    if not lease.is_whole:
        with plaid_for(lease.workspace_id) as client:
            reader = open_reader(lease, client)
            read_update(reader, known=read_accounts(reader))
    write_staged(lease)
    settle_former(lease)
    build_months(lease)


def _end_of_books(lease: Lease, error: ZohoProblem) -> None:
    problem = problem_of(error)
    if problem == Problem.RATE_LIMITED:
        return put_off(lease, code=error.error_code, seconds=seconds_of_pause(error))
    if isinstance(error, WrongOrganization):
        _raise_alarm(lease)
    return end_in_trouble(lease, problem, code=error.error_code, retry_after=error.retry_after)


def _raise_alarm(lease: Lease) -> None:
    log.error("Run %s was given rows of another organisation", lease.run_id)
    with hold(lease) as held:
        record(
            actor=ACTOR,
            action="integrations.books.refused",
            target=Target("connection", held.connection.pk),
            detail={"run": str(held.run.pk), "because": "another organisation"},
            outcome=Event.Outcome.REFUSED,
        )
