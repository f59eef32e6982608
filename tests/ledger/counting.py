"""Counts every statement the driver is given, also those that pass Django's own cursors by."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """The statements of the block, in a list that fills while it runs."""
    statements: list[str] = []
    execute, stream = psycopg.Cursor.execute, psycopg.Cursor.stream

    def counted_execute(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        statements.append(str(query))
        return execute(self, query, *args, **kwargs)

    def counted_stream(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        statements.append(str(query))
        return stream(self, query, *args, **kwargs)

    with (
        patch.object(psycopg.Cursor, "execute", counted_execute),
        patch.object(psycopg.Cursor, "stream", counted_stream),
    ):
        yield statements
