"""How often an organisation may be called: so many times a minute, then it is blocked for a while; so many times a day."""

from datetime import UTC, datetime, timedelta

from integrations.sandbox.zoho.errors import DAY, MINUTE, Refused
from integrations.sandbox.zoho.world import ZohoWorld

MINUTE_SECONDS = 60.0


def count_call(world: ZohoWorld, organization_id: str) -> dict[str, str]:
    """Counts a call and gives the headers that tell what is left of the day. Raises Refused when there is no more."""
    now = world.now()
    day, left_of_day = _day(now)
    with world.store.writing():
        world.store.run("INSERT OR IGNORE INTO zoho_budget (organization_id) VALUES (?)", organization_id)
        row = world.store.one("SELECT * FROM zoho_budget WHERE organization_id = ?", organization_id)
        if row is None:
            raise LookupError(organization_id)
        day_calls = row["day_calls"] if row["day"] == day else 0
        window_at, calls = row["window_at"], row["calls"]
        if now - window_at >= MINUTE_SECONDS or now < window_at:
            window_at, calls = now, 0
        headers = _headers(world.zoho.per_day, day_calls, left_of_day)
        if day_calls >= world.zoho.per_day:
            raise Refused(DAY, headers, limit=world.zoho.per_day)
        if now < row["blocked_until"]:
            raise Refused(MINUTE, headers)
        if calls >= world.zoho.per_minute:
            world.store.run(
                "UPDATE zoho_budget SET blocked_until = ? WHERE organization_id = ?",
                *(now + MINUTE_SECONDS, organization_id),
            )
            refused = Refused(MINUTE, headers)
        else:
            refused = None
            world.store.run(
                "UPDATE zoho_budget SET window_at = ?, calls = ?, day = ?, day_calls = ? WHERE organization_id = ?",
                *(window_at, calls + 1, day, day_calls + 1, organization_id),
            )
    if refused is not None:
        raise refused
    return _headers(world.zoho.per_day, day_calls + 1, left_of_day)


def day_is_over(world: ZohoWorld) -> Refused:
    """The refusal of a day that is used up, whatever was counted."""
    return Refused(
        DAY, _headers(world.zoho.per_day, world.zoho.per_day, _day(world.now())[1]), limit=world.zoho.per_day
    )


def _headers(limit: int, used: int, seconds: int) -> dict[str, str]:
    return {
        "X-Rate-Limit-Limit": str(limit),
        "X-Rate-Limit-Remaining": str(max(limit - used, 0)),
        "X-Rate-Limit-Reset": str(seconds),
    }


def _day(now: float) -> tuple[str, int]:
    """The day in UTC and how many seconds of it are left."""
    moment = datetime.fromtimestamp(now, UTC)
    midnight = datetime(moment.year, moment.month, moment.day, tzinfo=UTC) + timedelta(days=1)
    return moment.date().isoformat(), int((midnight - moment).total_seconds()) + 1
