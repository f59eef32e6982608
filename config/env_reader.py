"""Takes variables from a mapping one by one, remembers their names and what is wrong with them, and never shows a value."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

PLACEHOLDERS = ("insecure", "changeme", "change-me", "example", "placeholder")
ENCRYPTED = ("require", "verify-ca", "verify-full")
MINIMUM_DIFFERENT_CHARACTERS = 10


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """A PostgreSQL address taken apart; `options` are libpq parameters such as sslmode."""

    name: str
    user: str
    password: str = field(repr=False)
    host: str
    port: int
    options: tuple[tuple[str, str], ...]


class EnvironmentReader:
    def __init__(self, source: Mapping[str, str]) -> None:
        self._source = source
        self.strict = True
        self.names: list[str] = []
        self.problems: list[str] = []

    def text(self, name: str, default: str | None = None) -> str:
        """The value, or the default; a variable without a default is required."""
        self.names.append(name)
        value = self._find(name)
        if value:
            return value
        if default is None:
            self._refuse(name, "is missing")
            return ""
        return default

    def only_if(self, allowed: bool, name: str, reason: str) -> str:
        """The value or "", refused for that reason where it has no place."""
        value = self.text(name, "")
        if value and not allowed:
            self._refuse(name, reason)
            return ""
        return value

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value not in allowed:
            self._refuse(name, f"must be one of {', '.join(allowed)}")
            return default
        return value

    def integer(self, name: str, default: int, maximum: int, minimum: int = 0) -> int:
        value = self.text(name, str(default))
        if not value.isdecimal() or not minimum <= int(value) <= maximum:
            self._refuse(name, f"must be a whole number from {minimum} to {maximum}")
            return default
        return int(value)

    def secret(self, name: str, minimum: int, differs_from: str | None = None) -> str:
        """A secret of at least `minimum` characters; production also refuses what looks typed or copied."""
        value = self.text(name)
        if value:
            self._check_secret(name, value, minimum)
        if value and differs_from is not None and value == self._find(differs_from):
            self._refuse(name, f"must not be the same as {differs_from}")
        return value

    def optional_secret(self, name: str, minimum: int, *, needed: bool) -> str:
        """The same, required only where it is `needed`."""
        value = self.text(name, None if needed else "")
        if value:
            self._check_secret(name, value, minimum)
        return value

    def secrets(self, name: str, minimum: int, *, needed: bool) -> tuple[str, ...]:
        """Secrets separated by commas, the newest first; at least one where they are `needed`."""
        found = tuple(value.strip() for value in self.text(name, None if needed else "").split(",") if value.strip())
        for value in found:
            self._check_secret(name, value, minimum)
        return found

    def former_secrets(self, name: str, minimum: int) -> tuple[str, ...]:
        """Secrets of before, separated by commas, the latest first; none by default."""
        return self.secrets(name, minimum, needed=False)

    def optional_directory(self, name: str) -> Path | None:
        """An absolute path, or None where nothing is given."""
        return self.directory(name) if self.text(name, "") else None

    def directory(self, name: str) -> Path:
        path = Path(self.text(name) or "/")
        if not path.is_absolute():
            self._refuse(name, "must be an absolute path")
        return path

    def origin(self, name: str, default: str | None = None) -> str:
        """scheme://host[:port] without a path; production demands https and a host that is not this machine."""
        value = self.text(name, default)
        parts = _split(value)
        if not value:
            return ""
        if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
            self._refuse(name, "must be an address such as https://host.name, without a path")
            return ""
        if self.strict and (parts.scheme != "https" or _is_loopback(parts.hostname)):
            self._refuse(name, "must be https and not this machine in production")
        return f"{parts.scheme}://{parts.netloc}"

    def sandbox_address(self, name: str, *, goes_with: str) -> str:
        """scheme://host[:port]/path of a sandbox, or "": refused in production, and alone without `goes_with`."""
        value = self.only_if(not self.strict, name, "has no place in production, where the provider's own are used")
        if not value:
            return ""
        parts = _split(value)
        if (
            parts is None
            or parts.scheme not in {"http", "https"}
            or not parts.hostname
            or parts.query
            or parts.fragment
        ):
            self._refuse(name, "must be an address such as http://127.0.0.1:8001/path")
            return ""
        if not self._find(goes_with):
            self._refuse(name, f"is given without {goes_with}")
        return value.rstrip("/")

    def sentry_dsn(self, name: str) -> str:
        """https://key@host/project as Sentry gives it, or ""."""
        value = self.text(name, "")
        parts = _split(value)
        if not value:
            return ""
        usual = parts and parts.hostname and parts.username and parts.path.rpartition("/")[2].isdecimal()
        if not parts or not usual or parts.scheme not in ({"https"} if self.strict else {"http", "https"}):
            self._refuse(name, "must be https://key@host/number, as Sentry shows it")
            return ""
        return value

    def origins(self, name: str) -> tuple[str, ...]:
        """scheme://host[:port] separated by commas, none by default; production demands https."""
        found = tuple(value.strip() for value in self.text(name, "").split(",") if value.strip())
        schemes = {"https"} if self.strict else {"http", "https"}
        for value in found:
            parts = _split(value)
            if not parts or parts.scheme not in schemes or f"{parts.scheme}://{parts.netloc}" != value or "*" in value:
                self._refuse(name, "must be addresses such as https://host.name, separated by commas, without a path")
        return found

    def hosts(self, name: str, base_url: str) -> tuple[str, ...]:
        """Host names separated by commas; the host of the public address when none are given."""
        own = _split(base_url)
        value = self.text(name, (own.hostname if own else None) or "")
        hosts = tuple(host.strip() for host in value.split(",") if host.strip())
        if self.strict and any(host.startswith(("*", ".")) for host in hosts):
            self._refuse(name, "must not hold a wildcard in production")
        return hosts

    def mail_addresses(self, name: str, *, goes_with: str) -> frozenset[str]:
        """Addresses separated by commas, in small letters, none by default; refused alone without `goes_with`."""
        value = self.text(name, "")
        found = frozenset(address.strip().lower() for address in value.split(",") if address.strip())
        if any(address.count("@") != 1 or address.strip("@") != address for address in found):
            self._refuse(name, "must be e-mail addresses separated by commas")
        if found and not self._find(goes_with):
            self._refuse(name, f"is given without {goes_with}")
        return found

    def contact(self, name: str, *, needed: bool) -> str:
        """mailto:somebody@host or https://host/path, where people may be reached; "" where it is not `needed`."""
        value = self.text(name, None if needed else "")
        parts = _split(value)
        if not value:
            return ""
        is_mail = parts is not None and parts.scheme == "mailto" and parts.path.strip("@").count("@") == 1
        is_page = parts is not None and parts.scheme == "https" and bool(parts.hostname)
        if not value.isascii() or not value.isprintable() or " " in value or not (is_mail or is_page):
            self._refuse(name, "must be mailto:somebody@host.name or an https address")
            return ""
        return value

    def redis(self, name: str) -> str:
        value = self.text(name)
        parts = _split(value)
        if value and (parts is None or parts.scheme not in {"redis", "rediss"} or not _is_number(parts.path)):
            self._refuse(name, "must be redis://:password@host:port/number")
        elif value and parts and self.strict and not (parts.password and parts.scheme == "rediss"):
            self._refuse(name, "must be rediss:// and hold a password in production")
        return value

    def database(self, name: str) -> DatabaseAddress:
        address = self.optional_database(name, default=None)
        return address or DatabaseAddress("", "", "", "", 0, ())

    def optional_database(self, name: str, default: str | None = "") -> DatabaseAddress | None:
        """A PostgreSQL address; production demands a password and encryption [R10]."""
        value = self.text(name, default)
        if not value:
            return None
        parts = _split(value)
        if parts is None or parts.scheme not in {"postgresql", "postgres"} or not parts.hostname or not parts.path[1:]:
            self._refuse(name, "must be postgresql://user:password@host:port/name")
            return None
        address = _address_from(parts)
        if self.strict:
            self._check_database(name, address)
        return address

    def _check_database(self, name: str, address: DatabaseAddress) -> None:
        if not address.user or not address.password:
            self._refuse(name, "must hold a user and a password in production")
        if dict(address.options).get("sslmode") not in ENCRYPTED:
            self._refuse(name, "must end in ?sslmode=require, verify-ca or verify-full in production")

    def _check_secret(self, name: str, value: str, minimum: int) -> None:
        if len(value) < minimum:
            self._refuse(name, f"must have at least {minimum} characters")
        elif self.strict and _looks_weak(value):
            self._refuse(name, "is too weak for production: use a long random value")

    def _find(self, name: str) -> str:
        value, path = self._source.get(name, ""), self._source.get(f"{name}_FILE", "")
        if value and path:
            self._refuse(name, f"is given twice, also as {name}_FILE")
        if value or not path:
            return value.strip()
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            self._refuse(name, f"cannot be read from the path in {name}_FILE")
            return ""

    def _refuse(self, name: str, reason: str) -> None:
        problem = f"{name} {reason}"
        if problem not in self.problems:
            self.problems.append(problem)


def _split(value: str) -> SplitResult | None:
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - reading it is what refuses a port that is not a number
    except ValueError:
        return None
    return parts


def _is_number(path: str) -> bool:
    return path.strip("/") == "" or path.strip("/").isdecimal()


def _address_from(parts: SplitResult) -> DatabaseAddress:
    return DatabaseAddress(
        name=unquote(parts.path[1:]),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        host=parts.hostname or "",
        port=parts.port or 5432,
        options=tuple(parse_qsl(parts.query)),
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _looks_weak(value: str) -> bool:
    lowered = value.lower()
    return len(set(value)) < MINIMUM_DIFFERENT_CHARACTERS or any(word in lowered for word in PLACEHOLDERS)
