"""How old the figures of a workspace are, in one line for the top of every page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.timesince import timesince

from integrations.models import OPEN_STATES, Connection, SyncRun
from integrations.problems import State

WORKING = (State.CONNECTED, State.RATE_LIMITED, State.PROVIDER_DOWN)


@dataclass(frozen=True, slots=True)
class Freshness:
    """What components/freshness.html draws. `tone` is ok, busy, warn or bad; `href` is empty for no link."""

    tone: str
    text: str
    href: str


def describe_age(then: datetime) -> str:
    """How long ago a time was, in its largest unit."""
    now = timezone.now()
    return "just now" if now - then < timedelta(minutes=1) else f"{timesince(then, now, depth=1)} ago"


def read_freshness(href: str) -> Freshness | None:
    """The state of all banks together; None when none is connected. One query that opens nothing."""
    open_runs = SyncRun.objects.filter(connection=OuterRef("pk"), state__in=OPEN_STATES)
    banks = Connection.objects.exclude(state=State.DISCONNECTED).values_list("state", "synced_at", Exists(open_runs))
    found = [(State(state), synced_at, is_open) for state, synced_at, is_open in banks]
    if not found:
        return None
    age = _age([synced_at for _, synced_at, _ in found])
    broken = sum(state not in WORKING for state, _, _ in found)
    if broken:
        return Freshness("bad", f"{age} · {broken} {'needs' if broken == 1 else 'need'} attention", href)
    if any(is_open for _, _, is_open in found):
        return Freshness("busy", f"{age} · syncing", href)
    waits = any(state != State.CONNECTED for state, _, _ in found)
    return Freshness("warn" if waits else "ok", age, href)


def _age(times: list[datetime | None]) -> str:
    known = [one for one in times if one is not None]
    if not known:
        return "Bank not synced yet"
    return f"Bank {describe_age(min(known))}"
