"""What is kept of banks: connections, runs, link sessions, items to be ended, webhooks, alerts and counts of calls.

Ids, times, states, problem codes and counters are readable; tokens, cursors, names and bodies are sealed.
"""

from integrations.models.alerts import Alert, AlertKind, AlertState
from integrations.models.connections import CallCount, Connection, ItemFacts
from integrations.models.links import LINK_OPEN_STATES, LinkSession, LinkState
from integrations.models.receipts import ReceiptState, WebhookReceipt
from integrations.models.removals import ItemRemoval, RemovalState
from integrations.models.runs import OPEN_STATES, PageContent, RunState, StagedPage, Step, SyncRun, Trigger

__all__ = [
    "LINK_OPEN_STATES",
    "OPEN_STATES",
    "Alert",
    "AlertKind",
    "AlertState",
    "CallCount",
    "Connection",
    "ItemFacts",
    "ItemRemoval",
    "LinkSession",
    "LinkState",
    "PageContent",
    "ReceiptState",
    "RemovalState",
    "RunState",
    "StagedPage",
    "Step",
    "SyncRun",
    "Trigger",
    "WebhookReceipt",
]
