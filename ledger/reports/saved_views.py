"""The saved views of a workspace, opened."""

from dataclasses import dataclass
from uuid import UUID

from ledger.models import SavedView


@dataclass(frozen=True, slots=True)
class NamedView:
    """`query` is the query string of the transactions page that the name stands for."""

    id: UUID
    name: str
    query: str


def list_saved_views() -> tuple[NamedView, ...]:
    """Every saved view of the workspace in scope, by name."""
    views = [NamedView(one.id, one.name, one.query) for one in SavedView.objects.all()]
    return tuple(sorted(views, key=lambda one: one.name.casefold()))
