"""How far a new workspace is set up. Nothing is kept of it: it follows from the workspace, its banks and their runs."""

from calendar import month_name
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Max, Min

from accounts.currencies import CURRENCIES
from accounts.models import Workspace
from integrations.reports.connections import ConnectionCard, read_cards
from integrations.reports.freshness import BankFact
from integrations.reports.runs import counted
from ledger.models import Account, Transaction


class StepState(StrEnum):
    DONE = "done"
    NOW = "now"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class FirstFigures:
    """What has come in so far. `span` is from the first to the last day, empty without transactions."""

    transactions: int
    accounts: int
    span: str

    @property
    def transactions_text(self) -> str:
        return counted(self.transactions, "transaction")

    @property
    def accounts_text(self) -> str:
        return counted(self.accounts, "account")


@dataclass(frozen=True, slots=True)
class OnboardingPage:
    """The steps. `banks` are those connected; `is_live` while the last step changes by itself."""

    currency: str
    fiscal_year: str
    banks: tuple[ConnectionCard, ...]
    figures: FirstFigures
    settings: StepState
    connection: StepState
    sync: StepState
    has_figures: bool
    is_live: bool
    is_finished: bool


def read_onboarding(workspace: Workspace) -> OnboardingPage:
    """The page of the workspace in scope."""
    banks = tuple(card for card in read_cards() if not card.is_disconnected)
    has_settings, figures = workspace.set_up_at is not None, _figures()
    has_bank, has_figures = bool(banks), any(card.synced_at for card in banks)
    is_growing = any(card.is_growing for card in banks)
    return OnboardingPage(
        currency=f"{workspace.base_currency} · {CURRENCIES.get(workspace.base_currency, workspace.base_currency)}",
        fiscal_year=month_name[workspace.fiscal_year_start_month],
        banks=banks,
        figures=figures,
        settings=_state(is_done=has_settings, is_next=True),
        connection=_state(is_done=has_bank, is_next=has_settings),
        sync=_state(is_done=has_figures and not is_growing, is_next=has_bank),
        has_figures=has_figures,
        is_live=is_growing or any(card.progress for card in banks),
        is_finished=has_settings and has_figures,
    )


def is_finished(workspace: Workspace, banks: Iterable[BankFact]) -> bool:
    """Whether currency and fiscal year are chosen and first figures have come in, from a bank that may have gone since."""
    return workspace.set_up_at is not None and any(bank.synced_at for bank in banks)


def _state(*, is_done: bool, is_next: bool) -> StepState:
    return StepState.DONE if is_done else StepState.NOW if is_next else StepState.LATER


def _figures() -> FirstFigures:
    found = Transaction.objects.filter(deleted_at=None).aggregate(
        transactions=Count("id"), first=Min("date"), last=Max("date")
    )
    first, last = found["first"], found["last"]
    span = f"{first.day} {first:%b %Y} to {last.day} {last:%b %Y}" if first else ""
    return FirstFigures(found["transactions"], Account.objects.filter(closed_at=None).count(), span)
