"""Requests of a workspace's members who have lost every second factor."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import Membership, RecoveryRequest, RecoveryStep, User
from accounts.permissions import Role
from vault.keyring import prepare_person_keys

SHOWN = 50


@dataclass(frozen=True, slots=True)
class RecoveryLine:
    """One request as a workspace sees it. `is_open` while an Owner can decide; `state` in words. Times are UTC."""

    step_id: UUID
    name: str
    address: str
    role: str
    asked_at: datetime
    is_open: bool
    state: str


def list_recoveries(viewer: UUID) -> tuple[RecoveryLine, ...]:
    """The newest requests in the workspace in scope; nobody decides about their own."""
    newest = RecoveryStep.objects.select_related("request__user").order_by("-created_at", "pk")
    steps = list(newest[:SHOWN])
    prepare_person_keys({step.request.user_id for step in steps})
    roles = dict(Membership.objects.values_list("user_id", "role"))
    return tuple(_line(step, roles.get(step.request.user_id), viewer) for step in steps)


def request_under_way(user: User) -> RecoveryRequest | None:
    """A person's request that has not ended."""
    state = RecoveryRequest.State
    return RecoveryRequest.objects.filter(user=user, state__in=[state.ASKED, state.WAITING]).first()


def _line(step: RecoveryStep, role: str | None, viewer: UUID) -> RecoveryLine:
    request, user = step.request, step.request.user
    is_open = (
        step.state == RecoveryStep.State.OPEN
        and step.judge == RecoveryStep.Judge.OWNER
        and request.state == RecoveryRequest.State.ASKED
        and user.pk != viewer
    )
    return RecoveryLine(
        step_id=step.pk,
        name=user.shown_name,
        address=user.email,
        role=Role(role).label if role else "No member any more",
        asked_at=step.created_at,
        is_open=is_open,
        state=step.get_state_display() if step.state != RecoveryStep.State.OPEN else request.get_state_display(),
    )
