"""What is kept of banks: connections, runs, link sessions, webhooks and counts of calls.

Ids, times, states, problem codes and counters are readable; tokens, cursors, names and bodies are sealed.
"""

from integrations.models.connections import CallCount, Connection, ItemFacts
from integrations.models.links import LINK_OPEN_STATES, LinkSession, LinkState
from integrations.models.receipts import ReceiptState, WebhookReceipt
from integrations.models.runs import OPEN_STATES, PageContent, RunState, StagedPage, Step, SyncRun, Trigger

__all__ = [
    "LINK_OPEN_STATES",
    "OPEN_STATES",
    "CallCount",
    "Connection",
    "ItemFacts",
    "LinkSession",
    "LinkState",
    "PageContent",
    "ReceiptState",
    "RunState",
    "StagedPage",
    "Step",
    "SyncRun",
    "Trigger",
    "WebhookReceipt",
]
