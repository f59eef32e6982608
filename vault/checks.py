"""`manage.py check --database default` refuses a database in which a table of a workspace is not protected."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections

from vault.catalog import find_problems


def check_row_security(databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    if "default" not in (databases or ()):
        return []
    return [Error(problem, id="vault.E001") for problem in find_problems(connections["default"])]
