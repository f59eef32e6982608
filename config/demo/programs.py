"""The programs of the product as the demonstration runs them, and how to tell that each is ready."""

import http.client
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from config.demo.children import Child, ChildFailed, start_child
from config.demo.local import REPOSITORY
from config.demo.ports import LOOPBACK

SECONDS_TO_START = 60
WEB_PROCESSES = "2"
WORKER_PROCESSES = "2"


def start_web(port: int, *, environment: Mapping[str, str], logs: Path) -> Child:
    """The product itself. Loaded once, then forked: a start costs one import."""
    command = _gunicorn("config.wsgi:application", port, WEB_PROCESSES)
    return _start("web", [*command, "--preload"], environment, logs)


def start_sandbox(port: int, *, environment: Mapping[str, str], logs: Path) -> Child:
    """The sandbox bank, a program of its own; its threads also deliver webhooks."""
    command = [*_gunicorn("integrations.sandbox.wsgi:application", port, "1"), "--threads", "4"]
    return _start("sandbox", command, environment, logs)


def start_worker(*, environment: Mapping[str, str], logs: Path, beat: Path | None, processes: str) -> Child:
    """The worker; with `beat`, the file in which it keeps the clock's schedule, it also is the clock."""
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "--loglevel", "INFO", "-c", processes]
    command += ["--without-gossip", "--without-mingle"]
    command += ["-B", "-s", str(beat)] if beat else []
    return _start("worker", command, environment, logs)


def wait_until_ready(web: Child, port: int) -> None:
    """Until the product says that it can serve. Raises ChildFailed."""
    _wait(web, lambda: _status(port, "/readyz") == http.client.OK)


def wait_for_answer(child: Child, port: int) -> None:
    """Until anything answers there. Raises ChildFailed."""
    _wait(child, lambda: _status(port, "/") != 0)


def wait_for_worker(worker: Child) -> None:
    """Until the worker says that it takes tasks. Raises ChildFailed."""
    _wait(worker, lambda: " ready." in worker.log.read_text(errors="replace"))


def _wait(child: Child, is_done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and child.is_running():
        if is_done():
            return
        time.sleep(0.05)
    raise ChildFailed(child, "did not become ready")


def _status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _gunicorn(application: str, port: int, workers: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "gunicorn",
        application,
        "-b",
        f"{LOOPBACK}:{port}",
        "-w",
        workers,
        "--no-control-socket",
    ]


def _start(name: str, command: list[str], environment: Mapping[str, str], logs: Path) -> Child:
    # Nothing of the surrounding environment but where programs and this repository are.
    known = {"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(REPOSITORY), "LANG": "C.UTF-8", "TZ": "UTC"}
    return start_child(
        name, command, environment=known | dict(environment), log=logs / f"{name}.log", folder=REPOSITORY
    )
