"""The environment that the demonstration's programs get from a plan: what `config.env` reads, and no more than they need."""

import shlex

from config.demo.local import Local
from config.demo.plan import Plan


def web_environment(plan: Plan, local: Local) -> dict[str, str]:
    """For the web server and the worker: the web and scheduler roles only."""
    secrets = local.secrets()
    return {
        "COUNTERFOIL_ENV": "demo",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": secrets["secret_key"],
        "ROUTING_KEY": secrets["routing_key"],
        "KEY_DIR": str(local.folder / "keys"),
        "BASE_URL": plan.base_url,
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "DATABASE_URL": plan.urls.web,
        "SCHEDULER_DATABASE_URL": plan.urls.scheduler,
        "OPERATOR_DATABASE_URL": plan.urls.operator,
        "OPERATORS": plan.operators,
        "REDIS_URL": plan.redis_url,
        "EMAIL_DIR": str(local.folder / "mail"),
        **({"ALERT_WEBHOOK_SANDBOX": "http://127.0.0.1:8765"} if plan.sandbox_port else {}),
        **plan.plaid,
        **plan.zoho,
        **plan.stripe,
        **({"PWNED_BASE_URL": f"{plan.plaid['PLAID_BASE_URL']}/pwned"} if plan.sandbox_port else {}),
    }


def owner_environment(plan: Plan, local: Local) -> dict[str, str]:
    """For migrations, which run in the launcher itself."""
    return web_environment(plan, local) | {"OWNER_DATABASE_URL": plan.urls.owner}


def sandbox_environment(plan: Plan, local: Local) -> dict[str, str]:
    """The sandbox is a program of its own and shares nothing with the product but the client names and secrets."""
    return {
        "COUNTERFOIL_ENV": "demo",
        "SANDBOX_DB": str(local.folder / "sandbox.sqlite3"),
        "SANDBOX_CLIENT_ID": plan.plaid["PLAID_CLIENT_ID"],
        "SANDBOX_SECRET": plan.plaid["PLAID_SECRET"],
        "SANDBOX_ZOHO_CLIENT_ID": plan.zoho["ZOHO_CLIENT_ID"],
        "SANDBOX_ZOHO_CLIENT_SECRET": plan.zoho["ZOHO_CLIENT_SECRET"],
        "SANDBOX_STRIPE_SECRET_KEY": plan.stripe["STRIPE_SECRET_KEY"],
        "SANDBOX_STRIPE_WEBHOOK_SECRET": plan.stripe["STRIPE_WEBHOOK_SECRETS"],
        "SANDBOX_STRIPE_WEBHOOK_URL": f"{plan.base_url}/webhooks/stripe/",
        "SANDBOX_PUBLIC_URL": plan.plaid["PLAID_BASE_URL"],
    }


def as_shell(environment: dict[str, str]) -> str:
    """Lines that a shell can read, for running `manage.py` beside the demonstration."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in environment.items())
