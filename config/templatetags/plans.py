"""What a workspace's plan says on its pages, read from the workspace that is there already."""

from django import template
from django.utils import timezone

from accounts.entitlements import Notice, may_sync, name_history, notice_of
from accounts.models import Workspace

register = template.Library()


@register.filter
def plan_notice(workspace: Workspace) -> Notice | None:
    """What every page says of the plan, None while all is well."""
    return notice_of(workspace, timezone.now())


@register.filter
def is_syncing(workspace: Workspace) -> bool:
    """Whether the plan brings in what is new."""
    return may_sync(workspace, timezone.now())


@register.filter
def history(workspace: Workspace) -> str:
    """How far back a bank is asked for rows, in words."""
    return name_history(workspace)
