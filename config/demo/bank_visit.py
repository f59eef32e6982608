"""Connects a bank the way a person does: from Connections to the bank's own page and back, and waits for its rows."""

import time

from config.demo.visitor import VisitFailed, Visitor

SECONDS_TO_SYNC = 180


def connect_bank(visitor: Visitor, slug: str, institution: str) -> None:
    """The visitor has signed in, and allows the bank; its sync goes on by itself. Raises VisitFailed."""
    connections = _connections(slug)
    bank = visitor.submit(visitor.open(connections).form(f"{connections}link/"), {})
    choosing = bank.form("/accounts")
    consent = visitor.submit(choosing, choosing.option(institution)).form("/consent")
    visitor.submit(consent, consent.option("Allow access"))


def wait_for_bank(visitor: Visitor, slug: str, institution: str) -> None:
    """Returns when the bank has given all it has. Raises VisitFailed."""
    deadline = time.monotonic() + SECONDS_TO_SYNC
    while not _is_synced(visitor, _connections(slug)):
        if time.monotonic() > deadline:
            message = f"the first sync with {institution} took longer than {SECONDS_TO_SYNC} s"
            raise VisitFailed(message)
        time.sleep(0.5)


def _connections(slug: str) -> str:
    return f"/w/{slug}/connections/"


def _is_synced(visitor: Visitor, connections: str) -> bool:
    text = visitor.open(connections).text
    return "Sync now" in text and not any(unfinished in text for unfinished in ("None yet", "still coming in"))
