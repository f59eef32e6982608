"""What happens to an item just before a call about it is answered: a row comes in, the login is lost, the access ends."""

from datetime import date

import msgspec

from integrations.sandbox.bank import Change, Row
from integrations.sandbox.plaid import hooks, items
from integrations.sandbox.plaid.ids import new_id
from integrations.sandbox.plaid.log import append, catch_up
from integrations.sandbox.plaid.world import World

NOT_THE_API = ("/hl", "/control", "/sandbox", "/healthz", "/zoho", "/stripe", "/v1")


class _About(msgspec.Struct, frozen=True):
    access_token: str | None = None
    public_token: str | None = None


def is_of_the_api(method: str, path: str) -> bool:
    """Whether an address is one of Plaid's own, and not of its pages, its test endpoints or the control."""
    return method == "POST" and not path.startswith(NOT_THE_API)


def meet_item(world: World, kind: str, body: bytes) -> None:
    """Nothing happens where the call is about no item."""
    item_id = _item_of(world, body)
    if item_id is None:
        return
    with world.store.writing():
        item = items.load_item(world, item_id)
        if kind == "login_required":
            items.set_error(world, item_id, "ITEM_LOGIN_REQUIRED")
            hooks.announce_error(world, item, "ITEM_LOGIN_REQUIRED")
        elif kind == "revoked":
            items.remove_item(world, item)
            hooks.queue_for_item(world, item, "ITEM", "USER_PERMISSION_REVOKED", error=None)
        else:
            add_row(world, item_id, minor=-1_23, text="ROW BETWEEN TWO PAGES")


def add_row(world: World, item_id: str, *, minor: int, text: str) -> None:
    """A posted row of today on the item's first account, and word of it. Minor units, + into the account."""
    item = catch_up(world, item_id)
    account = world.store.one("SELECT * FROM account WHERE item_id = ? ORDER BY position LIMIT 1", item_id)
    if account is None or item.phase == "waiting":
        return
    spec = items.account_spec(account)
    row = posted_row(spec.key, spec.currency, world.settings.today(), minor=minor, text=text)
    append(world, item, [Change("added", row)], moves_balance=True)
    hooks.announce_updates(world, item)


def posted_row(account: str, currency: str, day: date, *, minor: int, text: str, authorized: date | None = None) -> Row:
    """A row that nothing more is known of."""
    return Row(
        key=new_id(),
        account=account,
        minor=minor,
        currency=currency,
        date=day,
        authorized=authorized,
        pending=False,
        replaces=None,
        name=text,
        text=text,
        merchant=None,
        party=None,
        party_type="merchant",
        category="OTHER_OTHER",
        confidence="UNKNOWN",
        channel="other",
        city=None,
        region=None,
        method=None,
        reference=None,
        check_number=None,
    )


def _item_of(world: World, body: bytes) -> str | None:
    try:
        about = msgspec.json.decode(body, type=_About)
    except msgspec.MsgspecError:
        return None
    row = world.store.one("SELECT id FROM item WHERE access_token = ?", about.access_token) or world.store.one(
        "SELECT item_id AS id FROM public_token WHERE token = ?", about.public_token
    )
    return str(row["id"]) if row else None
