"""Workspaces and who belongs to which."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import models
from django.utils import timezone

from accounts.models.people import User
from accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from vault.fields import SealedText
from vault.querysets import TenantManager

TRIAL = timedelta(days=30)


class Plan(models.TextChoices):
    TRIAL = "trial", "Free trial"
    TEAM = "team"
    BUSINESS = "business"


class PlanState(models.TextChoices):
    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    UNPAID = "unpaid"
    CANCELED = "canceled"
    PAUSED = "paused"


def end_of_trial() -> datetime:
    """When a trial that begins now is over."""
    return timezone.now() + TRIAL


class Workspace(models.Model):
    """A company's books, and the tenant of every row with its id.

    `set_up_at` is when its currency and fiscal year were chosen; until then they are guesses. From `factor_from` on every
    member needs a second factor of one of the `factor_kinds`; accounts.team_policy reads them.

    The plan and its limits stand here, so that whoever keeps one need know nothing of billing; `accounts.entitlements`
    reads them. Syncs stop at `plan_ends_at`, if there is one. What a workspace begins with is the free trial of the table
    in billing.plans.
    """

    tenant_column = "id"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = SealedText(label="accounts.workspace.name")
    base_currency = models.CharField(max_length=3)
    fiscal_year_start_month = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    set_up_at = models.DateTimeField(null=True)
    factor_from = models.DateTimeField(null=True)
    factor_kinds = models.CharField(max_length=60, default="totp,passkey,email")
    policy_version = models.PositiveIntegerField(default=1)
    plan = models.CharField(max_length=10, choices=Plan.choices, default=Plan.TRIAL)
    plan_state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.TRIALING)
    plan_ends_at = models.DateTimeField(null=True, default=end_of_trial)
    seat_limit = models.PositiveIntegerField(default=10)
    connection_limit = models.PositiveIntegerField(default=10)
    history_months = models.PositiveSmallIntegerField(default=24)

    objects = TenantManager["Workspace"]()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fiscal_year_start_month__range=(1, 12)), name="accounts_workspace_fiscal_month"
            ),
            models.CheckConstraint(condition=models.Q(plan__in=Plan.values), name="accounts_workspace_plan"),
            models.CheckConstraint(
                condition=models.Q(plan_state__in=PlanState.values), name="accounts_workspace_plan_state"
            ),
        ]

    def __str__(self) -> str:
        return f"workspace {self.slug}"


class Membership(models.Model):
    """A person's place in a workspace."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.PROTECT, db_index=False)
    user = models.ForeignKey(User, models.PROTECT, db_index=False)
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="accounts_membership_person"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="accounts_membership_role"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.user_id}"

    @property
    def permissions(self) -> frozenset[Permission]:
        """All that this membership allows."""
        return ROLE_PERMISSIONS[Role(self.role)]

    @property
    def first_page(self) -> str:
        """The name of the page to land on: a role that may not see the overview starts with the transactions."""
        return "ledger:overview" if self.may(Permission.VIEW_OVERVIEW) else "ledger:transactions"

    def may(self, permission: Permission) -> bool:
        """Whether this membership allows it."""
        return permission in self.permissions
