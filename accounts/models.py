"""People, workspaces and who belongs to which."""

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from vault.fields import OptionalSealedText, SealedText
from vault.keyring import KeyDestroyed
from vault.providers.base import KeyUnusable
from vault.querysets import TenantManager

DELETED_PERSON = "Deleted person"


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person. The address they sign in with is readable; their name is sealed under their own key."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    display_name = OptionalSealedText(label="accounts.user.display_name", owner="person")
    time_zone = models.CharField(max_length=64, default="UTC")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="accounts_user_lower_email")
        ]

    def __str__(self) -> str:
        return f"user {self.pk}"

    def clean(self) -> None:
        self.email = self.email.lower()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    @property
    def shown_name(self) -> str:
        """The name to show them by: their own, else their address, also where their key cannot be had; whose key was
        destroyed has none any more.
        """
        try:
            return self.display_name or self.email
        except KeyDestroyed:
            return DELETED_PERSON
        except KeyUnusable:
            return self.email


class Workspace(models.Model):
    """A company's books, and the tenant of every row with its id.

    `set_up_at` is when its currency and fiscal year were chosen; until then they are guesses.
    """

    tenant_column = "id"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = SealedText(label="accounts.workspace.name")
    base_currency = models.CharField(max_length=3)
    fiscal_year_start_month = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    set_up_at = models.DateTimeField(null=True)

    objects = TenantManager["Workspace"]()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fiscal_year_start_month__range=(1, 12)), name="accounts_workspace_fiscal_month"
            )
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
