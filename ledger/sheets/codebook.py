"""What turns a row's ids into a sheet's codes: the workspace's accounts, categories, counterparties, base currency."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from ledger.kinds import CategoryKind
from ledger.models import Account, Category, Counterparty
from ledger.sealed import open_all
from vault.blobs import fetch_binary
from vault.tenancy import current_workspace_id

COUNTERPARTIES = "SELECT code, id, name FROM ledger_counterparty ORDER BY code"
BASE_CURRENCY = "SELECT base_currency FROM accounts_workspace WHERE id = %s"


@dataclass(frozen=True, slots=True, repr=False)
class Codebook:
    """`categories` maps an id to its code, `transfers` holds the codes of transfers, `counterparties` names by code."""

    base_currency: str
    accounts: Mapping[UUID, int]
    categories: Mapping[UUID, int]
    transfers: frozenset[int]
    counterparties: Mapping[int, str]


def load_codebook(names: Mapping[int, str] | None = None) -> Codebook:
    """The codebook of the workspace in scope; `names` are its counterparties' if they are known already."""
    categories = list(Category.objects.values_list("id", "code", "kind"))
    return Codebook(
        base_currency=base_currency(),
        accounts=dict(Account.objects.values_list("id", "code")),
        categories={row: code for row, code, _ in categories},
        transfers=frozenset(code for _, code, kind in categories if kind == CategoryKind.TRANSFER),
        counterparties=counterparty_names() if names is None else names,
    )


def base_currency() -> str:
    """The code of the workspace's own currency."""
    ((code,),) = fetch_binary(BASE_CURRENCY, [current_workspace_id()])
    return str(code)


def counterparty_names() -> dict[int, str]:
    """Every counterparty's name by code."""
    rows = fetch_binary(COUNTERPARTIES)
    names = open_all(Counterparty, "name", ((row, sealed) for _, row, sealed in rows))
    return {code: name for (code, _, _), name in zip(rows, names, strict=True)}
