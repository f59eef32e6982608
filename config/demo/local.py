"""The `.local` directory: everything of the demonstration that outlives a start, readable by its owner only."""

import fcntl
import json
import os
import secrets
from base64 import b32encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.demo.failures import DemoFailed
from config.demo.ports import find_free_port, is_free

REPOSITORY = Path(__file__).resolve().parents[2]
WEB_PORT = 8000
SECRETS = (
    "secret_key",
    "routing_key",
    "plaid_secret",
    "zoho_secret",
    "stripe_key",
    "stripe_webhook",
    "postgres",
    "valkey",
    "owner",
    "web",
    "scheduler",
    "operator",
    "backup",
)


class AlreadyRunning(DemoFailed):
    """Another start holds the directory."""


def local_folder() -> Path:
    """`.local` in the repository, or COUNTERFOIL_LOCAL."""
    return Path(os.environ.get("COUNTERFOIL_LOCAL", REPOSITORY / ".local"))


class Local:
    """Paths, secrets and ports under one directory, made at first use and kept."""

    def __init__(self, folder: Path) -> None:
        os.umask(0o077)
        folder.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            # Where root may not use a namespace, PostgreSQL runs as nobody and must be able to pass through.
            folder.chmod(0o711)
        self.folder = folder
        self.logs = folder / "log"
        self.logs.mkdir(exist_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Raises AlreadyRunning while another process is inside."""
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                message = f"Counterfoil is already running from {self.folder}"
                raise AlreadyRunning(message) from None
            yield

    def secrets(self) -> dict[str, str]:
        """Random values made once."""
        known = self._read("secrets.json")
        made = known | {name: secrets.token_urlsafe(48) for name in SECRETS if name not in known}
        self.write_json("secrets.json", made)
        return {name: str(value) for name, value in made.items()}

    def password_of(self, person: str) -> str:
        """A sample person's password, made once."""
        known = self._read("passwords.json")
        if person not in known:
            known[person] = secrets.token_urlsafe(12)
            self.write_json("passwords.json", known)
        return str(known[person])

    def totp_secret_of(self, person: str) -> str:
        """The secret of a sample person's authenticator app in base 32, made once."""
        known = self._read("totp.json")
        if person not in known:
            known[person] = b32encode(secrets.token_bytes(20)).decode()
            self.write_json("totp.json", known)
        return str(known[person])

    def known_totp_secret(self, person: str) -> str:
        """The same if it was made, else nothing."""
        return str(self._read("totp.json").get(person, ""))

    def port(self, name: str, preferred: int | None = None) -> int:
        """The port this part had last time while that is free, so that addresses stay; else a new one."""
        known = {part: port for part, port in self._read("ports.json").items() if isinstance(port, int)}
        others = {port for part, port in known.items() if part != name}
        wanted = (port for port in (known.get(name), preferred) if port and port not in others and is_free(port))
        port = next(wanted, None) or find_free_port(taken=others)
        self.write_json("ports.json", known | {name: port})
        return port

    def read_json(self, name: str) -> dict[str, object]:
        return self._read(name)

    def write_json(self, name: str, value: object) -> None:
        """Replaces the file as a whole."""
        path = self.folder / name
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(value, indent=2) + "\n")
        draft.replace(path)

    def _read(self, name: str) -> dict[str, object]:
        path = self.folder / name
        found = json.loads(path.read_text()) if path.exists() else {}
        return dict(found)
