"""The environment, read and validated in one place.

Every problem is collected and all are named at once; production accepts no missing, default, weak or unencrypted value.
Any variable may be given as NAME_FILE instead, a path whose content is the value.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from config.env_reader import DatabaseAddress, EnvironmentReader

__all__ = [
    "BadEnvironment",
    "DatabaseAddress",
    "Environment",
    "Mail",
    "Plaid",
    "Stripe",
    "Zoho",
    "is_plaid_sandbox",
    "read_environment",
    "variable_names",
]

MODES = ("demo", "test", "production")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
PWNED_PASSWORDS = "https://api.pwnedpasswords.com"
PLAID_SANDBOX = "sandbox.plaid.com"
STRIPE = "https://api.stripe.com"
STRIPE_PAGES = ("https://checkout.stripe.com", "https://billing.stripe.com")


class BadEnvironment(RuntimeError):
    """The environment cannot be used; the message names each variable and what is wrong, never a value."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("The environment cannot be used:\n" + "\n".join(f"  {problem}" for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Plaid:
    """`sample_institution` is the sandbox's bank behind "Try with a sample company", empty where that is not offered."""

    base_url: str
    link_origin: str
    client_id: str
    secret: str = field(repr=False)
    sample_institution: str = ""


@dataclass(frozen=True, slots=True)
class Zoho:
    """`accounts_url` and `api_url` (down to /books/v3) are those of a sandbox that stands for every data centre, else None."""

    client_id: str
    client_secret: str = field(repr=False)
    accounts_url: str | None = None
    api_url: str | None = None


@dataclass(frozen=True, slots=True)
class Stripe:
    """`webhook_secrets`: the newest first, several while one is being replaced. `pages`: the origins that Checkout and the
    Customer Portal live on. A sandbox's `base_url` stands for all of them.
    """

    base_url: str
    pages: tuple[str, ...]
    secret_key: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(repr=False)

    @property
    def is_sandbox(self) -> bool:
        return self.base_url != STRIPE


@dataclass(frozen=True, slots=True)
class Mail:
    """`host` is empty outside production where no mail leaves the machine; `folder` is where it is written then, if any."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    sender: str
    folder: str


@dataclass(frozen=True, slots=True)
class Environment:
    mode: str
    secret_key: str = field(repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(repr=False)
    routing_key: str = field(repr=False)
    routing_key_fallbacks: tuple[str, ...] = field(repr=False)
    key_dir: Path
    audit_backup_dir: Path | None
    base_url: str
    allowed_hosts: tuple[str, ...]
    cors_origins: tuple[str, ...]
    cron_token: str = field(repr=False)
    trusted_proxy_count: int
    session_idle_days: int
    session_life_days: int
    database: DatabaseAddress
    scheduler_database: DatabaseAddress
    owner_database: DatabaseAddress | None
    operator_database: DatabaseAddress | None
    operators: frozenset[str]
    redis_url: str = field(repr=False)
    plaid: Plaid
    zoho: Zoho | None
    stripe: Stripe | None
    mail: Mail
    security_contact: str
    pwned_url: str
    alert_webhook_sandbox: str
    log_level: str
    sentry_dsn: str = field(repr=False)

    @property
    def is_production(self) -> bool:
        return self.mode == "production"

    @property
    def cache_url(self) -> str:
        """The Redis database after the queue's."""
        parts = urlsplit(self.redis_url)
        number = int(parts.path.strip("/") or 0) + 1
        return parts._replace(path=f"/{number}").geturl()

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")


def read_environment(source: Mapping[str, str] = os.environ) -> Environment:
    """The whole environment, or BadEnvironment naming every problem."""
    reader = EnvironmentReader(source)
    environment = _read(reader)
    if reader.problems:
        raise BadEnvironment(reader.problems)
    return environment


def variable_names() -> tuple[str, ...]:
    """Each variable that is read, in the order of reading."""
    reader = EnvironmentReader({})
    _read(reader)
    return tuple(reader.names)


