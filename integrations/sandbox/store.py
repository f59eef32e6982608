"""The sandbox's SQLite file. The event log is append-only: a cursor of an item stays good for ever."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS signing_key (
    kid TEXT PRIMARY KEY, pem TEXT NOT NULL, created_at REAL NOT NULL, expired_at REAL
);
CREATE TABLE IF NOT EXISTS link_token (
    token TEXT PRIMARY KEY, page TEXT NOT NULL UNIQUE, request TEXT NOT NULL, item_id TEXT,
    created_at REAL NOT NULL, expires_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS link_session (
    id TEXT PRIMARY KEY, link_token TEXT NOT NULL REFERENCES link_token (token), started_at REAL NOT NULL,
    finished_at REAL, outcome TEXT, item_id TEXT, public_token TEXT, events TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX IF NOT EXISTS link_session_token ON link_session (link_token, started_at);
CREATE TABLE IF NOT EXISTS item (
    id TEXT PRIMARY KEY, institution_id TEXT NOT NULL, access_token TEXT UNIQUE, webhook TEXT,
    history_days INTEGER NOT NULL,
    created_at REAL NOT NULL, ready_at REAL NOT NULL, complete_at REAL NOT NULL, opened_on TEXT NOT NULL,
    phase TEXT NOT NULL DEFAULT 'waiting', logged_to TEXT NOT NULL, error_code TEXT,
    is_removed INTEGER NOT NULL DEFAULT 0, is_synced INTEGER NOT NULL DEFAULT 0, last_webhook TEXT, last_webhook_at REAL
);
CREATE TABLE IF NOT EXISTS public_token (
    token TEXT PRIMARY KEY, item_id TEXT NOT NULL REFERENCES item (id), expires_at REAL NOT NULL, used_at REAL
);
CREATE TABLE IF NOT EXISTS account (
    item_id TEXT NOT NULL REFERENCES item (id), key TEXT NOT NULL, id TEXT NOT NULL UNIQUE, position INTEGER NOT NULL,
    spec TEXT NOT NULL, current_minor INTEGER NOT NULL, PRIMARY KEY (item_id, key)
);
CREATE TABLE IF NOT EXISTS event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, item_id TEXT NOT NULL REFERENCES item (id), kind TEXT NOT NULL,
    row_key TEXT NOT NULL, account TEXT NOT NULL, minor INTEGER NOT NULL, pending INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS event_item ON event (item_id, seq);
CREATE INDEX IF NOT EXISTS event_pending ON event (item_id, row_key) WHERE pending;
CREATE TRIGGER IF NOT EXISTS event_stays BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'events stay'); END;
CREATE TRIGGER IF NOT EXISTS event_is_kept BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'events stay'); END;
CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT, item_id TEXT, url TEXT NOT NULL, body TEXT NOT NULL,
    created_at REAL NOT NULL, due_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'due'
);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (due_at) WHERE state = 'due';
CREATE TABLE IF NOT EXISTS switch (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, path TEXT NOT NULL, after INTEGER NOT NULL,
    times INTEGER NOT NULL, seconds REAL NOT NULL, seen INTEGER NOT NULL DEFAULT 0, served INTEGER NOT NULL DEFAULT 0
);
"""


class Store:
    """One connection per thread; each statement outside `writing` is a transaction of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._connection().executescript(f"PRAGMA journal_mode = WAL;{SCHEMA}")

    def prepare(self, tables: str) -> None:
        """Makes the tables of another part of the sandbox, where they are not there yet."""
        self._connection().executescript(tables)

    def all(self, sql: str, *values: object) -> list[sqlite3.Row]:
        return self._connection().execute(sql, values).fetchall()

    def one(self, sql: str, *values: object) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._connection().execute(sql, values).fetchone()
        return row

    def run(self, sql: str, *values: object) -> int:
        """Runs a statement and returns how many rows it changed."""
        return self._connection().execute(sql, values).rowcount

    def run_many(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        self._connection().executemany(sql, rows)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A write transaction that no other thread or process can come between; nested ones join the outer."""
        connection = self._connection()
        if connection.in_transaction:
            yield
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            connection.rollback()
            raise
        connection.commit()

    def close(self) -> None:
        """Closes this thread's connection."""
        connection: sqlite3.Connection | None = self._local.__dict__.pop("connection", None)
        if connection is not None:
            connection.close()

    def _connection(self) -> sqlite3.Connection:
        local: Any = self._local
        if not hasattr(local, "connection"):
            local.connection = sqlite3.connect(self._path, isolation_level=None, timeout=10)
            local.connection.row_factory = sqlite3.Row
            local.connection.execute("PRAGMA foreign_keys = ON")
            local.connection.execute("PRAGMA synchronous = NORMAL")
        connection: sqlite3.Connection = local.connection
        return connection
