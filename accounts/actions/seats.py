"""The rule that nobody is invited and nobody joins beyond the seats of the plan. Asked under the memberships' lock."""

from uuid import UUID

from accounts.entitlements import seats_left
from accounts.models import Membership, Workspace
from accounts.reports.seats import Seats, count_seats
from vault.tenancy import current_workspace_id


class SeatsTaken(ValueError):
    """The plan has no seat left."""


def require_seat() -> None:
    """Raises SeatsTaken, with the way out, where members and open invitations take every seat."""
    workspace, seats = Workspace.objects.get(pk=current_workspace_id()), count_seats()
    if not seats_left(workspace, taken=seats.taken):
        raise SeatsTaken(
            f"No seat is free: of {_number(workspace.seat_limit, 'seat')}, {_takers(seats)}. Add seats under Settings › "
            "Billing, cancel an invitation or remove a member."
        )


def require_seat_for_member(user_id: UUID) -> None:
    """Raises SeatsTaken where members alone take every seat. An open invitation has its own, unless the plan has shrunk."""
    workspace = Workspace.objects.get(pk=current_workspace_id())
    others = Membership.objects.exclude(user_id=user_id).count()
    if not seats_left(workspace, taken=others):
        raise SeatsTaken(
            "Every seat of this workspace is taken. Ask whoever invited you to add one; your invitation stays open."
        )


def _takers(seats: Seats) -> str:
    members = f"{_number(seats.members, 'is', 'are')} taken by members"
    return f"{members} and {_number(seats.invited, 'is', 'are')} kept for invitations" if seats.invited else members


def _number(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"
