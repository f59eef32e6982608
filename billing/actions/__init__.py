"""Deeds on customers, visits to Checkout, subscriptions and the inbox. Each writes the record itself."""

from billing.actions.inbox import replay_event
from billing.actions.refreshes import ask_for_refresh

__all__ = ["ask_for_refresh", "replay_event"]
