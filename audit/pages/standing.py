"""How the log of a workspace stands: what was verified and signed last, what waits to be linked, exports."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from audit.checkpoints import newest_checkpoint
from audit.models import Bundle, Pending, Verification
from config.moments import name_age, name_day_and_time

# A night that was left out is seen the next day.
LATE = timedelta(hours=30)


@dataclass(frozen=True, slots=True)
class Standing:
    """`tone` is info, ok, warn or bad; `verdict` says what the last verification found and when, `signed` what was signed last,
    `waiting` what is not linked yet. `faults` are the first of them, `more_faults` how many are left out.
    """

    tone: str
    verdict: str
    signed: str
    waiting: str
    faults: tuple[str, ...]
    more_faults: int
    is_verifying: bool


@dataclass(frozen=True, slots=True)
class Export:
    """An export as the page shows it. Times are UTC; `percent` is how much is written of one that is being made."""

    id: UUID
    state: str
    asked_at: datetime
    expires_at: datetime
    events: int
    megabytes: str
    percent: int

    @property
    def is_waiting(self) -> bool:
        return self.state == Bundle.State.WAITING

    @property
    def is_ready(self) -> bool:
        return self.state == Bundle.State.READY


def read_standing() -> Standing:
    """How the log of the workspace in scope stands now."""
    now, found = timezone.now(), Verification.objects.first()
    tone, verdict = _verdict(found, now)
    faults = tuple(map(str, found.faults)) if found else ()
    return Standing(
        tone=tone,
        verdict=verdict,
        signed=_signed(now),
        waiting=_waiting(),
        faults=faults,
        more_faults=found.fault_count - len(faults) if found else 0,
        is_verifying=bool(found and found.progress),
    )


def list_exports() -> tuple[Export, ...]:
    """The exports of the workspace in scope that have not expired, the newest first."""
    bundles = Bundle.objects.filter(expires_at__gt=timezone.now()).order_by("-asked_at")
    return tuple(
        Export(
            id=bundle.pk,
            state=bundle.state,
            asked_at=bundle.asked_at,
            expires_at=bundle.expires_at,
            events=bundle.events,
            megabytes=f"{max(bundle.size / 1_000_000, 0.1):,.1f} MB",
            percent=bundle.written * 100 // bundle.events if bundle.events else 0,
        )
        for bundle in bundles
    )


def _verdict(found: Verification | None, now: datetime) -> tuple[str, str]:
    if found is None or found.finished_at is None:
        return "info", "This log was not verified yet. It is verified each night."
    when = f"{name_age(found.finished_at, now)}, {name_day_and_time(found.finished_at)}"
    if found.fault_count:
        count = "1 fault" if found.fault_count == 1 else f"{found.fault_count:,} faults"
        return "bad", f"This log does not hold: verification found {count} ({when})."
    said = (
        f"All {found.length:,} events up to then were verified {when}, also against {found.checkpoints:,} checkpoints."
    )
    return ("ok", said) if now - found.finished_at <= LATE else ("warn", f"{said} That is longer ago than a night.")


def _signed(now: datetime) -> str:
    last = newest_checkpoint()
    if last is None:
        return "No checkpoint was signed yet. One is signed each night."
    when = f"{name_age(last.taken_at, now)}, {name_day_and_time(last.taken_at)}"
    return f"Checkpoint {last.number:,} over {last.size:,} events was signed {when}, with the key {last.key_id}."


def _waiting() -> str:
    count = Pending.objects.count()
    if not count:
        return "Every event is linked into the chain."
    events = "1 event is" if count == 1 else f"{count:,} events are"
    return f"{events} not linked into the chain yet. That takes about ten seconds."
