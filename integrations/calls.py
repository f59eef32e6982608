"""Counting every call that leaves for a provider, so that "0 writes" can be read off instead of believed."""

import logging
from typing import Any
from uuid import UUID, uuid4

from django.db import Error, connection
from django.utils import timezone

from accounts.access import workspace_scope
from config.outbound import Call

log = logging.getLogger(__name__)

COUNT = """
    INSERT INTO integrations_callcount AS known
        (id, workspace_id, provider, endpoint, day, calls, writes, refused)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (workspace_id, provider, endpoint, day) DO UPDATE SET
        calls = known.calls + excluded.calls, writes = known.writes + excluded.writes,
        refused = known.refused + excluded.refused
"""


def count_call(workspace_id: UUID, provider: str, call: Call) -> None:
    """Add one call to the day's count (UTC), in a transaction of its own. Never raises for a database that is away."""
    figures = (not call.refused, call.wrote, call.refused)
    row: list[Any] = [uuid4(), workspace_id, provider, call.path, timezone.now().date(), *map(int, figures)]
    try:
        with workspace_scope(workspace_id), connection.cursor() as cursor:
            cursor.execute(COUNT, row)
    except Error:
        log.exception("A call to %s could not be counted", provider)
