"""Sends queued webhooks from a thread of its own, and wakes items whose data has become ready or whose day has come."""

import logging
import threading
from collections.abc import Callable

import requests

from integrations.sandbox.plaid.log import catch_up
from integrations.sandbox.plaid.signing import sign
from integrations.sandbox.plaid.world import World
from integrations.sandbox.switches import DELIVERY, take_switch

log = logging.getLogger("integrations.sandbox")

PAUSE = 0.2
TIMEOUT = 10
GIVE_UP_AFTER = 24 * 3600
LONGEST_WAIT = 4 * 3600

STALE_ITEMS = """
SELECT id, institution_id FROM item WHERE NOT is_removed AND error_code IS NULL AND access_token IS NOT NULL AND (
    (phase = 'waiting' AND ready_at <= ?) OR (phase = 'recent' AND complete_at <= ?)
    OR (phase <> 'waiting' AND logged_to < ?))
"""


class Delivery(threading.Thread):
    """Runs until `stop`. What could not be delivered stays queued and is tried again after a restart too.

    `others` are done at every tick as well: the deliveries of the sandbox's other parts.
    """

    def __init__(self, world: World, *others: Callable[[], None]) -> None:
        super().__init__(name="sandbox-delivery", daemon=True)
        self._world = world
        self._others = others
        self._stopped = threading.Event()
        self._http = requests.Session()
        self._http.trust_env = False

    def run(self) -> None:
        while not self._stopped.wait(PAUSE):
            try:
                self.tick()
            except Exception:
                log.exception("The sandbox could not deliver.")
        self._http.close()
        self._world.store.close()

    def stop(self) -> None:
        self._stopped.set()
        if self.is_alive():
            self.join()

    def tick(self) -> None:
        """Everything that is due now, once."""
        store, now = self._world.store, self._world.now
        for item in store.all(STALE_ITEMS, now(), now(), self._world.settings.today().isoformat()):
            if item["institution_id"] in self._world.banks:
                catch_up(self._world, item["id"])
        for row in store.all("SELECT id FROM delivery WHERE state = 'due' AND due_at <= ? ORDER BY id", now()):
            self._deliver(row["id"])
        for other in self._others:
            other()

    def _deliver(self, delivery_id: int) -> None:
        store, now = self._world.store, self._world.now()
        claimed = store.run(
            "UPDATE delivery SET due_at = ?, attempts = attempts + 1 WHERE id = ? AND state = 'due' AND due_at <= ?",
            *(now + 2 * TIMEOUT, delivery_id, now),
        )
        row = store.one("SELECT * FROM delivery WHERE id = ?", delivery_id)
        if not claimed or row is None:
            return
        switch = take_switch(self._world, "", DELIVERY)
        if switch is not None and switch.kind == "reordered":
            # Put off until others have overtaken it.
            later = "UPDATE delivery SET due_at = ?, attempts = attempts - 1 WHERE id = ?"
            store.run(later, now + switch.seconds, delivery_id)
            return
        skew = switch.seconds if switch is not None and switch.kind == "skewed" else 0.0
        wait = self._send(row["url"], row["body"].encode(), skew)
        if switch is not None and switch.kind == "duplicated":
            self._send(row["url"], row["body"].encode())
        if wait is None:
            store.run("UPDATE delivery SET state = 'done' WHERE id = ?", delivery_id)
            return
        due_at = now + (wait or self._world.settings.retry_seconds * 4 ** (row["attempts"] - 1))
        state = "due" if due_at - row["created_at"] < GIVE_UP_AFTER else "given_up"
        store.run("UPDATE delivery SET state = ?, due_at = ? WHERE id = ?", state, due_at, delivery_id)

    def _send(self, url: str, body: bytes, skew: float = 0.0) -> float | None:
        """None when it was answered with 200, else the seconds that the receiver asked to wait, or 0."""
        headers = {"Content-Type": "application/json", "Plaid-Verification": sign(self._world, body, skew=skew)}
        try:
            answer = self._http.post(url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False)
        except requests.RequestException:
            return 0.0
        if answer.status_code == 200:
            return None
        asked = answer.headers.get("Retry-After", "")
        return float(min(int(asked), LONGEST_WAIT)) if answer.status_code == 429 and asked.isdigit() else 0.0
