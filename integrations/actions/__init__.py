"""Deeds on connections. Each runs in the workspace's scope, in one transaction, and writes the record itself."""

from integrations.actions.alerts import close_alerts, complete_alert, put_off_alert, request_alerts
from integrations.actions.connections import disconnect, give_up_item, note_ending, note_new_accounts
from integrations.actions.grants import choose_organization, connect_organization, give_up_grant
from integrations.actions.links import (
    create_link_session,
    end_link_session,
    keep_exchange,
    open_link_session,
    request_finish,
    restore_connection,
)
from integrations.actions.outcomes import conclude_link
from integrations.actions.receipts import delete_old_receipts, handle_receipt, store_receipt
from integrations.actions.removals import complete_removal, put_off_removal, request_removal, request_revocation
from integrations.actions.syncs import open_run, request_sync
from integrations.actions.visits import end_visit, keep_tokens, offer_organizations, receive_code, start_visit

__all__ = [
    "choose_organization",
    "close_alerts",
    "complete_alert",
    "complete_removal",
    "conclude_link",
    "connect_organization",
    "create_link_session",
    "delete_old_receipts",
    "disconnect",
    "end_link_session",
    "end_visit",
    "give_up_grant",
    "give_up_item",
    "handle_receipt",
    "keep_exchange",
    "keep_tokens",
    "note_ending",
    "note_new_accounts",
    "offer_organizations",
    "open_link_session",
    "open_run",
    "put_off_alert",
    "put_off_removal",
    "receive_code",
    "request_alerts",
    "request_finish",
    "request_removal",
    "request_revocation",
    "request_sync",
    "restore_connection",
    "start_visit",
    "store_receipt",
]
