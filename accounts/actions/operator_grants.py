"""Letting one operator read a workspace for some hours, and ending it before [C11]."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actions.standing import NotAllowed, role_of
from accounts.models import OperatorGrant, User
from accounts.permissions import ROLE_PERMISSIONS, Permission
from audit.log import Actor, Target, record


class UnknownOperator(LookupError):
    """Nobody who could be an operator has this address."""

    def __init__(self) -> None:
        super().__init__("No operator has this address. Ask them for the one that they sign in with.")


class GrantOver(LookupError):
    """The grant has ended already."""

    def __init__(self) -> None:
        super().__init__("This grant has ended already.")


@transaction.atomic
def give_operator_grant(*, actor: Actor, email: str, hours: int, reason: str) -> OperatorGrant:
    """Let the operator of this address read the workspace in scope for 1 to 72 hours. Raises UnknownOperator, NotAllowed."""
    giver = _require_right(actor)
    address = email.strip().lower()
    operator = User.objects.filter(email=address, is_active=True).first() if address in settings.OPERATORS else None
    if operator is None:
        raise UnknownOperator
    now = timezone.now()
    grant = OperatorGrant.objects.create(
        operator=operator,
        given_by_id=giver,
        reason=reason,
        created_at=now,
        expires_at=now + timedelta(hours=hours),
    )
    _record(actor, grant, "given", {"operator": str(operator.pk), "hours": hours, "reason": reason})
    return grant


@transaction.atomic
def end_operator_grant(*, actor: Actor, grant_id: UUID) -> None:
    """End a grant at once. Raises OperatorGrant.DoesNotExist, GrantOver, NotAllowed."""
    _require_right(actor)
    grant = OperatorGrant.objects.select_for_update(no_key=True).get(pk=grant_id)
    if grant.ended_at is not None or grant.expires_at <= timezone.now():
        raise GrantOver
    _end(actor, grant)


@transaction.atomic
def end_operator_grants_of(*, actor: Actor, user_id: UUID) -> int:
    """End what a person lets operators read, who no longer decides about it; how many those were."""
    live = OperatorGrant.objects.select_for_update(no_key=True).filter(
        given_by_id=user_id, ended_at=None, expires_at__gt=timezone.now()
    )
    for grant in (found := list(live)):
        _end(actor, grant)
    return len(found)


def _end(actor: Actor, grant: OperatorGrant) -> None:
    grant.ended_at = timezone.now()
    grant.save(update_fields=["ended_at"])
    _record(actor, grant, "ended", {"operator": str(grant.operator_id)})


def _require_right(actor: Actor) -> UUID:
    if actor.user_id is None or Permission.GRANT_OPERATOR_ACCESS not in ROLE_PERMISSIONS[role_of(actor)]:
        raise NotAllowed("An Owner or Admin decides what operators read.")
    return actor.user_id


def _record(actor: Actor, grant: OperatorGrant, deed: str, detail: dict[str, object]) -> None:
    target = Target("operator_grant", grant.pk)
    record(actor=actor, action=f"accounts.operator_grant.{deed}", target=target, detail=detail)
