"""What a start consists of: which parts are embedded and which were given by the environment, with every address and role.

PORT is the web server's. DATABASE_URL alone is an administrative address, whose user may create roles and databases: the
roles and the database are made there. With OWNER_DATABASE_URL beside it all four role addresses (DATABASE_URL, OWNER_,
SCHEDULER_ and BACKUP_DATABASE_URL) are used as they are, and OPERATOR_DATABASE_URL if it is given. OPERATORS is passed on.
REDIS_URL and PLAID_BASE_URL (with PLAID_LINK_ORIGIN, PLAID_CLIENT_ID and PLAID_SECRET) replace the embedded Valkey and the
sandbox, which plays the bank and the books: with another bank the books are those of ZOHO_CLIENT_ID and its like, if any.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from config.demo.failures import DemoFailed
from config.demo.local import WEB_PORT, Local
from config.demo.ports import LOOPBACK, is_free
from config.demo.postgres import EmbeddedPostgres
from config.demo.valkey import EmbeddedValkey
from vault import roles

DATABASE = "counterfoil"
SAMPLE_INSTITUTION = "ins_901"
NOT_OURS = ("", "postgres", "template0", "template1")
ZOHO = ("ZOHO_CLIENT_ID", "ZOHO_CLIENT_SECRET", "ZOHO_ACCOUNTS_URL", "ZOHO_API_URL")
STRIPE = ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS", "STRIPE_BASE_URL")


class PlanImpossible(DemoFailed):
    """The given environment leaves out what goes with it."""


@dataclass(frozen=True, slots=True)
class RoleUrls:
    owner: str = field(repr=False)
    web: str = field(repr=False)
    scheduler: str = field(repr=False)
    backup: str = field(repr=False)
    operator: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class Plan:
    """`postgres`, `valkey` and `sandbox_port` are None where the environment replaces the embedded part."""

    web_port: int
    postgres: EmbeddedPostgres | None
    admin_url: str | None = field(repr=False)
    database: str
    urls: RoleUrls
    passwords: roles.RolePasswords
    valkey: EmbeddedValkey | None
    redis_url: str = field(repr=False)
    operators: str
    sandbox_port: int | None
    plaid: dict[str, str] = field(repr=False)
    zoho: dict[str, str] = field(repr=False)
    stripe: dict[str, str] = field(repr=False)

    @property
    def base_url(self) -> str:
        return f"http://{LOOPBACK}:{self.web_port}"

    @property
    def place(self) -> str:
        """Names the database across starts, so that another one is migrated and filled anew."""
        parts = urlsplit(self.urls.owner)
        return "embedded" if self.postgres else f"{parts.hostname}:{parts.port}{parts.path}"


def make_plan(local: Local, given: Mapping[str, str] = os.environ) -> Plan:
    """Raises PlanImpossible when a replaced part lacks something it needs."""
    secrets = local.secrets()
    passwords = roles.RolePasswords(*(secrets[name] for name in ("owner", "web", "scheduler", "operator", "backup")))
    web_port = _given_port(given) or local.port("web", preferred=WEB_PORT)
    postgres = None if given.get("DATABASE_URL") else _embedded_postgres(local, secrets)
    admin_url = postgres.admin_url if postgres else given["DATABASE_URL"]
    database = urlsplit(admin_url).path.strip("/")
    database = DATABASE if database in NOT_OURS else database
    as_they_are = postgres is None and bool(given.get("OWNER_DATABASE_URL"))
    valkey = None if given.get("REDIS_URL") else _embedded_valkey(local, secrets)
    sandbox_port = None if given.get("PLAID_BASE_URL") else local.port("sandbox")
    return Plan(
        web_port=web_port,
        postgres=postgres,
        admin_url=None if as_they_are else admin_url,
        database=database,
        urls=_given_urls(given) if as_they_are else _derived_urls(admin_url, database, passwords),
        passwords=passwords,
        valkey=valkey,
        redis_url=valkey.url() if valkey else given["REDIS_URL"],
        operators=given.get("OPERATORS", ""),
        sandbox_port=sandbox_port,
        plaid=_sandbox_bank(sandbox_port, secrets) if sandbox_port else _given_bank(given),
        zoho=_sandbox_books(sandbox_port, secrets) if sandbox_port else _given(given, ZOHO),
        stripe=_sandbox_stripe(sandbox_port, secrets) if sandbox_port else _given(given, STRIPE),
    )


def _given_port(given: Mapping[str, str]) -> int | None:
    port = given.get("PORT")
    if not port:
        return None
    if not port.isdecimal() or not 0 < int(port) < 65_536 or not is_free(int(port)):
        message = "PORT must be the number of a port that nobody uses"
        raise PlanImpossible(message)
    return int(port)


def _embedded_postgres(local: Local, secrets: Mapping[str, str]) -> EmbeddedPostgres:
    return EmbeddedPostgres(
        local.folder / "postgres", local.logs / "postgres.log", local.port("postgres"), secrets["postgres"]
    )


def _embedded_valkey(local: Local, secrets: Mapping[str, str]) -> EmbeddedValkey:
    return EmbeddedValkey(local.folder / "valkey", local.logs / "valkey.log", local.port("valkey"), secrets["valkey"])


def _derived_urls(admin_url: str, database: str, passwords: roles.RolePasswords) -> RoleUrls:
    parts = urlsplit(admin_url)
    secret = passwords.by_role()
    host = parts.netloc.rpartition("@")[2]

    def url(role: str) -> str:
        return parts._replace(netloc=f"{role}:{secret[role]}@{host}", path=f"/{database}").geturl()

    return RoleUrls(url(roles.OWNER), url(roles.WEB), url(roles.SCHEDULER), url(roles.BACKUP), url(roles.OPERATOR))


def _given_urls(given: Mapping[str, str]) -> RoleUrls:
    names = ("OWNER_DATABASE_URL", "DATABASE_URL", "SCHEDULER_DATABASE_URL", "BACKUP_DATABASE_URL")
    owner, web, scheduler, backup = _all_of(given, names)
    return RoleUrls(owner, web, scheduler, backup, given.get("OPERATOR_DATABASE_URL", ""))


def _sandbox_bank(port: int, secrets: Mapping[str, str]) -> dict[str, str]:
    address = f"http://{LOOPBACK}:{port}"
    return {
        "PLAID_BASE_URL": address,
        "PLAID_LINK_ORIGIN": address,
        "PLAID_CLIENT_ID": "counterfoil-demo",
        "PLAID_SECRET": secrets["plaid_secret"],
        "PLAID_SAMPLE_INSTITUTION": SAMPLE_INSTITUTION,
    }


def _sandbox_books(port: int, secrets: Mapping[str, str]) -> dict[str, str]:
    address = f"http://{LOOPBACK}:{port}/zoho"
    return {
        "ZOHO_CLIENT_ID": "counterfoil-demo",
        "ZOHO_CLIENT_SECRET": secrets["zoho_secret"],
        "ZOHO_ACCOUNTS_URL": address,
        "ZOHO_API_URL": f"{address}/books/v3",
    }


def _sandbox_stripe(port: int, secrets: Mapping[str, str]) -> dict[str, str]:
    return {
        "STRIPE_SECRET_KEY": f"sk_test_{secrets['stripe_key']}",
        "STRIPE_WEBHOOK_SECRETS": f"whsec_{secrets['stripe_webhook']}",
        "STRIPE_BASE_URL": f"http://{LOOPBACK}:{port}",
    }


def _given(given: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    """Optional as a whole, as in `config.env`."""
    return {name: given.get(name, "") for name in names}


def _given_bank(given: Mapping[str, str]) -> dict[str, str]:
    names = ("PLAID_BASE_URL", "PLAID_LINK_ORIGIN", "PLAID_CLIENT_ID", "PLAID_SECRET")
    sample = {"PLAID_SAMPLE_INSTITUTION": given.get("PLAID_SAMPLE_INSTITUTION", "")}
    return dict(zip(names, _all_of(given, names), strict=True)) | sample


def _all_of(given: Mapping[str, str], names: tuple[str, ...]) -> list[str]:
    missing = [name for name in names if not given.get(name)]
    if missing:
        message = f"{names[0]} was given, so these are needed as well: {', '.join(missing)}"
        raise PlanImpossible(message)
    return [given[name] for name in names]
