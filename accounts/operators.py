"""Who is an operator: a flag that only a command writes, an address that the environment lists, and a proof [R51, C12].

Asked anew on each request. The third condition is a step-up of its own, `Deed.OPERATE`.
"""

from dataclasses import dataclass

from django.conf import settings

from accounts.models import Operator, OperatorGrant, User, Workspace
from accounts.permissions import READING, Permission, Role
from vault.tenancy import as_person


@dataclass(frozen=True, slots=True)
class Visit:
    """An operator's place in a workspace: that of nobody there, who may read for as long as the grant lives."""

    workspace: Workspace
    grant: OperatorGrant
    role: str = Role.AUDITOR
    permissions: frozenset[Permission] = READING
    first_page: str = "ledger:overview"

    def may(self, permission: Permission) -> bool:
        """Whether the visit allows it."""
        return permission in self.permissions

    def get_role_display(self) -> str:
        """What a page calls the visitor."""
        return "Operator, reading"


def is_operator(user: User) -> bool:
    """Whether a person is on the list and carries the flag; whoever is not on the list costs no query."""
    return user.is_active and user.email in settings.OPERATORS and Operator.objects.filter(user=user).exists()


def find_visit(user: User, slug: str) -> Visit | None:
    """What an operator's live grant opens under this address. Outside any scope, in a transaction."""
    with as_person(user.pk):
        workspace = Workspace.objects.filter(slug=slug).first()
        live = OperatorGrant.objects.filter(operator=user, workspace_id=workspace.pk) if workspace else None
        grant = live.order_by("-expires_at").first() if live is not None else None
    return Visit(workspace, grant) if workspace and grant else None
