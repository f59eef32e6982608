"""The change that a page was just asked to offer for taking back."""

from uuid import UUID

from ledger.models import CategoryChange, NoteChange
from ledger.views.shown.changes import ShownChange, show_category_change, show_note_change


def find_change(change_id: UUID | None) -> ShownChange | None:
    """The change in words; None when there is none of this id or it was taken back."""
    if change_id is None:
        return None
    if change := CategoryChange.objects.select_related("category").filter(id=change_id, reversed_at=None).first():
        return show_category_change(change)
    noted = NoteChange.objects.filter(id=change_id, reversed_at=None).first()
    return show_note_change(noted) if noted else None
