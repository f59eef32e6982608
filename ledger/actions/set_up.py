"""Choosing what the books are kept in: the base currency and the fiscal year."""

from django.db import transaction

from accounts.actions import set_up_workspace
from accounts.models import Workspace
from audit.log import Actor
from ledger.models import Account
from vault.tenancy import current_workspace_id


class CurrencyInUse(ValueError):
    """Figures are kept in the base currency already."""

    def __init__(self) -> None:
        super().__init__("The base currency stays as it is: accounts are kept in it already.")


@transaction.atomic
def set_up_books(*, actor: Actor, base_currency: str, fiscal_year_start_month: int) -> None:
    """Choose both for the workspace in scope. The fiscal year may change at any time. Raises CurrencyInUse."""
    # Holding the row keeps the first accounts out until this is decided: they refer to it.
    workspace = Workspace.objects.select_for_update().get(pk=current_workspace_id())
    if base_currency != workspace.base_currency and is_currency_in_use():
        raise CurrencyInUse
    set_up_workspace(
        actor=actor,
        workspace=workspace,
        base_currency=base_currency,
        fiscal_year_start_month=fiscal_year_start_month,
    )


def is_currency_in_use() -> bool:
    """Whether the workspace in scope has accounts, whose months are added up in its base currency."""
    return Account.objects.exists()
