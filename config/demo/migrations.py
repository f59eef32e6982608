"""Whether the database is already as the code wants it, told without Django; and making it so, with it."""

import hashlib
import io
import os
from collections.abc import Mapping

import psycopg

from config.demo.local import REPOSITORY, Local
from config.demo.plan import Plan

STATE = "migrated.json"


def is_migrated(plan: Plan, local: Local) -> bool:
    """True when the files are those of the last migration and the database still holds as many as it did then."""
    known = local.read_json(STATE).get(plan.place)
    return known is not None and known == _state(plan)


def migrate(plan: Plan, local: Local, environment: Mapping[str, str]) -> None:
    """Migrates as the owner, then holds the live catalog to the rules of tenancy as the web role."""
    os.environ.update(environment)
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("migrate", database="owner", verbosity=0)
    call_command("check", databases=["default"], stdout=io.StringIO())
    connections.close_all()
    local.write_json(STATE, local.read_json(STATE) | {plan.place: _state(plan)})


def _state(plan: Plan) -> dict[str, object]:
    return {"files": _fingerprint(), "applied": _count_applied(plan.urls.owner)}


def _fingerprint() -> str:
    # The lock file stands for the migrations of the libraries.
    files = sorted(REPOSITORY.glob("*/migrations/*.py"))
    digest = hashlib.sha256()
    for path in (*files, REPOSITORY / "requirements.txt"):
        digest.update(path.relative_to(REPOSITORY).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _count_applied(owner_url: str) -> int:
    with psycopg.connect(owner_url) as owner:
        try:
            row = owner.execute("SELECT count(*) FROM django_migrations").fetchone()
        except psycopg.errors.UndefinedTable:
            return 0
    return int(row[0]) if row else 0
