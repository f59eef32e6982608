"""Deeds on access reviews: opened by the clock each quarter, decided person by person, completed with notes [R60, R61]."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.actions.members import change_role, remove_member
from accounts.actions.standing import NotAllowed, lock_memberships, role_of, slug_in_scope
from accounts.mail import request_mail
from accounts.models import AccessReview, Membership, ReviewEntry
from accounts.permissions import Permission, Role, may_act_on, roles_with
from accounts.reports.standing import look_at_members
from audit.log import Actor, Target, record

REMIND_AFTER = timedelta(days=7)
Decision = ReviewEntry.Decision


class ReviewOpen(ValueError):
    """One review at a time is enough."""


class ReviewDone(ValueError):
    """What was completed is evidence, and stays as it is."""

    def __init__(self) -> None:
        super().__init__("This review is completed and cannot be changed any more.")


class Undecided(ValueError):
    """A review is complete when there is a decision about everybody."""


@transaction.atomic
def open_review(*, actor: Actor) -> AccessReview:
    """Look at all members of the workspace in scope, and ask those who may decide by mail. Raises ReviewOpen."""
    lock_memberships()
    if AccessReview.objects.filter(completed_at=None).exists():
        raise ReviewOpen("A review is open already. Complete it before another is opened.")
    return _open(actor, None)


@transaction.atomic
def open_quarterly_review(*, actor: Actor, quarter: date) -> AccessReview | None:
    """The same by the clock, for the quarter that begins on this day; None where that was done before."""
    lock_memberships()
    return None if AccessReview.objects.filter(quarter=quarter).exists() else _open(actor, quarter)


@transaction.atomic
def remind_reviewers(*, actor: Actor, review_id: UUID) -> bool:
    """Ask again, if the time has come and the review is still open; whether it was."""
    review = AccessReview.objects.select_for_update().filter(pk=review_id).first()
    if review is None or review.due_at is None or review.due_at > timezone.now():
        return False
    review.due_at = timezone.now() + REMIND_AFTER
    review.save(update_fields=["due_at"])
    _record(actor, "reminded", review, {})
    _ask(review)
    return True


@transaction.atomic
def decide(
    *, actor: Actor, review_id: UUID, user_id: UUID, decision: ReviewEntry.Decision, role: Role | None = None
) -> None:
    """Say what becomes of one member, and do it at once: keep as they are, change to `role`, or revoke.

    Who has gone meanwhile is only noted. Raises ReviewEntry.DoesNotExist, ReviewDone, NotAllowed, LastOwner.
    """
    lock_memberships()
    review = AccessReview.objects.select_for_update().get(pk=review_id)
    if review.completed_at is not None:
        raise ReviewDone
    entry = ReviewEntry.objects.select_for_update().get(review=review, user_id=user_id)
    membership = Membership.objects.filter(user_id=user_id).first()
    if membership is not None:
        _carry_out(actor, membership, decision, role)
    entry.decision, entry.decided_role = decision, role or "" if decision == Decision.CHANGE else ""
    entry.decided_by_id, entry.decided_at = actor.user_id, timezone.now()
    entry.save(update_fields=["decision", "decided_role", "decided_by", "decided_at"])
    _record(actor, "decided", review, {"user": str(user_id), "decision": decision.value, "role": role})


@transaction.atomic
def complete_review(*, actor: Actor, review_id: UUID, notes: str) -> AccessReview:
    """Close a review in which everybody who still belongs here was decided about.

    Raises AccessReview.DoesNotExist, ReviewDone, Undecided.
    """
    lock_memberships()
    review = AccessReview.objects.select_for_update().get(pk=review_id)
    if review.completed_at is not None:
        raise ReviewDone
    members = Membership.objects.values("user_id")
    left = ReviewEntry.objects.filter(review=review, decision="", user_id__in=members).count()
    if left:
        raise Undecided(f"{left} {'member is' if left == 1 else 'members are'} not decided about yet.")
    review.completed_at, review.completed_by_id, review.due_at = timezone.now(), actor.user_id, None
    review.notes = notes or None
    review.save(update_fields=["completed_at", "completed_by", "due_at", "notes"])
    _record(actor, "completed", review, {"notes": notes})
    return review


def _open(actor: Actor, quarter: date | None) -> AccessReview:
    review = AccessReview.objects.create(quarter=quarter, due_at=timezone.now() + REMIND_AFTER)
    seen = look_at_members()
    ReviewEntry.objects.bulk_create(
        ReviewEntry(review=review, user_id=user, seen=facts) for user, facts in seen.items()
    )
    _record(actor, "opened", review, {"quarter": quarter.isoformat() if quarter else None, "members": len(seen)})
    _ask(review)
    return review


def _carry_out(actor: Actor, membership: Membership, decision: ReviewEntry.Decision, role: Role | None) -> None:
    if decision == Decision.REVOKE:
        remove_member(actor=actor, membership_id=membership.pk)
    elif decision == Decision.CHANGE:
        if role is None:
            raise NotAllowed("Choose the role that this member is to have.")
        change_role(actor=actor, membership_id=membership.pk, role=role)
    elif membership.user_id != actor.user_id and not may_act_on(role_of(actor), Role(membership.role)):
        raise NotAllowed("Only an Owner decides about an Owner.")


def _ask(review: AccessReview) -> None:
    members = Membership.objects.filter(role__in=roles_with(Permission.REVIEW_ACCESS), user__is_active=True)
    detail = {"slug": slug_in_scope(), "review": str(review.pk)}
    for user_id in members.values_list("user_id", flat=True):
        request_mail(kind="access_review", user_id=user_id, detail=detail)


def _record(actor: Actor, deed: str, review: AccessReview, detail: dict[str, object]) -> None:
    target = Target("access_review", review.pk)
    record(actor=actor, action=f"accounts.access_review.{deed}", target=target, detail=detail)
