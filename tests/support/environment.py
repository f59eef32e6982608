"""The environment of one test process: its own database, Redis numbers, key directory and ports."""

from dataclasses import dataclass
from pathlib import Path

from config.demo.ports import LOOPBACK, find_free_port
from tests.support.servers import ServerAddresses
from vault import roles

# The queue of the whole run and its cache, and the queue of a test that starts a worker of its own and its cache.
REDIS_NUMBERS = 4
# On the list; whether they carry the flag is each test's own.
OPERATORS = ("olive@operators.test", "oscar@operators.test")
CLIENT, SECRET, ZOHO_SECRET = "test-client", "plaid-secret-for-tests", "zoho-secret-for-tests"
STRIPE_KEY, STRIPE_WEBHOOK_SECRET = "sk_test_key-for-tests-only", "whsec_webhook-secret-for-tests"


@dataclass(frozen=True, slots=True)
class Workplace:
    """What one test process has for itself. `number` is 0 without xdist, else the worker's, from 1."""

    servers: ServerAddresses
    number: int
    site_port: int
    sandbox_port: int

    @classmethod
    def prepare(cls, servers: ServerAddresses, worker_id: str | None) -> "Workplace":
        number = int(worker_id.removeprefix("gw")) + 1 if worker_id else 0
        site_port = find_free_port()
        return cls(servers, number, site_port, find_free_port(taken=[site_port]))

    @property
    def database(self) -> str:
        return f"counterfoil_{self.number}"

    @property
    def folder(self) -> Path:
        """Files of this process alone; removed with the servers."""
        folder = Path(self.servers.folder) / str(self.number)
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    @property
    def mails(self) -> Path:
        """Where the web server's and the worker's mails are written."""
        return self.folder / "mail"

    @property
    def own_broker_url(self) -> str:
        """A queue that the worker of the whole run does not serve, nor that of any other test process."""
        return self.servers.valkey.url(self.number * REDIS_NUMBERS + 2)

    @property
    def site_url(self) -> str:
        return f"http://{LOOPBACK}:{self.site_port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://{LOOPBACK}:{self.sandbox_port}"

    def create_database(self, template: str) -> None:
        roles.create_database(self.servers.postgres.admin_url, self.database, template=template)

    def environment(self) -> dict[str, str]:
        """All that `config.env` reads."""
        return {
            "COUNTERFOIL_ENV": "test",
            "SECRET_KEY": "only-for-tests-" * 4,
            "ROUTING_KEY": "routing-only-for-tests-" * 3,
            "KEY_DIR": str(self.folder / "keys"),
            "BASE_URL": self.site_url,
            "ALLOWED_HOSTS": f"{LOOPBACK},testserver",
            "DATABASE_URL": self.servers.role_url(roles.WEB, self.database),
            "SCHEDULER_DATABASE_URL": self.servers.role_url(roles.SCHEDULER, self.database),
            "OPERATOR_DATABASE_URL": self.servers.role_url(roles.OPERATOR, self.database),
            "OPERATORS": ",".join(OPERATORS),
            "OWNER_DATABASE_URL": self.servers.role_url(roles.OWNER, self.database),
            "REDIS_URL": self.servers.valkey.url(self.number * REDIS_NUMBERS),
            "PLAID_BASE_URL": self.sandbox_url,
            "PLAID_LINK_ORIGIN": self.sandbox_url,
            "PLAID_CLIENT_ID": CLIENT,
            "PLAID_SECRET": SECRET,
            "PLAID_SAMPLE_INSTITUTION": "ins_902",
            "ZOHO_CLIENT_ID": CLIENT,
            "ZOHO_CLIENT_SECRET": ZOHO_SECRET,
            "ZOHO_ACCOUNTS_URL": f"{self.sandbox_url}/zoho",
            "ZOHO_API_URL": f"{self.sandbox_url}/zoho/books/v3",
            "STRIPE_SECRET_KEY": STRIPE_KEY,
            "STRIPE_WEBHOOK_SECRETS": STRIPE_WEBHOOK_SECRET,
            "STRIPE_BASE_URL": self.sandbox_url,
            "PWNED_BASE_URL": f"{self.sandbox_url}/pwned",
            "EMAIL_DIR": str(self.mails),
            "LOG_LEVEL": "INFO",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }

    def sandbox_environment(self) -> dict[str, str]:
        """What the sandbox bank reads."""
        return {
            "COUNTERFOIL_ENV": "test",
            "SANDBOX_DB": str(self.folder / "sandbox.sqlite3"),
            "SANDBOX_CLIENT_ID": CLIENT,
            "SANDBOX_SECRET": SECRET,
            "SANDBOX_ZOHO_CLIENT_ID": CLIENT,
            "SANDBOX_ZOHO_CLIENT_SECRET": ZOHO_SECRET,
            "SANDBOX_ZOHO_PER_MINUTE": "100000",
            "SANDBOX_ZOHO_PER_DAY": "1000000",
            "SANDBOX_STRIPE_SECRET_KEY": STRIPE_KEY,
            "SANDBOX_STRIPE_WEBHOOK_SECRET": STRIPE_WEBHOOK_SECRET,
            "SANDBOX_STRIPE_WEBHOOK_URL": f"{self.site_url}/webhooks/stripe/",
            "SANDBOX_PUBLIC_URL": self.sandbox_url,
            "SANDBOX_READY_SECONDS": "0.2",
            "SANDBOX_RETRY_SECONDS": "0.5",
        }
