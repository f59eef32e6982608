"""Who needs a second factor in a workspace, and of which kinds [R31, R32, C8]. Asked on each request, without a query."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Membership, Workspace
from accounts.permissions import Role
from accounts.second_factor import FactorKind, Proof

# For them there is nothing to switch off, and no grace.
ALWAYS = frozenset({Role.OWNER, Role.ADMIN})
GRACE = timedelta(days=14)
CHOICES = (FactorKind.PASSKEY, FactorKind.TOTP, FactorKind.EMAIL)


def chosen_kinds(workspace: Workspace) -> tuple[FactorKind, ...]:
    """The kinds that the workspace's policy names, the strongest first."""
    named = workspace.factor_kinds.split(",")
    return tuple(kind for kind in CHOICES if kind.value in named)


def accepted_kinds(workspace: Workspace) -> frozenset[FactorKind]:
    """What opens the workspace: the kinds of its policy, and a backup code where the app that it stands for does."""
    kinds = frozenset(chosen_kinds(workspace))
    return kinds | {FactorKind.BACKUP} if FactorKind.TOTP in kinds else kinds


def needs_factor(workspace: Workspace, role: str, at: datetime) -> bool:
    """Whether a member of this role comes in only with a second factor at that time (UTC)."""
    return role in ALWAYS or (workspace.factor_from is not None and workspace.factor_from <= at)


def may_enter(membership: Membership, proof: Proof | None) -> bool:
    """Whether a session with this proof opens the membership's workspace now."""
    workspace = membership.workspace
    if not needs_factor(workspace, membership.role, timezone.now()):
        return True
    return proof is not None and proof.kind in accepted_kinds(workspace)
