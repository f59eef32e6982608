"""Looking through each record for what alerts, link by link: the place reached and what came of it land in one transaction,
so that after any crash each event has been looked at exactly once. ADR 11 says why.

Events become part of a chain some moments after they were written; what waits is linked here too.
"""

import logging
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.db import connections, transaction
from django.utils import timezone

from audit.chain import link_events
from audit.log import open_detail
from audit.models import Event, Link
from trust.alerts.deciding import Decision, decide
from trust.alerts.models import Follower
from trust.alerts.raising import carry_out
from trust.alerts.rules import Record, rules_of
from vault.envelope import SealBroken
from vault.keyring import KeyDestroyed
from vault.tenancy import SITE_ID, enter_workspace

log = logging.getLogger(__name__)

BATCH = 500
# What a worker that was away for longer finds is history, and nobody's news.
OLDEST = timedelta(days=7)
# The last link of each is one look into an index, however long the chain is.
WITH_NEWS = """
    SELECT workspace_id FROM audit_pending
    UNION
    SELECT known.workspace_id FROM (SELECT DISTINCT workspace_id FROM vault_workspacekey) known
    LEFT JOIN alerts_follower follower ON follower.workspace_id = known.workspace_id
    CROSS JOIN LATERAL (
        SELECT sequence FROM audit_link WHERE workspace_id = known.workspace_id ORDER BY sequence DESC LIMIT 1
    ) last
    WHERE last.sequence > coalesce(follower.sequence, 0)
"""


def find_news() -> list[UUID]:
    """The workspaces, the site among them, whose records have events that were not looked at. Asked as the scheduler."""
    with connections["scheduler"].cursor() as cursor:
        cursor.execute(WITH_NEWS)
        return [workspace_id for (workspace_id,) in cursor.fetchall()]


def follow_record(workspace_id: UUID, *, batch: int = BATCH) -> None:
    """Look at all that a workspace's record has gained since the last time. Outside any scope."""
    while _follow_batch(workspace_id, batch):
        pass


@transaction.atomic
def _follow_batch(workspace_id: UUID, batch: int) -> bool:
    with enter_workspace(workspace_id):
        Follower.objects.get_or_create(workspace_id=workspace_id)
        # Who holds the row is looking at the same events.
        follower = Follower.objects.select_for_update(skip_locked=True).filter(workspace_id=workspace_id).first()
        if follower is None:
            return False
        link_events()
        links = list(Link.objects.filter(sequence__gt=follower.sequence).order_by("sequence")[:batch])
        decisions = list(_decide(workspace_id, links))
        if links:
            follower.sequence = links[-1].sequence
            follower.save(update_fields=["sequence"])
    for decision in decisions:
        carry_out(decision)
    return len(links) == batch


def _decide(workspace_id: UUID, links: list[Link]) -> Iterator[Decision]:
    rules = rules_of(Record.SITE if workspace_id == SITE_ID else Record.WORKSPACE)
    wanted = Event.objects.filter(
        pk__in=[link.event_id for link in links], action__in=rules, occurred_at__gt=timezone.now() - OLDEST
    )
    places = {link.event_id: link.sequence for link in links}
    for event in sorted(wanted, key=lambda event: places[event.pk]):
        detail = _detail(event)
        for name, rule in rules[event.action]:
            is_meant = rule.condition is None or rule.condition(detail)
            decision = decide(workspace_id, name, event, detail) if is_meant else None
            if decision is not None:
                yield decision


def _detail(event: Event) -> dict[str, object]:
    try:
        return open_detail(event)
    except KeyDestroyed:
        return {}
    except SealBroken:
        # The verification finds it too, and names it.
        log.error("Event %s does not open", event.pk)
        return {}
