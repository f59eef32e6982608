"""Connects a bank the way a person does: from Connections to the bank's own page and back, until the sync is done."""

import time

from config.demo.visitor import VisitFailed, Visitor

SECONDS_TO_SYNC = 180


def connect_bank(visitor: Visitor, slug: str, institution: str) -> None:
    """The visitor has signed in. Returns when the first sync is complete. Raises VisitFailed."""
    connections = f"/w/{slug}/connections/"
    bank = visitor.submit(visitor.open(connections).form(f"{connections}link/"), {})
    choosing = bank.form("/accounts")
    consent = visitor.submit(choosing, choosing.option(institution)).form("/consent")
    visitor.submit(consent, consent.option("Allow access"))
    deadline = time.monotonic() + SECONDS_TO_SYNC
    while not _is_synced(visitor, connections):
        if time.monotonic() > deadline:
            message = f"the first sync with {institution} took longer than {SECONDS_TO_SYNC} s"
            raise VisitFailed(message)
        time.sleep(0.5)


def _is_synced(visitor: Visitor, connections: str) -> bool:
    text = visitor.open(connections).text
    return "Last synced" in text and not any(unfinished in text for unfinished in ("Syncing", "still gathering"))
