"""Saved views of the transactions page: kept under a name, renamed and given up, for everybody in the workspace."""

from uuid import UUID

from django.db import transaction

from accounts.models import Workspace
from audit.log import Actor, Target, changes, record
from ledger.models import SavedView
from vault.tenancy import current_workspace_id

MAX_NAME = 60
MOST_VIEWS = 40


class ViewNameTaken(ValueError):
    """The workspace has a view of this name."""

    def __init__(self) -> None:
        super().__init__("There is a view of this name already.")


class TooManyViews(ValueError):
    """The workspace has as many views as a row of links can show."""

    def __init__(self) -> None:
        super().__init__(f"A workspace keeps at most {MOST_VIEWS} views. Delete one that nobody needs first.")


@transaction.atomic
def create_saved_view(*, actor: Actor, name: str, query: str) -> SavedView:
    """Keep a query string of the transactions page. Raises ViewNameTaken, TooManyViews."""
    others = _lock_views()
    if len(others) >= MOST_VIEWS:
        raise TooManyViews
    view = SavedView.objects.create(name=_free_name(name, others), query=query)
    _record(actor, "ledger.saved_view.created", view)
    return view


@transaction.atomic
def rename_saved_view(*, actor: Actor, view_id: UUID, name: str) -> SavedView:
    """Raises ViewNameTaken, SavedView.DoesNotExist."""
    others = [view for view in _lock_views() if view.id != view_id]
    view = SavedView.objects.get(id=view_id)
    before, view.name = view.name, _free_name(name, others)
    view.save(update_fields=["name"])
    _record(actor, "ledger.saved_view.renamed", view, changes({"name": before}, {"name": view.name}))
    return view


@transaction.atomic
def delete_saved_view(*, actor: Actor, view_id: UUID) -> str:
    """Give a view up; its name is returned. The transactions in it are not concerned. Raises SavedView.DoesNotExist."""
    view = SavedView.objects.select_for_update().get(id=view_id)
    _record(actor, "ledger.saved_view.deleted", view)
    view.delete()
    return view.name


def _lock_views() -> list[SavedView]:
    # Names are sealed: they are compared opened, while nobody else can add one to the workspace.
    Workspace.objects.select_for_update(no_key=True).get(pk=current_workspace_id())
    return list(SavedView.objects.all())


def _free_name(name: str, others: list[SavedView]) -> str:
    name = " ".join(name.split())
    if any(view.name.casefold() == name.casefold() for view in others):
        raise ViewNameTaken
    return name


def _record(actor: Actor, action: str, view: SavedView, changed: dict[str, object] | None = None) -> None:
    detail = {"name": view.name, **(changed or {})}
    record(actor=actor, action=action, target=Target("saved_view", view.id), detail=detail)
