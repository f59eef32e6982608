"""The webhooks that are sent, and when. They are queued here and sent by delivery."""

import json

from integrations.sandbox.plaid.faults import error_body
from integrations.sandbox.plaid.items import Item
from integrations.sandbox.plaid.world import World

ENVIRONMENT = {"environment": "sandbox"}


def queue(world: World, url: str, body: dict[str, object], *, item_id: str | None = None) -> None:
    """Queues a webhook for delivery now. The body is indented by two spaces, as Plaid's are."""
    now = world.now()
    world.store.run(
        "INSERT INTO delivery (item_id, url, body, created_at, due_at) VALUES (?, ?, ?, ?, ?)",
        *(item_id, url, json.dumps(body, indent=2), now, now),
    )


def queue_for_item(world: World, item: Item, kind: str, code: str, **more: object) -> bool:
    """False for an item without a webhook address."""
    if item.webhook is None:
        return False
    body: dict[str, object] = {"webhook_type": kind, "webhook_code": code, "item_id": item.id, **more, **ENVIRONMENT}
    queue(world, item.webhook, body, item_id=item.id)
    world.store.run("UPDATE item SET last_webhook = ?, last_webhook_at = ? WHERE id = ?", code, world.now(), item.id)
    return True


def announce_history(world: World, item: Item, *, was: str, phase: str, count: int) -> None:
    """INITIAL_UPDATE and HISTORICAL_UPDATE as each part of the history is there."""
    if was == "waiting":
        queue_for_item(world, item, "TRANSACTIONS", "INITIAL_UPDATE", error=None, new_transactions=count)
    if phase == "complete":
        queue_for_item(world, item, "TRANSACTIONS", "HISTORICAL_UPDATE", error=None, new_transactions=count)
    announce_updates(world, item, phase=phase)


def announce_updates(world: World, item: Item, *, phase: str | None = None) -> bool:
    """SYNC_UPDATES_AVAILABLE, which is sent for items only that were synced at least once."""
    if not item.is_synced:
        return False
    phase = phase or item.phase
    return queue_for_item(
        world,
        item,
        "TRANSACTIONS",
        "SYNC_UPDATES_AVAILABLE",
        initial_update_complete=phase != "waiting",
        historical_update_complete=phase == "complete",
    )


def announce_error(world: World, item: Item, code: str) -> bool:
    return queue_for_item(world, item, "ITEM", "ERROR", error={**error_body(code), "status": 400})


def announce_session(
    world: World, url: str, status: str, *, link_token: str, session_id: str, public_tokens: list[str]
) -> None:
    """LINK/SESSION_FINISHED of a hosted session. `status` is SUCCESS, in update mode without tokens, or EXITED."""
    body: dict[str, object] = {
        "webhook_type": "LINK",
        "webhook_code": "SESSION_FINISHED",
        "status": status,
        "link_session_id": session_id,
        "link_token": link_token,
        "public_tokens": public_tokens,
        **ENVIRONMENT,
    }
    queue(world, url, body)
