"""One throwaway PostgreSQL and Valkey for a whole pytest run; its workers share them and each has its own databases."""

import secrets
import shutil
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

from config.demo.children import Child
from config.demo.ports import LOOPBACK, find_free_port
from config.demo.postgres import EmbeddedPostgres
from config.demo.valkey import EmbeddedValkey
from vault import roles

TEMPLATE = "counterfoil_template"


@dataclass(frozen=True, slots=True)
class ServerAddresses:
    """All that a worker needs to reach the run's servers. Travels from the controller as plain text."""

    folder: str
    postgres_port: int
    valkey_port: int
    postgres_password: str = field(repr=False)
    valkey_password: str = field(repr=False)
    owner: str = field(repr=False)
    web: str = field(repr=False)
    scheduler: str = field(repr=False)
    operator: str = field(repr=False)
    backup: str = field(repr=False)
    durable: bool = field(default=False, kw_only=True)

    @property
    def postgres(self) -> EmbeddedPostgres:
        folder = Path(self.folder)
        return EmbeddedPostgres(
            folder / "postgres", folder / "postgres.log", self.postgres_port, self.postgres_password, self.durable
        )

    @property
    def valkey(self) -> EmbeddedValkey:
        folder = Path(self.folder)
        return EmbeddedValkey(
            folder / "valkey", folder / "valkey.log", self.valkey_port, self.valkey_password, durable=False
        )

    def role_url(self, role: str, database: str) -> str:
        password = self.passwords().by_role()[role]
        return f"postgresql://{role}:{password}@{LOOPBACK}:{self.postgres_port}/{database}"

    def passwords(self) -> roles.RolePasswords:
        return roles.RolePasswords(self.owner, self.web, self.scheduler, self.operator, self.backup)

    def as_plain(self) -> dict[str, str | int]:
        return asdict(self)


class Servers:
    """Started in two steps, so that Django can be imported while the cluster is being created.

    `durable` makes PostgreSQL keep what it committed, as it does in production; the tests gain nothing by it.
    """

    def __init__(self, *, durable: bool = False) -> None:
        folder = tempfile.mkdtemp(prefix="counterfoil-tests-")
        # Where root may not use a namespace, the server runs as nobody and must be able to pass through.
        Path(folder).chmod(0o711)
        ports = find_free_port(), find_free_port()
        self.addresses = ServerAddresses(
            folder, *ports, *(secrets.token_urlsafe(18) for _ in range(7)), durable=durable
        )
        self._initialising = self.addresses.postgres.begin_initialising()
        self._children: list[Child] = [self.addresses.valkey.start()]

    def finish_starting(self) -> None:
        postgres = self.addresses.postgres
        server = postgres.start(self._initialising)
        self._children.append(server)
        postgres.wait_until_ready(server)
        self.addresses.valkey.wait_until_ready(self._children[0])
        roles.create_roles(postgres.admin_url, self.addresses.passwords())
        roles.create_database(postgres.admin_url, TEMPLATE)

    def stop(self) -> None:
        for child in reversed(self._children):
            child.stop()
        shutil.rmtree(self.addresses.folder)
