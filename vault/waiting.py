"""Waiting until nobody can be writing any more by what they read before a moment."""

import time

from django.db import connection

OPEN_TRANSACTIONS = """
    SELECT pid, xact_start FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
"""
SECONDS_BETWEEN = 0.05


class StillOpen(RuntimeError):
    """A transaction that began before goes on and on."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"A transaction of the product has been open for more than {seconds:.0f} s. Try again later.")


def wait_for_open_transactions(*, seconds: float) -> None:
    """Return once every transaction of the product that is open now has ended. Raises StillOpen after `seconds`.

    To be asked outside a transaction: PostgreSQL shows a transaction the same list again and again.
    """
    open_now = _open_transactions()
    deadline = time.monotonic() + seconds
    while open_now:
        if time.monotonic() > deadline:
            raise StillOpen(seconds)
        time.sleep(SECONDS_BETWEEN)
        open_now &= _open_transactions()


def _open_transactions() -> set[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(OPEN_TRANSACTIONS)
        return set(cursor.fetchall())
