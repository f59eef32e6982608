"""Where a person is signed in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from accounts.agents import describe_agent
from accounts.models import User, UserSession


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session as its person sees it. Times are UTC; `ends_at` is when it ends if it is not used again."""

    id: UUID
    device: str
    signed_in_at: datetime
    first_address: str
    last_seen_at: datetime
    last_address: str
    ends_at: datetime
    remembered: bool
    is_current: bool


def list_sessions(user: User, *, current: UUID | None) -> list[SessionLine]:
    """A person's living sessions: the current one, then those seen last."""
    found = UserSession.objects.filter(user=user, expires_at__gt=timezone.now()).defer("data").order_by("-last_seen_at")
    lines = [_line(session, current) for session in found if session.ends_at > timezone.now()]
    return sorted(lines, key=lambda line: not line.is_current)


def _line(session: UserSession, current: UUID | None) -> SessionLine:
    return SessionLine(
        id=session.pk,
        device=describe_agent(session.agent),
        signed_in_at=session.signed_in_at or session.last_seen_at,
        first_address=session.first_address,
        last_seen_at=session.last_seen_at,
        last_address=session.last_address,
        ends_at=session.ends_at,
        remembered=session.remembered,
        is_current=session.pk == current,
    )
