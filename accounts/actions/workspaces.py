"""Deeds on workspaces."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Membership, User, Workspace
from accounts.permissions import Role
from accounts.slugs import random_slug
from audit.log import Actor, Target, changes, record
from vault.keyring import create_workspace_key
from vault.tenancy import enter_workspace


@transaction.atomic
def create_workspace(*, actor: Actor, owner: User, name: str, base_currency: str = "USD") -> Workspace:
    """A new workspace with its data key and its first Owner. Its currency is a guess until `set_up_workspace`."""
    workspace = Workspace(name=name, base_currency=base_currency)
    with enter_workspace(workspace.pk):
        create_workspace_key()
        _save_with_free_slug(workspace)
        Membership.objects.create(workspace=workspace, user=owner, role=Role.OWNER)
        record(
            actor=actor,
            action="accounts.workspace.created",
            target=Target("workspace", workspace.pk),
            detail={"name": name, "base_currency": base_currency, "owner": str(owner.pk)},
        )
    return workspace


@transaction.atomic
def set_up_workspace(*, actor: Actor, workspace: Workspace, base_currency: str, fiscal_year_start_month: int) -> None:
    """Choose the currency that reports lead with and the month (1 to 12) in which a fiscal year begins.

    That nothing is kept in another currency yet is for the ledger to say, which asks for this.
    """
    with enter_workspace(workspace.pk):
        wanted = {"base_currency": base_currency, "fiscal_year_start_month": fiscal_year_start_month}
        before = {field: getattr(workspace, field) for field in wanted}
        workspace.base_currency, workspace.fiscal_year_start_month = base_currency, fiscal_year_start_month
        workspace.set_up_at = workspace.set_up_at or timezone.now()
        workspace.save(update_fields=["base_currency", "fiscal_year_start_month", "set_up_at"])
        record(
            actor=actor,
            action="accounts.workspace.set_up",
            target=Target("workspace", workspace.pk),
            detail={**wanted, **changes(before, wanted)},
        )


@transaction.atomic
def change_workspace(*, actor: Actor, workspace: Workspace, name: str, fiscal_year_start_month: int) -> None:
    """Call a workspace something else, or begin its fiscal year in another month (1 to 12). Its currency stays."""
    with enter_workspace(workspace.pk):
        wanted = {"name": name, "fiscal_year_start_month": fiscal_year_start_month}
        changed = {field: value for field, value in wanted.items() if getattr(workspace, field) != value}
        if not changed:
            return
        before = {field: getattr(workspace, field) for field in changed}
        for field, value in changed.items():
            setattr(workspace, field, value)
        workspace.save(update_fields=list(changed))
        record(
            actor=actor,
            action="accounts.workspace.changed",
            target=Target("workspace", workspace.pk),
            detail={"before": before, "after": changed},
        )


def _save_with_free_slug(workspace: Workspace) -> None:
    # Whether a word is taken cannot be asked: other workspaces are not visible. The unique constraint answers.
    for _ in range(20):
        workspace.slug = random_slug()
        try:
            with transaction.atomic():
                workspace.save(force_insert=True)
                return
        except IntegrityError:
            continue
    raise RuntimeError("No free address was found for a workspace")
