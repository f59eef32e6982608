"""The worker's part: looking through records every few seconds, sending to endpoints, and the nightly self-test. Tasks carry
ids only, and may come twice or not at all.
"""

from uuid import UUID

from celery import current_app, shared_task

from trust.alerts import delivering, following, selftest
from trust.alerts.queues import CHECK_REDACTION, FIND_DELIVERIES, FIND_NEWS, FOLLOW_RECORD, SEND_DELIVERY
from vault.quiet import ends_with_its_key


@shared_task(name=FIND_NEWS)
def find_news() -> None:
    """Ask for each record that has something new to be looked at."""
    for workspace_id in following.find_news():
        current_app.send_task(FOLLOW_RECORD, [str(workspace_id)])


@shared_task(name=FOLLOW_RECORD)
def follow_record(workspace_id: str) -> None:
    """Look at what a record has gained."""
    following.follow_record(UUID(workspace_id))


@shared_task(name=FIND_DELIVERIES)
def find_deliveries() -> None:
    """Ask for each message to an endpoint whose time has come."""
    for workspace_id, delivery_id in delivering.find_due():
        current_app.send_task(SEND_DELIVERY, [str(workspace_id), str(delivery_id)])


@shared_task(name=SEND_DELIVERY)
@ends_with_its_key
def send_delivery(workspace_id: str, delivery_id: str) -> None:
    """Send a message, if it waits to be sent."""
    delivering.send_delivery(UUID(workspace_id), UUID(delivery_id))


@shared_task(name=CHECK_REDACTION)
def check_redaction() -> None:
    """See that no secret gets into logs and reports."""
    selftest.check_redaction()
