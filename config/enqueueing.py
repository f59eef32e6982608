"""How actions ask for tasks: by name, after the commit, with ids and nothing else.

What is committed stays committed where the queue is away: its row says when it is due, and the clock's finder asks again.
"""

import logging
from uuid import UUID

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from config.redis_client import circuit

log = logging.getLogger(__name__)


def enqueue_after_commit(name: str, *ids: UUID, seconds: float = 0) -> None:
    """Ask for a task once this transaction is committed, `seconds` later."""
    # No partial: where one fails, Django asks for a name that it has not got, and the answer is a 500 after all.
    transaction.on_commit(lambda: _send(name, [str(one) for one in ids], seconds), robust=True)


def _send(name: str, ids: list[str], seconds: float) -> None:
    if circuit.is_open:
        log.warning("The queue is away: %s is left to the clock", name)
        return
    try:
        if seconds:
            current_app.send_task(name, ids, countdown=seconds)
        else:
            current_app.send_task(name, ids)
    except (OperationalError, RedisError) as error:
        circuit.open()
        log.warning("The queue is away: %s is left to the clock (%s)", name, type(error).__name__)
