"""A whole start, as `make run` does it, in a directory of its own: sample companies, what scripts rely on, and the stop."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.demo.local import REPOSITORY
from config.demo.ports import is_free
from config.demo.visitor import Visitor

SECONDS_TO_START = 120
READY = "Ctrl-C stops"


def command(module: str, folder: Path) -> dict[str, Any]:
    environment = {"PATH": os.defpath, "COUNTERFOIL_LOCAL": str(folder)}
    return {"args": [sys.executable, "-m", module], "cwd": REPOSITORY, "env": environment, "text": True}


@contextmanager
def started(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A start that has told where it is; killed at the end if the test has not stopped it."""
    with subprocess.Popen(
        **command("config.demo", folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None
        deadline, told = time.monotonic() + SECONDS_TO_START, ""
        while READY not in told:
            line = process.stdout.readline()
            told += line
            assert line, told
            assert time.monotonic() < deadline, told
        try:
            yield process
        finally:
            process.kill()


def stop(process: subprocess.Popen[str], number: signal.Signals) -> None:
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_a_start_from_nothing_then_a_second_one(tmp_path: Path) -> None:
    folder = tmp_path / "local"
    with started(folder) as process:
        demo = json.loads((folder / "demo.json").read_text())
        check_what_scripts_rely_on(demo)
        check_that_others_read_nothing(folder)
        check_that_a_second_start_is_refused(folder)
        check_that_everybody_gets_in(demo)
        rows = count_rows(demo)
        stop(process, signal.SIGINT)
    ports = json.loads((folder / "ports.json").read_text())
    assert all(is_free(port) for port in ports.values())

    with started(folder) as process:
        again = json.loads((folder / "demo.json").read_text())
        assert again["users"] == demo["users"]
        assert count_rows(again) == rows
        stop(process, signal.SIGTERM)

    subprocess.run(**command("config.demo.reset", folder), check=True, capture_output=True)
    assert [path.name for path in folder.iterdir()] == ["lock"]


def check_what_scripts_rely_on(demo: dict[str, Any]) -> None:
    assert set(demo) == {
        "url", "sandbox_url", "database_url", "web_database_url", "backup_database_url", "users",
    }  # fmt: skip
    assert [user["role"] for user in demo["users"]] == ["owner", "manager", "auditor", "owner"]
    assert len({user["workspace"] for user in demo["users"]}) == 2
    assert [bool(user["totp_secret"]) for user in demo["users"]] == [True, True, False, True]


def check_that_others_read_nothing(folder: Path) -> None:
    for path in folder.rglob("*"):
        assert path.is_symlink() or path.stat().st_mode & 0o077 == 0, path


def check_that_a_second_start_is_refused(folder: Path) -> None:
    refused = subprocess.run(**command("config.demo", folder), check=False, capture_output=True)

    assert refused.returncode == 1
    assert "already running" in refused.stderr


def check_that_everybody_gets_in(demo: dict[str, Any]) -> None:
    for user in demo["users"]:
        visitor = Visitor(demo["url"])
        visitor.sign_in(user["email"], user["password"], user["totp_secret"])
        for page in ("", "transactions/", "reports/profit-and-loss/", "connections/"):
            assert visitor.open(f"/w/{user['workspace']}/{page}").status == 200


def count_rows(demo: dict[str, Any]) -> list[int]:
    with psycopg.connect(demo["backup_database_url"]) as backup:
        found = backup.execute("SELECT count(*) FROM ledger_transaction GROUP BY workspace_id ORDER BY 1").fetchall()
    small, large = [count for (count,) in found]
    assert 500 < small < 700
    assert 8_500 < large < 9_500
    return [small, large]


@pytest.mark.parametrize(
    "given",
    [
        {"PLAID_BASE_URL": "https://sandbox.plaid.com"},
        {"DATABASE_URL": "postgresql://boss:word@127.0.0.1:1/postgres"},
        {"PORT": "eighty"},
    ],
)
def test_a_start_that_cannot_be_says_why_in_a_sentence(tmp_path: Path, given: dict[str, str]) -> None:
    arguments = command("config.demo", tmp_path / "local")
    arguments["env"] |= given
    refused = subprocess.run(**arguments, check=False, capture_output=True)

    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert refused.stderr.strip()
