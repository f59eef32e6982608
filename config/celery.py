"""The worker: JSON only, ids only, results ignored, acknowledged early; what comes round by the clock stands here."""

import os
import ssl
from datetime import timedelta

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging, task_prerun

from accounts.queues import (
    COPY_SIGN_INS,
    FIND_BY_CALENDAR,
    FIND_DUE_MAILS,
    FIND_OLD_ONCE_KEYS,
    FORGET_SESSIONS,
    FORGET_UNPROVEN,
)
from audit.queues import CLOSE_DAY, FIND_BUNDLES, LINK_WAITING
from billing.queues import FIND_CUSTOMERS, FIND_DUE_EVENTS, FIND_OLD_EVENTS
from config.logs import request_id
from config.redis_client import ANSWER_SECONDS, CONNECT_SECONDS
from integrations.queues import FIND_OLD_RECEIPTS, SWEEP
from ledger.queues import FIND_STALE_SHEETS
from trust.alerts.queues import CHECK_REDACTION, FIND_DELIVERIES, FIND_NEWS
from vault.queues import FORGET_SHARES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings

app = Celery("counterfoil")
app.conf.update(
    broker_url=settings.REDIS_URL,
    # Left to itself Celery takes whatever certificate it is shown.
    broker_use_ssl={"ssl_cert_reqs": ssl.CERT_REQUIRED} if settings.REDIS_URL.startswith("rediss://") else False,
    broker_connection_retry_on_startup=True,
    # A page that enqueues does not wait for a queue that is away; what it wanted is found by the clock. The worker waits,
    # for however long, and comes back by itself.
    broker_transport_options={
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": ANSWER_SECONDS,
        "max_retries": 0,
    },
    task_publish_retry=False,
    broker_connection_max_retries=None,
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
        "sign and verify the record": {"task": CLOSE_DAY, "schedule": crontab(hour=2, minute=10)},
        "look through the record for alerts": {"task": FIND_NEWS, "schedule": timedelta(seconds=5)},
        "send alerts left behind": {"task": FIND_DELIVERIES, "schedule": timedelta(minutes=1)},
        "see that no secret is logged": {"task": CHECK_REDACTION, "schedule": crontab(hour=2, minute=40)},
        "make exports left behind": {"task": FIND_BUNDLES, "schedule": timedelta(minutes=5)},
        "take up what is due": {"task": SWEEP, "schedule": timedelta(seconds=15), "options": {"expires": 60}},
        "forget webhooks of long ago": {"task": FIND_OLD_RECEIPTS, "schedule": timedelta(hours=6)},
        "follow Stripe's news left behind": {
            "task": FIND_DUE_EVENTS,
            "schedule": timedelta(minutes=1),
            "options": {"expires": 60},
        },
        "compare payments with Stripe": {"task": FIND_CUSTOMERS, "schedule": crontab(hour=3, minute=20)},
        "forget Stripe's news of long ago": {"task": FIND_OLD_EVENTS, "schedule": timedelta(hours=6)},
        "send mails left behind": {"task": FIND_DUE_MAILS, "schedule": timedelta(minutes=1)},
        "tell workspaces how people came in": {"task": COPY_SIGN_INS, "schedule": timedelta(minutes=1)},
        "forget sessions that ended": {"task": FORGET_SESSIONS, "schedule": timedelta(hours=1)},
        "forget keys of deeds done": {"task": FIND_OLD_ONCE_KEYS, "schedule": timedelta(hours=1)},
        "open reviews of access and end waits": {"task": FIND_BY_CALENDAR, "schedule": timedelta(hours=1)},
        "forget accounts nobody proved": {"task": FORGET_UNPROVEN, "schedule": timedelta(hours=24)},
        "forget keys out of use": {"task": FORGET_SHARES, "schedule": timedelta(hours=1)},
        "rebuild forgotten sheets": {"task": FIND_STALE_SHEETS, "schedule": timedelta(minutes=5)},
    },
)
app.autodiscover_tasks()


@setup_logging.connect
def keep_own_logging(**_: object) -> None:
    """Celery sets up none where somebody listens: its handlers would write past ours."""


@task_prerun.connect
def name_task(task_id: str, **_: object) -> None:
    """A task's lines carry its id, as a request's carry theirs."""
    request_id.set(task_id.replace("-", "")[:16])
