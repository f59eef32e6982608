"""Deeds on a workspace's policy about second factors."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.mail import request_mail
from accounts.models import Workspace
from accounts.passkeys import are_offered
from accounts.reports.team_policy import list_affected
from accounts.second_factor import STRONG, FactorKind
from accounts.team_policy import CHOICES, GRACE
from audit.log import Actor, Target, changes, record
from vault.tenancy import current_workspace_id, enter_workspace

NEW = 1
FIELDS = ("factor_from", "factor_kinds", "policy_version")


class PolicyChanged(ValueError):
    """Somebody changed the policy meanwhile."""

    def __init__(self) -> None:
        super().__init__("The policy was changed meanwhile, perhaps in another window. Look at it as it is now.")


class NoStrongKind(ValueError):
    """The kinds that were chosen leave Owners and Admins nothing to confirm with."""

    def __init__(self) -> None:
        super().__init__(
            "Allow authenticator apps, or passkeys where they can be used: a code by e-mail confirms nothing."
        )


@transaction.atomic
def change_team_policy(
    *, actor: Actor, workspace: Workspace, version: int, required_from: datetime | None, kinds: Iterable[FactorKind]
) -> None:
    """Who needs a second factor besides Owners and Admins: everybody from a moment on (UTC), or, with None, nobody.

    `version` is that of the policy which the person saw. Raises PolicyChanged, NoStrongKind.
    """
    chosen = set(kinds)
    # Where browsers make no passkeys, asking for nothing else would close the door behind everybody.
    if not chosen & (STRONG if are_offered() else STRONG - {FactorKind.PASSKEY}):
        raise NoStrongKind
    with enter_workspace(workspace.pk):
        locked = Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
        if locked.policy_version != version:
            raise PolicyChanged
        before = _facts(locked)
        locked.factor_from = required_from
        locked.factor_kinds = ",".join(kind.value for kind in CHOICES if kind in chosen)
        _save(actor, locked, "changed", before)
    for name in FIELDS:
        setattr(workspace, name, getattr(locked, name))


@transaction.atomic
def begin_team_policy(*, actor: Actor) -> None:
    """The first live connection of the workspace in scope: from now on everybody needs a second factor, after a grace.

    Where somebody has decided about it already, that stays.
    """
    workspace = Workspace.objects.select_for_update(no_key=True).get(pk=current_workspace_id())
    if workspace.policy_version == NEW:
        before = _facts(workspace)
        workspace.factor_from = timezone.now() + GRACE
        _save(actor, workspace, "begun", before)


def _facts(workspace: Workspace) -> dict[str, object]:
    required_from = workspace.factor_from.isoformat() if workspace.factor_from else ""
    return {"required_from": required_from, "kinds": workspace.factor_kinds}


def _save(actor: Actor, workspace: Workspace, deed: str, before: dict[str, object]) -> None:
    workspace.policy_version += 1
    workspace.save(update_fields=FIELDS)
    record(
        actor=actor,
        action=f"accounts.team_policy.{deed}",
        target=Target("workspace", workspace.pk),
        detail={**_facts(workspace), "version": workspace.policy_version, **changes(before, _facts(workspace))},
    )
    for person in list_affected(workspace):
        if person.locked_out_from is not None:
            day = f"{person.locked_out_from.day} {person.locked_out_from:%B %Y}"
            request_mail(kind="team_policy", user_id=person.user_id, detail={"day": day})
