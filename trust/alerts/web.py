"""Which addresses alerts may be sent to: the public web, and outside production one origin of this machine."""

from django.conf import settings

from config.outbound import PublicWeb


def allowed_web() -> PublicWeb:
    """As it is configured."""
    sandbox = settings.ALERT_WEBHOOK_SANDBOX
    return PublicWeb(frozenset({sandbox} if sandbox else ()), production=settings.ENVIRONMENT.is_production)