def _read(reader: EnvironmentReader) -> Environment:
    mode = reader.choice("COUNTERFOIL_ENV", MODES, default="production")
    reader.strict = mode == "production"
    base_url = reader.origin("BASE_URL")
    return Environment(
        mode=mode,
        secret_key=reader.secret("SECRET_KEY", minimum=50),
        secret_key_fallbacks=reader.former_secrets("SECRET_KEY_FALLBACKS", minimum=50),
        routing_key=reader.secret("ROUTING_KEY", minimum=43, differs_from="SECRET_KEY"),
        routing_key_fallbacks=reader.former_secrets("ROUTING_KEY_FALLBACKS", minimum=43),
        key_dir=reader.directory("KEY_DIR"),
        audit_backup_dir=reader.optional_directory("AUDIT_BACKUP_DIR"),
        base_url=base_url,
        allowed_hosts=reader.hosts("ALLOWED_HOSTS", base_url=base_url),
        cors_origins=reader.origins("CORS_ORIGINS"),
        cron_token=reader.optional_secret("CRON_TOKEN", minimum=43, needed=False),
        trusted_proxy_count=reader.integer("TRUSTED_PROXY_COUNT", default=0, maximum=5),
        session_idle_days=reader.integer("SESSION_IDLE_DAYS", default=14, minimum=1, maximum=14),
        session_life_days=reader.integer("SESSION_LIFE_DAYS", default=30, minimum=1, maximum=30),
        database=reader.database("DATABASE_URL"),
        scheduler_database=reader.database("SCHEDULER_DATABASE_URL"),
        owner_database=reader.optional_database("OWNER_DATABASE_URL"),
        operator_database=reader.optional_database("OPERATOR_DATABASE_URL"),
        operators=reader.mail_addresses("OPERATORS", goes_with="OPERATOR_DATABASE_URL"),
        redis_url=reader.redis("REDIS_URL"),
        plaid=_read_plaid(reader),
        zoho=_read_zoho(reader),
        stripe=_read_stripe(reader),
        mail=_read_mail(reader),
        security_contact=reader.contact("SECURITY_CONTACT", needed=reader.strict),
        pwned_url=_read_pwned(reader),
        alert_webhook_sandbox=reader.sandbox_address("ALERT_WEBHOOK_SANDBOX", goes_with="PLAID_BASE_URL"),
        log_level=reader.choice("LOG_LEVEL", LOG_LEVELS[1:] if reader.strict else LOG_LEVELS, default="INFO"),
        sentry_dsn=reader.sentry_dsn("SENTRY_DSN"),
    )


def is_plaid_sandbox(base_url: str) -> bool:
    """Whether banks there are invented: Plaid's own sandbox, or one on plain http, which production refuses."""
    parts = urlsplit(base_url)
    return parts.scheme == "http" or parts.hostname == PLAID_SANDBOX


def _read_plaid(reader: EnvironmentReader) -> Plaid:
    base_url = reader.origin("PLAID_BASE_URL")
    return Plaid(
        base_url=base_url,
        link_origin=reader.origin("PLAID_LINK_ORIGIN", default="https://secure.plaid.com"),
        client_id=reader.text("PLAID_CLIENT_ID"),
        secret=reader.secret("PLAID_SECRET", minimum=20),
        sample_institution=reader.only_if(
            is_plaid_sandbox(base_url), "PLAID_SAMPLE_INSTITUTION", "needs a sandbox as PLAID_BASE_URL"
        ),
    )


def _read_zoho(reader: EnvironmentReader) -> Zoho | None:
    """Optional as a whole: None without a client id."""
    client_id = reader.text("ZOHO_CLIENT_ID", "")
    client_secret = reader.optional_secret("ZOHO_CLIENT_SECRET", minimum=20, needed=bool(client_id))
    accounts_url = reader.sandbox_address("ZOHO_ACCOUNTS_URL", goes_with="ZOHO_API_URL")
    api_url = reader.sandbox_address("ZOHO_API_URL", goes_with="ZOHO_ACCOUNTS_URL")
    return Zoho(client_id, client_secret, accounts_url or None, api_url or None) if client_id else None


def _read_stripe(reader: EnvironmentReader) -> Stripe | None:
    """Required in production, where workspaces are paid for; elsewhere optional as a whole: None without a key."""
    secret_key = reader.optional_secret("STRIPE_SECRET_KEY", minimum=20, needed=reader.strict)
    webhook_secrets = reader.secrets("STRIPE_WEBHOOK_SECRETS", minimum=20, needed=bool(secret_key) or reader.strict)
    sandbox = reader.sandbox_address("STRIPE_BASE_URL", goes_with="STRIPE_SECRET_KEY")
    if not secret_key:
        return None
    if sandbox:
        parts = urlsplit(sandbox)
        return Stripe(sandbox, (f"{parts.scheme}://{parts.netloc}",), secret_key, webhook_secrets)
    return Stripe(STRIPE, STRIPE_PAGES, secret_key, webhook_secrets)


def _read_pwned(reader: EnvironmentReader) -> str:
    """The one service in production; elsewhere a sandbox that plays it, or none."""
    sandbox = reader.sandbox_address("PWNED_BASE_URL", goes_with="PLAID_BASE_URL")
    return PWNED_PASSWORDS if reader.strict else sandbox


def _read_mail(reader: EnvironmentReader) -> Mail:
    # Only production sends mail, so only there are these asked for.
    default = None if reader.strict else ""
    return Mail(
        host=reader.text("EMAIL_HOST", default=default),
        port=reader.integer("EMAIL_PORT", default=587, maximum=65535),
        user=reader.text("EMAIL_HOST_USER", default=default),
        password=reader.text("EMAIL_HOST_PASSWORD", default=default),
        sender=reader.text("EMAIL_FROM", default=default if default is None else "counterfoil@localhost"),
        folder=reader.only_if(not reader.strict, "EMAIL_DIR", "has no place in production, where mail is sent"),
    )
