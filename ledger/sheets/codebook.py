"""What turns a row's ids into a sheet's codes: the workspace's accounts, categories and base currency."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from ledger.kinds import CategoryKind
from ledger.models import Account, Category, Counterparty
from ledger.sealed import open_all
from vault.blobs import fetch_binary
from vault.tenancy import current_workspace_id

COUNTERPARTIES = "SELECT code, id, name FROM ledger_counterparty"
BASE_CURRENCY = "SELECT base_currency FROM accounts_workspace WHERE id = %s"


@dataclass(frozen=True, slots=True, repr=False)
class Codebook:
    """`categories` maps an id to its code, `transfers` holds the codes of transfers."""

    base_currency: str
    accounts: Mapping[UUID, int]
    categories: Mapping[UUID, int]
    transfers: frozenset[int]


def load_codebook() -> Codebook:
    """The codebook of the workspace in scope."""
    categories = list(Category.objects.values_list("id", "code", "kind"))
    return Codebook(
        base_currency=base_currency(),
        accounts=dict(Account.objects.values_list("id", "code")),
        categories={row: code for row, code, _ in categories},
        transfers=frozenset(code for _, code, kind in categories if kind == CategoryKind.TRANSFER),
    )


def base_currency() -> str:
    """The code of the workspace's own currency."""
    ((code,),) = fetch_binary(BASE_CURRENCY, [current_workspace_id()])
    return str(code)


def counterparty_names(codes: Collection[int] | None = None, *, after: int = 0) -> dict[int, str]:
    """The names of these counterparties by code, or of all whose codes come after one."""
    if codes is None:
        rows = fetch_binary(COUNTERPARTIES + " WHERE code > %s", [after])
    else:
        rows = fetch_binary(COUNTERPARTIES + " WHERE code = ANY(%s::int[])", [list(codes)]) if codes else []
    names = open_all(Counterparty, "name", ((row, sealed) for _, row, sealed in rows))
    return {code: name for (code, _, _), name in zip(rows, names, strict=True)}
