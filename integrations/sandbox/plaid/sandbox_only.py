"""Plaid's own test endpoints: an item without the hosted page, a webhook, a lost login, new rows."""

from datetime import timedelta

from integrations.sandbox.bank import AccountSpec, Change, Row
from integrations.sandbox.plaid import hooks, items, messages
from integrations.sandbox.plaid.faults import Fault
from integrations.sandbox.plaid.incidents import posted_row
from integrations.sandbox.plaid.log import append, catch_up
from integrations.sandbox.plaid.wire import timestamp
from integrations.sandbox.plaid.world import World

MOST_ROWS = 10
DAYS_BACK = 14
DISCONNECT_SECONDS = 7 * 86_400


def create_public_token(world: World, body: messages.SandboxPublicTokenCreate) -> dict[str, object]:
    bank = world.banks.get(body.institution_id)
    if bank is None:
        raise Fault("INVALID_INSTITUTION")
    keys = [spec.key for spec in bank.accounts]
    _, token = items.create_item(world, bank, keys, webhook=body.options.webhook, days_requested=items.DAYS_LIMIT)
    return {"public_token": token}


def fire_webhook(world: World, body: messages.FireWebhook) -> dict[str, object]:
    item = items.find_item(world, body.access_token)
    code = body.webhook_code
    if code == "SYNC_UPDATES_AVAILABLE":
        fired = hooks.announce_updates(world, item)
    elif code == "DEFAULT_UPDATE":
        fired = hooks.queue_for_item(world, item, "TRANSACTIONS", code, error=None, new_transactions=0)
    elif code == "ERROR":
        fired = hooks.announce_error(world, item, "ITEM_LOGIN_REQUIRED")
    elif code == "PENDING_DISCONNECT":
        when = timestamp(world.now() + DISCONNECT_SECONDS)
        fired = hooks.queue_for_item(world, item, "ITEM", code, reason="INSTITUTION_MIGRATION", disconnect_time=when)
    elif code in ("NEW_ACCOUNTS_AVAILABLE", "USER_PERMISSION_REVOKED", "LOGIN_REPAIRED"):
        fired = hooks.queue_for_item(world, item, "ITEM", code)
    else:
        fired = False
    if not fired:
        raise Fault("SANDBOX_WEBHOOK_INVALID")
    return {"webhook_fired": True}


def reset_login(world: World, body: messages.OfItem) -> dict[str, object]:
    """The item asks for a new login from now on, until update mode gives it."""
    item = items.find_item(world, body.access_token)
    with world.store.writing():
        items.set_error(world, item.id, "ITEM_LOGIN_REQUIRED")
        hooks.announce_error(world, item, "ITEM_LOGIN_REQUIRED")
    return {"reset_login": True}


def create_transactions(world: World, body: messages.TransactionsCreate) -> dict[str, object]:
    """Adds posted rows to the item's first account, at most ten at once and none older than a fortnight."""
    item = catch_up(world, items.find_working_item(world, body.access_token).id)
    today = world.settings.today()
    oldest = today - timedelta(days=DAYS_BACK)
    if not 1 <= len(body.transactions) <= MOST_ROWS or item.phase == "waiting":
        raise Fault("INVALID_FIELD")
    if any(not oldest <= row.date_posted <= today for row in body.transactions):
        raise Fault("INVALID_FIELD")
    account = world.store.one("SELECT * FROM account WHERE item_id = ? ORDER BY position LIMIT 1", item.id)
    if account is None:
        raise Fault("INVALID_FIELD")
    spec = items.account_spec(account)
    with world.store.writing():
        append(
            world,
            item,
            [Change("added", _row(row, spec)) for row in body.transactions],
            moves_balance=True,
        )
        hooks.announce_updates(world, item)
    return {}


def _row(given: messages.CustomTransaction, account: AccountSpec) -> Row:
    return posted_row(
        account.key,
        given.iso_currency_code or account.currency,
        given.date_posted,
        minor=-round(given.amount * 100),
        text=given.description,
        authorized=given.date_transacted,
    )
