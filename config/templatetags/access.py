"""What a person may do, asked in templates by the permission's name in code: membership|may:"EDIT_TRANSACTIONS"."""

from django import template

from accounts.models import Membership
from accounts.operators import Visit
from accounts.permissions import Permission

register = template.Library()


@register.filter
def may(membership: Membership | Visit | None, name: str) -> bool:
    """Whether the membership holds the permission of that name; a name that does not exist raises KeyError."""
    permission = Permission[name]
    return membership is not None and membership.may(permission)
