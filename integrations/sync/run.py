"""Carrying out one run: take the lease, read, write, add up, and put whatever goes wrong into words."""

import logging
from uuid import UUID

from integrations.gateway import plaid_for
from integrations.problems import Problem, problem_of
from integrations.providers.plaid_errors import PlaidProblem, RateLimited
from integrations.sync.endings import end_destroyed, end_in_trouble, succeed
from integrations.sync.lease import Lease, LeaseLost, take_lease
from integrations.sync.reading import open_reader, read_accounts, read_update
from integrations.sync.writing import build_months, settle_former, write_staged
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
        if not lease.is_whole:
            with plaid_for(lease.workspace_id) as client:
                reader = open_reader(lease, client)
                read_update(reader, known=read_accounts(reader))
        write_staged(lease)
        settle_former(lease)
        build_months(lease)
        succeed(lease)
    except PlaidProblem as error:
        retry_after = error.retry_after if isinstance(error, RateLimited) else None
        end_in_trouble(lease, problem_of(error), code=error.error_code, retry_after=retry_after)
    except (UnknownAccount, UnknownCurrency, InexactAmount):
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
