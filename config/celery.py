"""The worker: JSON only, ids only, results ignored, acknowledged early; what comes round by the clock stands here."""

import os
from datetime import timedelta

from celery import Celery

from accounts.queues import FIND_BY_CALENDAR, FIND_DUE_MAILS, FORGET_SESSIONS, FORGET_UNPROVEN
from audit.queues import LINK_WAITING
from integrations.queues import FIND_OLD_RECEIPTS, SWEEP
from ledger.queues import FIND_STALE_SHEETS
from vault.queues import FORGET_SHARES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings

app = Celery("counterfoil")
app.conf.update(
    broker_url=settings.REDIS_URL,
    broker_connection_retry_on_startup=True,
    # A page that enqueues does not wait long for a queue that is away; what it wanted is found by the clock.
    broker_transport_options={"socket_connect_timeout": 2, "socket_timeout": 5},
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=False,
    task_create_missing_queues=True,
    worker_hijack_root_logger=False,
    worker_prefetch_multiplier=1,
    timezone="UTC",
    beat_schedule={
        "link audit events": {"task": LINK_WAITING, "schedule": timedelta(seconds=10)},
        "take up what is due": {"task": SWEEP, "schedule": timedelta(seconds=15)},
        "forget webhooks of long ago": {"task": FIND_OLD_RECEIPTS, "schedule": timedelta(hours=6)},
        "send mails left behind": {"task": FIND_DUE_MAILS, "schedule": timedelta(minutes=1)},
        "forget sessions that ended": {"task": FORGET_SESSIONS, "schedule": timedelta(hours=1)},
        "open reviews of access and end waits": {"task": FIND_BY_CALENDAR, "schedule": timedelta(hours=1)},
        "forget accounts nobody proved": {"task": FORGET_UNPROVEN, "schedule": timedelta(hours=24)},
        "forget keys out of use": {"task": FORGET_SHARES, "schedule": timedelta(hours=1)},
        "rebuild forgotten sheets": {"task": FIND_STALE_SHEETS, "schedule": timedelta(minutes=5)},
    },
)
app.autodiscover_tasks()
