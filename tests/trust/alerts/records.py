"""Events for the tests to look at, and the tests' own way through the record: what is in it already is passed over."""

from uuid import UUID

from django.db import transaction

from accounts.access import workspace_scope
from audit.chain import link_events
from audit.models import Link
from trust.alerts.following import follow_record
from trust.alerts.models import Alert, Follower
from vault.tenancy import SITE_ID, enter_workspace


def catch_up(workspace_id: UUID = SITE_ID) -> None:
    """Pass over all that a record holds now."""
    with transaction.atomic(), enter_workspace(workspace_id):
        link_events()
        last = Link.objects.order_by("-sequence").values_list("sequence", flat=True).first() or 0
        Follower.objects.update_or_create(workspace_id=workspace_id, defaults={"sequence": last})


def follow(*workspace_ids: UUID) -> None:
    """Look at what is new in the site's record and in those of workspaces."""
    for workspace_id in (SITE_ID, *workspace_ids):
        follow_record(workspace_id, batch=50)


def alerts_in(workspace_id: UUID, rule: str = "") -> list[Alert]:
    """The alerts of a workspace, of one rule or of all, oldest first."""
    with workspace_scope(workspace_id):
        found = Alert.objects.filter(rule=rule) if rule else Alert.objects.all()
        return list(found.order_by("first_at", "id"))
