"""`python -m tests.benchmarks.record`: the audit log, on servers of its own. Writes no file.

EVENTS of one workspace (100,000 unless it says otherwise). Measured are appending against a plain insert of the same row
with two writers at once, each page of the log as the web process answers it, and the night's work.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from tests.benchmarks.place import own_workplace
from tests.benchmarks.plan import Plan
from tests.support.environment import Workplace

EVENTS = 100_000
ADDED = 1_000
ASKED = Plan(rows=0, small=0, synced=0, repetitions=15)


def measure_record(workplace: Workplace, events: int, plan: Plan) -> Iterator[str]:
    """Lines of figures, each as soon as it is measured."""
    from tests.benchmarks.record_appending import compare_appending
    from tests.benchmarks.record_filling import fill_record
    from tests.support.people import make_owner

    owner, writer = make_owner("bench", "Bench Works"), make_owner("writer", "Bench Writing")
    fill_record(writer, ADDED)
    _analyze(workplace)
    seconds, filled = _timed(lambda: fill_record(owner, events))
    yield f"{events:,} events sealed, written and linked: {events / seconds:,.0f} a second"
    _analyze(workplace)
    yield from compare_appending(writer)
    yield from measure_filled(owner, filled, events, plan)


def measure_filled(owner: Any, filled: Any, events: int, plan: Plan) -> Iterator[str]:
    """The night's work, the pages and an export of a record of so many events."""
    yield from _measure_nights(owner, events)
    yield _measure_proofs(owner, filled)
    yield from _measure_pages(owner, filled, plan)
    yield from _measure_export(owner, events)


def _analyze(workplace: Workplace) -> None:
    """What autovacuum does within a minute: without it PostgreSQL plans as if the tables were still empty."""
    address = workplace.servers.postgres.admin_url_of(workplace.database)
    with psycopg.connect(address, autocommit=True) as administrator:
        administrator.execute("ANALYZE")


def _measure_nights(owner: Any, events: int) -> Iterator[str]:
    from audit.checkpoints import sign_checkpoint
    from audit.verification import verify_workspace
    from tests.benchmarks.record_filling import fill_record

    workspace_id = owner.workspace.pk
    yield _line(f"first checkpoint, {events:,} events", _timed(lambda: sign_checkpoint(workspace_id))[0])
    fill_record(owner, ADDED)
    yield _line(f"next checkpoint, {ADDED:,} events more", _timed(lambda: sign_checkpoint(workspace_id))[0])
    seconds, verdict = _timed(lambda: verify_workspace(workspace_id))
    if verdict is None or verdict.fault_count:
        raise AssertionError("the record does not hold")
    yield _line(f"verification of {verdict.length:,} events", seconds)
    yield f"highest memory so far {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB"


def _measure_proofs(owner: Any, filled: Any) -> str:
    address = f"/w/{owner.workspace.slug}/settings/audit-log/events/{{}}/proof/"
    taken = [_ask(owner, address.format(event_id), {}) for event_id in (filled.old, filled.middle) for _ in range(5)]
    return f"{'proof of one event, as a file':<42}{median(taken) * 1000:8.1f} ms, at most {max(taken) * 1000:.1f}"


def _measure_pages(owner: Any, filled: Any, plan: Plan) -> Iterator[str]:
    from tests.benchmarks.timing import measure_in_turn

    address = f"/w/{owner.workspace.slug}/settings/audit-log/"
    queries: dict[str, dict[str, str]] = {
        "newest 50": {},
        "by one of ten people": {"actor": str(filled.person)},
        "by a person who did 20 things": {"actor": str(filled.rare_person)},
        "of one action": {"action": "ledger.transactions.recategorised"},
        "of an action done 20 times": {"action": "accounts.ownership.offered"},
        "of a group of actions": {"action": "all:connections"},
        "to one object": {"target": str(filled.target)},
        "on one day in the middle": {"since": filled.day, "until": filled.day},
        "that failed (1 in 1,000)": {"outcome": "failed"},
        "that were refused (20 of all)": {"outcome": "refused"},
        "that failed, by one person": {"outcome": "failed", "actor": str(filled.person)},
        "by the system": {"actor": "system"},
        "a page in the very middle": {"after": str(filled.middle)},
        "a page at the far end": {"after": str(filled.old)},
        "an address, opened and looked for": {"q": "192.0.2.200"},
        "nothing at all": {"target": str(owner.workspace.pk), "outcome": "refused"},
    }
    asked = {title: partial(_ask, owner, address, query) for title, query in queries.items()}
    for title, timings in measure_in_turn(asked, plan).items():
        yield f"{title:<42}{timings.median * 1000:8.1f} ms, 95th percentile {timings.p95 * 1000:.1f}"


def _measure_export(owner: Any, events: int) -> Iterator[str]:
    from accounts.access import workspace_scope
    from audit.models import Bundle, BundlePart
    from audit.pages.bundles.actions import request_bundle
    from audit.pages.bundles.making import make_bundle

    with workspace_scope(owner.workspace.pk):
        bundle = request_bundle(actor=owner.actor)
    seconds, _ = _timed(lambda: make_bundle(owner.workspace.pk, bundle.pk))
    with TemporaryDirectory() as folder, workspace_scope(owner.workspace.pk):
        size, path = Bundle.objects.get(pk=bundle.pk).size, Path(folder) / "export.zip"
        with path.open("wb") as file:
            for number in range(BundlePart.objects.count()):
                file.write(BundlePart.objects.get(number=number).data)
        yield _line(f"export of {events:,} events, {size / 1e6:.0f} MB", seconds)
        yield f"highest memory so far {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB"
        verifier = Path(__file__).parents[2] / "audit" / "pages" / "bundles" / "verify.py"
        command = [sys.executable, "-I", "-S", str(verifier), str(path)]
        seconds, _ = _timed(lambda: subprocess.run(command, check=True, capture_output=True))
        yield _line("verify.py over all of it", seconds)


def _ask(owner: Any, address: str, query: dict[str, str]) -> float:
    started = time.perf_counter()
    answer = owner.client.get(address, query)
    taken = time.perf_counter() - started
    if answer.status_code != 200:
        raise AssertionError(f"{query}: {answer.status_code}")
    return taken


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    done = work()
    return time.perf_counter() - started, done


def _line(title: str, seconds: float) -> str:
    return f"{title:<42}{seconds:8.2f} s"


def main() -> None:
    events = int(os.environ.get("EVENTS", str(EVENTS)))
    with own_workplace() as workplace:
        for line in measure_record(workplace, events, ASKED):
            print(line, flush=True)


if __name__ == "__main__":
    main()
