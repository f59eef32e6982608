"""Whether this process is alive, and whether it can serve. Cheap, and silent about internals [R92]."""

from collections.abc import Callable
from functools import cache

import redis
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse

from accounts.access import public

SECONDS_TO_ANSWER = 2


@public(because="says only that the process answers")
@transaction.non_atomic_requests
def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"alive": True})


@public(because="names which of three parts is missing and nothing else")
@transaction.non_atomic_requests
def ready(request: HttpRequest) -> JsonResponse:
    missing = [name for name, works in PARTS.items() if not works()]
    return JsonResponse({"ready": not missing, "missing": missing}, status=503 if missing else 200)


def _database_works() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis_works() -> bool:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=SECONDS_TO_ANSWER) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _migrations_are_applied() -> bool:
    try:
        return _migrations_on_disk() <= MigrationRecorder(connection).applied_migrations().keys()
    except DatabaseError:
        return False


@cache
def _migrations_on_disk() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None)
    return frozenset(loader.graph.leaf_nodes())


PARTS: dict[str, Callable[[], bool]] = {
    "database": _database_works,
    "redis": _redis_works,
    "migrations": _migrations_are_applied,
}
