"""Operators for the tests: really flagged by the command's own action, and really on the list."""

from typing import Any

from accounts.access import workspace_scope
from accounts.actions import give_operator_grant, grant_operator
from accounts.models import OperatorGrant
from tests.support.people import SETUP, Persona, make_person, sign_in

ALIASES = ["default", "owner", "operator"]
REASON = "The sync of our main account shows an error."


def make_operator(settings: Any, like: Persona, *, flagged: bool = True, listed: bool = True) -> Persona:
    """A new operator, who belongs to no workspace; `workspace` is that of `like`."""
    user = make_person("olive")
    if flagged:
        grant_operator(actor=SETUP, user_id=user.pk)
    if listed:
        settings.OPERATORS = settings.OPERATORS | {user.email}
    return Persona(user, like.workspace, sign_in(user))


def let_read(owner: Persona, operator: Persona, hours: int = 2) -> OperatorGrant:
    """The owner lets an operator read their workspace."""
    with workspace_scope(owner.workspace.pk):
        return give_operator_grant(actor=owner.actor, email=operator.user.email, hours=hours, reason=REASON)
