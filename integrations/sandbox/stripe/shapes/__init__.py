"""Stripe's objects as new ones look, with every key that Stripe's published examples of today's version have."""

from typing import Any

Body = dict[str, Any]
