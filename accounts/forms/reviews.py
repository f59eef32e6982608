"""Forms about access reviews."""

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.http import QueryDict

from accounts.models import ReviewEntry
from accounts.permissions import Role

Decision = ReviewEntry.Decision
FIELD = "decision-"


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person chose for one member."""

    user_id: UUID
    decision: ReviewEntry.Decision
    role: Role | None


class CompletionForm(forms.Form):
    notes = forms.CharField(
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What was looked at, and why somebody keeps a role that stands out.",
    )


def read_decisions(data: QueryDict) -> list[Decided]:
    """The choices of a sent page, one for each member about whom something was chosen: keep, revoke, or a role.

    What is none of these is left out, as a page that was made by hand may hold anything.
    """
    found = []
    for name, value in data.items():
        user_id = _as_id(name.removeprefix(FIELD)) if name.startswith(FIELD) else None
        if user_id is None:
            continue
        if value in {Decision.KEEP, Decision.REVOKE}:
            found.append(Decided(user_id, Decision(value), None))
        elif value in Role.values:
            found.append(Decided(user_id, Decision.CHANGE, Role(str(value))))
    return found


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
