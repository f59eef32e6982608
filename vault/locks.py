"""Locks that are on a name and on no row: whoever waits for one sees afterwards what the other has added."""

from django.db import connection


def lock_until_commit(name: str) -> None:
    """Wait until nobody else has this lock, and hold it until the transaction ends. To be asked inside one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"counterfoil.{name}"])
