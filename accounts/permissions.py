"""Who may do what: one enum of permissions, one table of roles. Pages, refusals and the matrix are made from it."""

from collections.abc import Iterable
from enum import StrEnum

from django.db import models


class Permission(StrEnum):
    """What a route can ask for. The value is how a refusal names it."""

    VIEW_OVERVIEW = "see the overview"
    VIEW_CASH = "see the cash position"
    VIEW_PROFIT_AND_LOSS = "see profit and loss"
    VIEW_AGEING = "see who owes what since when"
    VIEW_TRIAL_BALANCE = "see the trial balance"
    VIEW_TRANSACTIONS = "see transactions"
    VIEW_DOCUMENTS = "see invoices, bills and contacts"
    EDIT_TRANSACTIONS = "categorise and annotate transactions"
    VIEW_CONNECTIONS = "see connections"
    SYNC_CONNECTIONS = "start a sync"
    MANAGE_CONNECTIONS = "connect and disconnect banks and books"
    VIEW_MEMBERS = "see members"
    FOLLOW_SET_UP = "follow the set-up"
    SET_UP_WORKSPACE = "choose base currency and fiscal year"
    CHANGE_SETTINGS = "rename the workspace and change its fiscal year"
    VIEW_INVITATIONS = "see invitations"
    INVITE_MEMBERS = "invite people"
    CHANGE_ROLES = "change what members may do"
    REMOVE_MEMBERS = "remove members"
    VIEW_ACCESS_REVIEWS = "see access reviews"
    REVIEW_ACCESS = "carry out access reviews"
    VIEW_AUDIT_LOG = "see the audit log"
    EXPORT_AUDIT_LOG = "export the audit log"
    ACKNOWLEDGE_ALERTS = "acknowledge alerts"
    ROUTE_ALERTS = "say where alerts are sent"
    CHANGE_TEAM_POLICY = "say who needs a second factor"
    CONFIRM_RECOVERY = "let somebody back in who has lost their second factors"
    GRANT_OPERATOR_ACCESS = "let an operator read the workspace for a while"
    MANAGE_BILLING = "see and change the plan and what is paid for it"
    HAND_OVER_OWNERSHIP = "make somebody else an Owner"


class Role(models.TextChoices):
    OWNER = "owner"
    ADMIN = "admin"
    MANAGER = "manager"
    STAFF = "staff"
    AUDITOR = "auditor"


READING = frozenset(
    {
        Permission.VIEW_OVERVIEW,
        Permission.VIEW_CASH,
        Permission.VIEW_PROFIT_AND_LOSS,
        Permission.VIEW_AGEING,
        Permission.VIEW_TRIAL_BALANCE,
        Permission.VIEW_TRANSACTIONS,
        Permission.VIEW_DOCUMENTS,
        Permission.VIEW_CONNECTIONS,
        Permission.VIEW_MEMBERS,
        Permission.VIEW_INVITATIONS,
    }
)
# What a company can only lose by the hand of somebody who answers for it.
OWNERS_ALONE = frozenset({Permission.CONFIRM_RECOVERY, Permission.HAND_OVER_OWNERSHIP})

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.ADMIN: frozenset(Permission) - OWNERS_ALONE,
    Role.MANAGER: READING | {Permission.EDIT_TRANSACTIONS, Permission.SYNC_CONNECTIONS, Permission.FOLLOW_SET_UP},
    # Who belongs here and what each role may do is published to every member [R45].
    Role.STAFF: frozenset({Permission.VIEW_TRANSACTIONS, Permission.EDIT_TRANSACTIONS, Permission.VIEW_MEMBERS}),
    # The log is theirs to see and to take away; operators, who read as auditors do, see nothing of it.
    Role.AUDITOR: READING | {Permission.VIEW_ACCESS_REVIEWS, Permission.VIEW_AUDIT_LOG, Permission.EXPORT_AUDIT_LOG},
}

# Which roles a role may give, take, and act upon. Nobody is made an Owner in this way: that takes two people.
MAY_GIVE: dict[Role, frozenset[Role]] = {
    Role.OWNER: frozenset(Role) - {Role.OWNER},
    Role.ADMIN: frozenset(Role) - {Role.OWNER},
}
MAY_ACT_ON: dict[Role, frozenset[Role]] = {
    Role.OWNER: frozenset(Role),
    Role.ADMIN: frozenset(Role) - {Role.OWNER},
}


def roles_with(permission: Permission) -> list[Role]:
    """The roles that hold a permission, highest first."""
    return [role for role in Role if permission in ROLE_PERMISSIONS[role]]


def may_give(role: Role, given: Role) -> bool:
    """Whether somebody of a role may give another person a role, by invitation or by change."""
    return given in MAY_GIVE.get(role, frozenset())


def may_act_on(role: Role, other: Role) -> bool:
    """Whether somebody of a role may change or end the membership of another person."""
    return other in MAY_ACT_ON.get(role, frozenset())


def name_roles_with(permission: Permission) -> str:
    """Who holds a permission, to begin a sentence with: An Owner, Admin or Manager."""
    return f"An {or_list(role.label for role in roles_with(permission))}"


def or_list(words: Iterable[str]) -> str:
    """Words as an enumeration of which any is enough: Owner, Admin or Manager."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last
