"""Who may do what: one enum of permissions, one table of roles. Pages, refusals and the matrix are made from it."""

from enum import StrEnum

from django.db import models


class Permission(StrEnum):
    """What a route can ask for. The value is how a refusal names it."""

    VIEW_OVERVIEW = "see the overview"
    VIEW_REPORTS = "see reports"
    VIEW_TRANSACTIONS = "see transactions"
    EDIT_TRANSACTIONS = "categorise and annotate transactions"
    VIEW_CONNECTIONS = "see connections"
    SYNC_CONNECTIONS = "start a sync"
    MANAGE_CONNECTIONS = "connect and disconnect banks"


class Role(models.TextChoices):
    OWNER = "owner"
    ADMIN = "admin"
    MANAGER = "manager"
    STAFF = "staff"
    AUDITOR = "auditor"


READING = frozenset(
    {
        Permission.VIEW_OVERVIEW,
        Permission.VIEW_REPORTS,
        Permission.VIEW_TRANSACTIONS,
        Permission.VIEW_CONNECTIONS,
    }
)

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.ADMIN: frozenset(Permission),
    Role.MANAGER: READING | {Permission.EDIT_TRANSACTIONS, Permission.SYNC_CONNECTIONS},
    Role.STAFF: frozenset({Permission.VIEW_TRANSACTIONS, Permission.EDIT_TRANSACTIONS}),
    Role.AUDITOR: READING,
}


def roles_with(permission: Permission) -> list[Role]:
    """The roles that hold a permission, highest first."""
    return [role for role in Role if permission in ROLE_PERMISSIONS[role]]
