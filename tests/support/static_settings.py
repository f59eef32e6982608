"""Settings for the static checks (types, `check --deploy`, missing migrations): production's own, with made-up values."""

import os
import secrets

os.environ.update(
    {
        "COUNTERFOIL_ENV": "production",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ROUTING_KEY": secrets.token_urlsafe(48),
        "KEY_DIR": "/nonexistent",
        "BASE_URL": "https://counterfoil.test",
        "DATABASE_URL": "postgresql://counterfoil_web:unused@127.0.0.1:1/unused?sslmode=require",
        "SCHEDULER_DATABASE_URL": "postgresql://counterfoil_scheduler:unused@127.0.0.1:1/unused?sslmode=require",
        "REDIS_URL": "rediss://:unused@127.0.0.1:1/0",
        "PLAID_BASE_URL": "https://sandbox.plaid.com",
        "PLAID_CLIENT_ID": "unused",
        "PLAID_SECRET": secrets.token_urlsafe(24),
        "STRIPE_SECRET_KEY": f"sk_live_{secrets.token_urlsafe(24)}",
        "STRIPE_WEBHOOK_SECRETS": f"whsec_{secrets.token_urlsafe(24)}",
        "EMAIL_HOST": "mail.counterfoil.test",
        "EMAIL_HOST_USER": "unused",
        "EMAIL_HOST_PASSWORD": "unused",
        "EMAIL_FROM": "counterfoil@counterfoil.test",
        "SECURITY_CONTACT": "mailto:security@counterfoil.test",
    }
)

from config.settings import *  # noqa: F403 - after the environment it reads
