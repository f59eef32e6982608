"""Link tokens and the sessions of the hosted page: what was asked for, and what a person chose."""

import json
import secrets
import sqlite3
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from integrations.sandbox.plaid.faults import Fault
from integrations.sandbox.plaid.hooks import announce_session
from integrations.sandbox.plaid.ids import derive_id, new_request_id, new_token
from integrations.sandbox.plaid.items import create_item, find_item, set_error
from integrations.sandbox.plaid.log import share_accounts
from integrations.sandbox.plaid.messages import LinkTokenCreate
from integrations.sandbox.plaid.wire import timestamp
from integrations.sandbox.plaid.world import World

TOKEN_SECONDS = 4 * 3600
UPDATE_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class Link:
    """A link token with the request that made it; `item_id` is set in update mode. `page` is the hosted page's secret."""

    token: str
    page: str
    request: LinkTokenCreate
    item_id: str | None
    created_at: float
    expires_at: float


def create_link(world: World, request: LinkTokenCreate) -> dict[str, object]:
    """Plaid's LinkTokenCreateResponse, without its request_id."""
    _check(request)
    item_id = find_item(world, request.access_token).id if request.access_token else None
    now = world.now()
    token, page = new_token("link"), secrets.token_urlsafe(24)
    seconds = UPDATE_SECONDS if item_id else TOKEN_SECONDS
    if request.hosted_link is not None:
        seconds = request.hosted_link.url_lifetime_seconds
    kept = msgspec.structs.replace(request, client_id=None, secret=None, access_token=None)
    world.store.run(
        "INSERT INTO link_token VALUES (?, ?, ?, ?, ?, ?)",
        *(token, page, msgspec.json.encode(kept).decode(), item_id, now, now + seconds),
    )
    answer: dict[str, object] = {"link_token": token, "expiration": timestamp(now + seconds)}
    if request.hosted_link is not None:
        answer["hosted_link_url"] = f"{world.settings.public_url}/hl/{page}"
    return answer


def _check(request: LinkTokenCreate) -> None:
    hosted = request.hosted_link
    if not request.access_token and request.products != ["transactions"]:
        raise Fault("INVALID_FIELD")
    if not 1 <= request.transactions.days_requested <= 730 or not request.country_codes:
        raise Fault("INVALID_FIELD")
    if hosted is not None and not 0 < hosted.url_lifetime_seconds <= 21 * 86_400:
        raise Fault("INVALID_FIELD")
    for url in (request.webhook, hosted.completion_redirect_uri if hosted else None):
        if url is not None and not url.startswith(("https://", "http://")):
            raise Fault("INVALID_FIELD")


def find_link(world: World, *, page: str) -> Link | None:
    """The link of a hosted page, if it still opens."""
    row = world.store.one("SELECT * FROM link_token WHERE page = ? AND expires_at > ?", page, world.now())
    return read_link(row) if row else None


def open_session(world: World, link: Link) -> str:
    """The session of a visit: the one that is still open, or a new one."""
    with world.store.writing():
        row = world.store.one("SELECT id FROM link_session WHERE link_token = ? AND finished_at IS NULL", link.token)
        if row is not None:
            return str(row["id"])
        session_id = str(uuid.uuid4())
        world.store.run(
            "INSERT INTO link_session (id, link_token, started_at) VALUES (?, ?, ?)",
            session_id,
            link.token,
            world.now(),
        )
        _note(world, session_id, "OPEN")
        return session_id


def is_spent(world: World, link: Link) -> bool:
    """Whether a session of the link has ended already: a link leads to one bank."""
    return bool(
        world.store.one("SELECT 1 FROM link_session WHERE link_token = ? AND finished_at IS NOT NULL", link.token)
    )


def finish_session(world: World, link: Link, *, institution_id: str, account_keys: Sequence[str]) -> None:
    """The person agreed: a new item for those accounts, or in update mode the old one works again."""
    with world.store.writing():
        session_id = open_session(world, link)
        public_token = None
        if link.item_id is not None:
            set_error(world, link.item_id, None)
            item_id = link.item_id
            if link.request.update.account_selection_enabled:
                share_accounts(world, item_id, account_keys)
        else:
            item_id, public_token = create_item(
                world,
                world.banks[institution_id],
                account_keys,
                webhook=link.request.webhook,
                days_requested=link.request.transactions.days_requested,
            )
        _note(world, session_id, "SELECT_INSTITUTION", institution_id=institution_id)
        _note(world, session_id, "HANDOFF", institution_id=institution_id)
        _end(world, link, session_id, item_id=item_id, public_token=public_token)


def leave_session(world: World, link: Link) -> None:
    """The person went away without agreeing."""
    with world.store.writing():
        session_id = open_session(world, link)
        _note(world, session_id, "EXIT", exit_status="requires_account_selection")
        _end(world, link, session_id, item_id=None, public_token=None)


def _end(world: World, link: Link, session_id: str, *, item_id: str | None, public_token: str | None) -> None:
    """Without an item the session was left."""
    world.store.run(
        "UPDATE link_session SET finished_at = ?, outcome = ?, item_id = ?, public_token = ? WHERE id = ?",
        *(world.now(), "success" if item_id else "exit", item_id, public_token, session_id),
    )
    if link.request.webhook:
        announce_session(
            world,
            link.request.webhook,
            "SUCCESS" if item_id else "EXITED",
            link_token=link.token,
            session_id=session_id,
            public_tokens=[public_token] if public_token else [],
        )


def _note(world: World, session_id: str, name: str, **metadata: str) -> None:
    row = world.store.one("SELECT events FROM link_session WHERE id = ?", session_id)
    events = json.loads(row["events"]) if row else []
    event_id = str(uuid.UUID(bytes=derive_id(session_id, "row", str(len(events))).encode()[:16]))
    events.append(
        {
            "event_name": name,
            "timestamp": timestamp(world.now()),
            "event_id": event_id,
            "event_metadata": {"request_id": new_request_id(), **metadata},
        }
    )
    world.store.run("UPDATE link_session SET events = ? WHERE id = ?", json.dumps(events), session_id)


def read_link(row: sqlite3.Row) -> Link:
    request = msgspec.json.decode(row["request"], type=LinkTokenCreate)
    return Link(row["token"], row["page"], request, row["item_id"], row["created_at"], row["expires_at"])
