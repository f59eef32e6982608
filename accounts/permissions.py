"""Who may do what: one enum of permissions, one table of roles. Pages, refusals and the matrix are made from it."""

from enum import StrEnum

from django.db import models


class Permission(StrEnum):
    """What a route can ask for. The value is how a refusal names it."""

    VIEW_OVERVIEW = "see the overview"
    VIEW_REPORTS = "see reports"
    VIEW_TRANSACTIONS = "see transactions"
    VIEW_DOCUMENTS = "see invoices, bills and contacts"
    EDIT_TRANSACTIONS = "categorise and annotate transactions"
    VIEW_CONNECTIONS = "see connections"
    SYNC_CONNECTIONS = "start a sync"
    MANAGE_CONNECTIONS = "connect and disconnect banks and books"
    VIEW_MEMBERS = "see members"
    FOLLOW_SET_UP = "follow the set-up"
    SET_UP_WORKSPACE = "choose base currency and fiscal year"


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
        Permission.VIEW_DOCUMENTS,
        Permission.VIEW_CONNECTIONS,
        Permission.VIEW_MEMBERS,
    }
)

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.ADMIN: frozenset(Permission),
    Role.MANAGER: READING | {Permission.EDIT_TRANSACTIONS, Permission.SYNC_CONNECTIONS, Permission.FOLLOW_SET_UP},
    # Who belongs here and what each role may do is published to every member [R45].
    Role.STAFF: frozenset({Permission.VIEW_TRANSACTIONS, Permission.EDIT_TRANSACTIONS, Permission.VIEW_MEMBERS}),
    Role.AUDITOR: READING,
}


def roles_with(permission: Permission) -> list[Role]:
    """The roles that hold a permission, highest first."""
    return [role for role in Role if permission in ROLE_PERMISSIONS[role]]


def name_roles_with(permission: Permission) -> str:
    """Who holds a permission, to begin a sentence with: An Owner, Admin or Manager."""
    *others, last = [role.label for role in roles_with(permission)]
    return f"An {', '.join(others)} or {last}" if others else f"An {last}"
