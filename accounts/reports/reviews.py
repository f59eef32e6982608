"""Access reviews as Settings show them, and on paper as evidence."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q

from accounts.models import AccessReview, Membership, Reviewed, ReviewEntry
from accounts.permissions import MAY_GIVE, Role, may_act_on
from vault.keyring import prepare_person_keys

Decision = ReviewEntry.Decision


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One review in the list. Times are UTC."""

    id: UUID
    title: str
    opened_at: datetime
    completed_at: datetime | None
    members: int
    decided: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What may be chosen for a member, as a form sends it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class EntryLine:
    """A member as they were when the review was opened. `choices` is empty where the viewer may not decide.

    `decision` is in words, empty where there is none; `is_gone`: they do not belong here any more.
    """

    user_id: UUID
    name: str
    address: str
    role: str
    role_now: str
    factors: str
    member_since: datetime
    last_seen: datetime | None
    sessions: int
    responsible_for: str
    decision: str
    decided_by: str
    decided_at: datetime | None
    choices: tuple[Choice, ...]
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Review:
    """One review whole. `left` counts the members that are still here and not decided about."""

    id: UUID
    title: str
    opened_at: datetime
    completed_at: datetime | None
    completed_by: str
    notes: str
    entries: tuple[EntryLine, ...]
    left: int


def list_reviews() -> tuple[ReviewLine, ...]:
    """The reviews of the workspace in scope, newest first."""
    counted = ReviewEntry.objects.values("review_id").annotate(
        members=Count("id"), decided=Count("id", filter=~Q(decision=""))
    )
    counts = {row["review_id"]: row for row in counted}
    return tuple(
        ReviewLine(
            id=review.pk,
            title=_title(review),
            opened_at=review.opened_at,
            completed_at=review.completed_at,
            members=counts[review.pk]["members"] if review.pk in counts else 0,
            decided=counts[review.pk]["decided"] if review.pk in counts else 0,
        )
        for review in AccessReview.objects.order_by("-opened_at", "id")
    )


def read_review(review_id: UUID, *, viewer: UUID, viewer_role: Role | None) -> Review:
    """One review of the workspace in scope; choices only for a `viewer_role` that may decide.

    Raises AccessReview.DoesNotExist.
    """
    review = AccessReview.objects.select_related("completed_by").get(pk=review_id)
    entries = list(ReviewEntry.objects.select_related("decided_by").filter(review=review))
    roles = dict(Membership.objects.values_list("user_id", "role"))
    people = {entry.decided_by_id for entry in entries if entry.decided_by_id} | {review.completed_by_id}
    prepare_person_keys(person for person in people if person)
    deciding = None if review.completed_at else viewer_role
    lines = sorted((_line(entry, roles, viewer, deciding) for entry in entries), key=_rank)
    return Review(
        id=review.pk,
        title=_title(review),
        opened_at=review.opened_at,
        completed_at=review.completed_at,
        completed_by=review.completed_by.shown_name if review.completed_by else "",
        notes=review.notes or "",
        entries=tuple(lines),
        left=sum(1 for line in lines if not line.decision and not line.is_gone),
    )


def name_quarter(quarter: date) -> str:
    """A quarter by its first day: Q1 2027."""
    return f"Q{(quarter.month + 2) // 3} {quarter.year}"


def _title(review: AccessReview) -> str:
    if review.quarter is not None:
        return name_quarter(review.quarter)
    return f"{review.opened_at.day} {review.opened_at:%b %Y}, opened by hand"


def _rank(line: EntryLine) -> tuple[int, str]:
    return [role.label for role in Role].index(line.role), line.address


def _line(entry: ReviewEntry, roles: dict[UUID, str], viewer: UUID, deciding: Role | None) -> EntryLine:
    seen, role_now = entry.seen, roles.get(entry.user_id, "")
    return EntryLine(
        user_id=entry.user_id,
        name=seen.name,
        address="" if seen.name == seen.address else seen.address,
        role=seen.role,
        role_now=Role(role_now).label if role_now else "",
        factors=", ".join(seen.factors) or "None",
        member_since=datetime.fromisoformat(seen.member_since),
        last_seen=_last_seen(seen),
        sessions=seen.sessions,
        responsible_for=", ".join(seen.responsible_for),
        decision=_words(entry),
        decided_by=entry.decided_by.shown_name if entry.decided_by else "",
        decided_at=entry.decided_at,
        choices=_choices(entry, role_now, viewer, deciding),
        is_gone=not role_now,
    )


def _last_seen(seen: Reviewed) -> datetime | None:
    return datetime.fromisoformat(seen.last_seen) if seen.last_seen else None


def _words(entry: ReviewEntry) -> str:
    if entry.decision == Decision.CHANGE:
        return f"Changed to {Role(entry.decided_role).label}"
    return {Decision.KEEP.value: "Kept", Decision.REVOKE.value: "Revoked"}.get(entry.decision, "")


def _choices(entry: ReviewEntry, role_now: str, viewer: UUID, deciding: Role | None) -> tuple[Choice, ...]:
    """Nobody changes their own role, and only an Owner decides about an Owner."""
    if deciding is None or not role_now:
        return ()
    is_own = entry.user_id == viewer
    if not is_own and not may_act_on(deciding, Role(role_now)):
        return ()
    offered = [(Decision.KEEP.value, f"Keep as {Role(role_now).label}")]
    if not is_own:
        given = MAY_GIVE[deciding]
        offered += [(role.value, f"Change to {role.label}") for role in Role if role in given and role != role_now]
        offered.append((Decision.REVOKE.value, "Revoke access"))
    return tuple(Choice(value, label) for value, label in offered)
