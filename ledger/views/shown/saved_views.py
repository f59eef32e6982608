"""The row of saved views above the list."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from ledger.reports.saved_views import NamedView


@dataclass(frozen=True, slots=True)
class ViewLink:
    name: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Views:
    """`current` is the view that the list shows, None for other filters; `can_be_saved` says that these have no name."""

    links: tuple[ViewLink, ...]
    is_everything: bool
    current: UUID | None
    current_name: str
    can_be_saved: bool


def show_views(views: Iterable[NamedView], kept: str) -> Views:
    """The views as links, each to the list as it was kept; `kept` is what the list shows now, "" for everything."""
    known = tuple(views)
    current = next((one for one in known if one.query == kept), None)
    return Views(
        links=tuple(ViewLink(one.name, f"?{one.query}", one == current) for one in known),
        is_everything=not kept,
        current=current.id if current else None,
        current_name=current.name if current else "",
        can_be_saved=bool(kept) and current is None,
    )
