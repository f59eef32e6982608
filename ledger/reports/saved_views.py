"""The saved views of a workspace, opened."""

from dataclasses import dataclass
from uuid import UUID

from ledger.models import SavedView
from ledger.sealed import open_all
from vault.blobs import fetch_binary

VIEWS = "SELECT id, name, query FROM ledger_savedview"


@dataclass(frozen=True, slots=True)
class NamedView:
    """`query` is the query string of the transactions page that the name stands for."""

    id: UUID
    name: str
    query: str


def list_saved_views() -> tuple[NamedView, ...]:
    """Every saved view of the workspace in scope, by name."""
    rows = fetch_binary(VIEWS)
    names = open_all(SavedView, "name", ((row, name) for row, name, _ in rows))
    queries = open_all(SavedView, "query", ((row, query) for row, _, query in rows))
    views = [NamedView(row, name, query) for (row, _, _), name, query in zip(rows, names, queries, strict=True)]
    return tuple(sorted(views, key=lambda one: one.name.casefold()))
