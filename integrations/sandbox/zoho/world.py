"""What every part of the sandbox's Zoho is given: settings, store, clock, and the organisations with their books."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from integrations.sandbox.settings import Settings, ZohoSettings
from integrations.sandbox.store import Store
from integrations.sandbox.zoho.books.facts import Organization
from integrations.sandbox.zoho.books.view import Books, zone
from integrations.sandbox.zoho.changes import Change, apply_changes, decode_change
from integrations.sandbox.zoho.companies import Company, all_companies
from integrations.sandbox.zoho.tables import TABLES

EVENING = time(18)


@dataclass(frozen=True)
class ZohoWorld:
    """`now` is Unix time in seconds."""

    settings: Settings
    zoho: ZohoSettings
    store: Store
    now: Callable[[], float]
    companies: Mapping[str, Company]
    _books: dict[str, tuple[date, int, Books]] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def root(self) -> str:
        """Where the accounts server is."""
        return f"{self.settings.public_url}/zoho"

    def books(self, organization_id: str) -> Books:
        """As they stand today, with what was changed from outside."""
        day = self.settings.today()
        last = self.store.one(
            "SELECT coalesce(max(id), 0) AS id FROM zoho_change WHERE organization_id = ?", organization_id
        )
        version = int(last["id"]) if last else 0
        with self._lock:
            known = self._books.get(organization_id)
            if known is None or known[:2] != (day, version):
                known = day, version, self._build(organization_id, day)
                self._books[organization_id] = known
        return known[2]

    def moment(self, organization: Organization) -> datetime:
        """When a change from outside happens: after all that the organisation does by itself today."""
        day = self.settings.today()
        clock = datetime.fromtimestamp(self.now(), UTC)
        evening = datetime.combine(day, EVENING, zone(organization.offset))
        return max(evening, datetime.combine(day, clock.time(), UTC))

    def _build(self, organization_id: str, day: date) -> Books:
        rows = self.store.all("SELECT * FROM zoho_change WHERE organization_id = ? ORDER BY id", organization_id)
        changes: list[Change] = [decode_change(row["body"], row["day"], row["at"]) for row in rows]
        facts, touched = apply_changes(self.companies[organization_id].facts(day), changes)
        return Books(facts, day, touched)


def build_zoho(settings: Settings, store: Store, now: Callable[[], float]) -> ZohoWorld | None:
    """Nothing where the sandbox was given no client of Zoho's."""
    if settings.zoho is None:
        return None
    store.prepare(TABLES)
    companies = {one.organization.id: one for one in all_companies()}
    return ZohoWorld(settings, settings.zoho, store, now, companies)
