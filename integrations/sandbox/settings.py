"""The sandbox's settings, from environment variables that begin with SANDBOX_."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ZohoSettings:
    """The client that Zoho knows, and what an organisation may call: 100 times a minute, and so often a day."""

    client_id: str
    secret: str = field(repr=False)
    per_minute: int = 100
    per_day: int = 10_000
    code_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """The key that Stripe's API asks for, where its events go and by which secret they are signed.

    `former_secret` signs as well while the product changes from one secret to another (switch `two_signatures`).
    """

    secret_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    webhook_url: str
    former_secret: str = field(default="whsec_former", repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """`public_url` is where browsers and the product reach the sandbox. Seconds: a link's data is there in part after
    `ready_seconds`, whole after twice that; a webhook that was not answered with 200 is tried again after
    `retry_seconds`, then after four times as long each time, for a day.
    `largest_page` bounds the rows of one page of a sync, whatever count is asked for.
    `strict_pages`: a change between two pages of one sync is an error, as it is at Plaid.
    `zoho`, `stripe`: without them the sandbox plays no Zoho, no Stripe.
    """

    db: Path
    client_id: str
    secret: str = field(repr=False)
    public_url: str
    today: Callable[[], date]
    replay_file: Path | None = None
    ready_seconds: float = 1.0
    retry_seconds: float = 30.0
    strict_pages: bool = True
    largest_page: int = 500
    zoho: ZohoSettings | None = None
    stripe: StripeSettings | None = None


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Raises SystemExit that names every variable that is missing."""
    needed = ("SANDBOX_DB", "SANDBOX_CLIENT_ID", "SANDBOX_SECRET", "SANDBOX_PUBLIC_URL")
    if missing := [name for name in needed if not environ.get(name)]:
        raise SystemExit(f"The sandbox needs {', '.join(missing)}.")
    fixed, replay = environ.get("SANDBOX_TODAY"), environ.get("SANDBOX_REPLAY_FILE")
    fixed_day = date.fromisoformat(fixed) if fixed else None
    return Settings(
        db=Path(environ["SANDBOX_DB"]),
        client_id=environ["SANDBOX_CLIENT_ID"],
        secret=environ["SANDBOX_SECRET"],
        public_url=environ["SANDBOX_PUBLIC_URL"].rstrip("/"),
        today=lambda: fixed_day or datetime.now(UTC).date(),
        replay_file=Path(replay) if replay else None,
        ready_seconds=float(environ.get("SANDBOX_READY_SECONDS") or 1),
        retry_seconds=float(environ.get("SANDBOX_RETRY_SECONDS") or 30),
        strict_pages=environ.get("SANDBOX_STRICT_PAGES", "1") == "1",
        largest_page=int(environ.get("SANDBOX_LARGEST_PAGE") or 500),
        zoho=_read_zoho(environ),
        stripe=_read_stripe(environ),
    )


def _read_zoho(environ: Mapping[str, str]) -> ZohoSettings | None:
    client_id, secret = environ.get("SANDBOX_ZOHO_CLIENT_ID"), environ.get("SANDBOX_ZOHO_CLIENT_SECRET")
    if not client_id or not secret:
        return None
    return ZohoSettings(
        client_id=client_id,
        secret=secret,
        per_minute=int(environ.get("SANDBOX_ZOHO_PER_MINUTE") or 100),
        per_day=int(environ.get("SANDBOX_ZOHO_PER_DAY") or 10_000),
    )


def _read_stripe(environ: Mapping[str, str]) -> StripeSettings | None:
    names = ("SANDBOX_STRIPE_SECRET_KEY", "SANDBOX_STRIPE_WEBHOOK_SECRET", "SANDBOX_STRIPE_WEBHOOK_URL")
    secret_key, webhook_secret, webhook_url = (environ.get(name, "") for name in names)
    if not (secret_key and webhook_secret and webhook_url):
        return None
    former = environ.get("SANDBOX_STRIPE_FORMER_WEBHOOK_SECRET") or "whsec_former"
    return StripeSettings(secret_key, webhook_secret, webhook_url, former)
