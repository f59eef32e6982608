"""How often a page may be asked to do something: limits of ACCOUNT_RATE_LIMITS, counted by allauth."""

from collections.abc import Callable
from typing import cast

from allauth.account import app_settings
from allauth.decorators import rate_limit
from django.core.exceptions import ImproperlyConfigured

from accounts.access import View


def within_limit(action: str) -> Callable[[View], View]:
    """A view that answers 429 beyond the action's limit. Raises ImproperlyConfigured for an action that has none: allauth
    would let everything through.
    """
    if not app_settings.RATE_LIMITS.get(action):
        raise ImproperlyConfigured(f"ACCOUNT_RATE_LIMITS has no limit for {action}")
    return cast(Callable[[View], View], rate_limit(action=action))
