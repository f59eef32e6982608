"""What is kept of banks and books: connections, runs, visits, access to be ended, webhooks, alerts and counts of calls.

Ids, times, states, problem codes and counters are readable; tokens, cursors, names and bodies are sealed.
"""

from integrations.models.alerts import Alert, AlertKind, AlertState
from integrations.models.connections import CallCount, Connection, ItemFacts
from integrations.models.grants import OrganizationFacts, ZohoGrant
from integrations.models.links import LINK_OPEN_STATES, LinkSession, LinkState
from integrations.models.receipts import ReceiptState, WebhookReceipt
from integrations.models.removals import ItemRemoval, RemovalState
from integrations.models.resources import BooksList, ReadingKind, ResourceState
from integrations.models.runs import OPEN_STATES, PageContent, RunState, StagedPage, Step, SyncRun, Trigger
from integrations.models.visits import VISIT_OPEN_STATES, GrantVisit, Offers, VisitEnd, VisitState

__all__ = [
    "LINK_OPEN_STATES",
    "OPEN_STATES",
    "VISIT_OPEN_STATES",
    "Alert",
    "AlertKind",
    "AlertState",
    "BooksList",
    "CallCount",
    "Connection",
    "GrantVisit",
    "ItemFacts",
    "ItemRemoval",
    "LinkSession",
    "LinkState",
    "Offers",
    "OrganizationFacts",
    "PageContent",
    "ReadingKind",
    "ReceiptState",
    "RemovalState",
    "ResourceState",
    "RunState",
    "StagedPage",
    "Step",
    "SyncRun",
    "Trigger",
    "VisitEnd",
    "VisitState",
    "WebhookReceipt",
    "ZohoGrant",
]
