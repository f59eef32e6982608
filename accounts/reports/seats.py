"""How many seats of a workspace are taken: by its members, and by whoever is invited and may still come."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Invitation, Membership


@dataclass(frozen=True, slots=True)
class Seats:
    members: int
    invited: int

    @property
    def taken(self) -> int:
        return self.members + self.invited


def count_seats() -> Seats:
    """The seats taken in the workspace in scope now. An invitation that has expired takes none."""
    waiting = Invitation.objects.filter(state=Invitation.State.OPEN, expires_at__gt=timezone.now())
    return Seats(Membership.objects.count(), waiting.count())
