"""Deeds on connections. Each runs in the workspace's scope, in one transaction, and writes the record itself."""

from integrations.actions.connections import disconnect, note_ending
from integrations.actions.links import (
    create_connection,
    create_link_session,
    end_link_session,
    open_link_session,
    request_finish,
    restore_connection,
)
from integrations.actions.receipts import handle_receipt, store_receipt
from integrations.actions.syncs import open_run, request_sync

__all__ = [
    "create_connection",
    "create_link_session",
    "disconnect",
    "end_link_session",
    "handle_receipt",
    "note_ending",
    "open_link_session",
    "open_run",
    "request_finish",
    "request_sync",
    "restore_connection",
    "store_receipt",
]
