"""Who of a workspace's members would stand before a closed door under a policy about second factors."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from accounts.models import Membership, Workspace
from accounts.permissions import Role
from accounts.reports.factors import kinds_of
from accounts.second_factor import FactorKind
from accounts.team_policy import ALWAYS, chosen_kinds
from vault.keyring import prepare_person_keys


@dataclass(frozen=True, slots=True)
class Affected:
    """A member without a factor that the policy accepts. `has` names what they have, if anything.

    `locked_out_from` (UTC) is when they get in no more until they have one; None where the policy does not ask them.
    """

    user_id: UUID
    name: str
    role: str
    has: str
    locked_out_from: datetime | None


def list_affected(
    workspace: Workspace, required_from: datetime | None = None, kinds: Iterable[FactorKind] | None = None
) -> tuple[Affected, ...]:
    """The members of the workspace in scope who have no accepted factor, by its policy, or by the one given by `kinds`."""
    accepted = set(chosen_kinds(workspace) if kinds is None else kinds)
    begins = workspace.factor_from if kinds is None else required_from
    memberships = list(Membership.objects.select_related("user").order_by("user__email"))
    held = kinds_of(membership.user_id for membership in memberships)
    prepare_person_keys(membership.user_id for membership in memberships)
    return tuple(
        Affected(
            user_id=membership.user_id,
            name=membership.user.shown_name,
            role=Role(membership.role).label,
            has=", ".join(kind.label for kind in held.get(membership.user_id, ())),
            locked_out_from=timezone.now() if membership.role in ALWAYS else begins,
        )
        for membership in memberships
        if not accepted.intersection(held.get(membership.user_id, ()))
    )
