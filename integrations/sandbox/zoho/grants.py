"""What people granted: codes that are good once and for a minute, refresh tokens, and access tokens of an hour.

One person has at most twenty refresh tokens with a client: the oldest goes without a word. A refresh token that asks for
more than ten access tokens within ten minutes is made to wait.
"""

import json
import secrets
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from integrations.sandbox.zoho.world import ZohoWorld

ACCESS_SECONDS = 3600
REFRESH_TOKENS_A_PERSON = 20
LIVE_ACCESS_TOKENS = 30
TOKENS_IN_A_WHILE, WHILE = 10, 600.0


class Refusal(Exception):
    """The accounts server's word for what is wrong."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class TooMany(Exception):
    """Asked for too often."""


@dataclass(frozen=True, slots=True)
class Grant:
    """`organizations` are the ids of those that the person has."""

    id: int
    scopes: frozenset[str]
    organizations: tuple[str, ...]


def new_token() -> str:
    return f"1000.{secrets.token_hex(16)}.{secrets.token_hex(16)}"


def create_code(
    world: ZohoWorld, request: str, *, person: str, scopes: Collection[str], organizations: Sequence[str]
) -> str:
    """A code for what the person agreed to; `request` is what the client asked for."""
    code = new_token()
    world.store.run(
        "INSERT INTO zoho_code VALUES (?, ?, ?, ?, ?, ?, NULL)",
        *(code, request, person, " ".join(sorted(scopes)), json.dumps(list(organizations))),
        world.now() + world.zoho.code_seconds,
    )
    return code


def take_code(world: ZohoWorld, code: str) -> sqlite3.Row:
    """The code's row, used up from now on. Raises Refusal."""
    with world.store.writing():
        used = world.store.run(
            "UPDATE zoho_code SET used_at = ? WHERE code = ? AND used_at IS NULL AND expires_at > ?",
            *(world.now(), code, world.now()),
        )
        row = world.store.one("SELECT * FROM zoho_code WHERE code = ?", code)
    if not used or row is None:
        raise Refusal("invalid_code")
    return row


def open_grant(world: ZohoWorld, row: sqlite3.Row, client_id: str, *, offline: bool) -> tuple[str | None, str]:
    """A new grant from a code's row: its refresh token, if one was asked for, and a first access token."""
    refresh = new_token() if offline else None
    with world.store.writing():
        world.store.run(
            "INSERT INTO zoho_grant (client_id, person, scopes, organizations, refresh_token, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            *(client_id, row["person"], row["scopes"], row["organizations"], refresh, world.now()),
        )
        grant = world.store.one("SELECT max(id) AS id FROM zoho_grant")
        _drop_oldest(world, row["person"], client_id)
        return refresh, _issue(world, grant["id"] if grant else 0)


def has_grant(world: ZohoWorld, person: str, client_id: str) -> bool:
    """Whether the person has agreed before: without prompt=consent there is no second refresh token."""
    known = "SELECT 1 FROM zoho_grant WHERE person = ? AND client_id = ? AND revoked_at IS NULL"
    return world.store.one(f"{known} AND refresh_token IS NOT NULL", person, client_id) is not None


def refresh_access(world: ZohoWorld, refresh_token: str) -> tuple[str, str]:
    """A new access token and its scopes. Raises Refusal or TooMany."""
    with world.store.writing():
        row = world.store.one("SELECT * FROM zoho_grant WHERE refresh_token = ? AND revoked_at IS NULL", refresh_token)
        if row is None:
            raise Refusal("invalid_code")
        recent = world.store.one(
            "SELECT count(*) AS n FROM zoho_access WHERE grant_id = ? AND issued_at > ?",
            *(row["id"], world.now() - WHILE),
        )
        if recent is not None and recent["n"] >= TOKENS_IN_A_WHILE:
            raise TooMany
        world.store.run("UPDATE zoho_grant SET refreshes = refreshes + 1 WHERE id = ?", row["id"])
        return _issue(world, row["id"]), row["scopes"]


def find_grant(world: ZohoWorld, access_token: str) -> Grant | None:
    """The grant of an access token that is still good."""
    row = world.store.one(
        "SELECT g.* FROM zoho_access AS a JOIN zoho_grant AS g ON g.id = a.grant_id"
        " WHERE a.token = ? AND a.expires_at > ? AND g.revoked_at IS NULL",
        *(access_token, world.now()),
    )
    if row is None:
        return None
    return Grant(row["id"], frozenset(row["scopes"].split()), tuple(json.loads(row["organizations"])))


def revoke(world: ZohoWorld, token: str) -> bool:
    """Ends the grant of a refresh token with all its access tokens, or one access token alone."""
    ended = world.store.run(
        "UPDATE zoho_grant SET revoked_at = ? WHERE refresh_token = ? AND revoked_at IS NULL", world.now(), token
    )
    return bool(ended or world.store.run("DELETE FROM zoho_access WHERE token = ?", token))


def revoke_of(world: ZohoWorld, *, access_token: str, refresh_token: str) -> None:
    """The person takes the grant of either token back."""
    world.store.run(
        "UPDATE zoho_grant SET revoked_at = ? WHERE revoked_at IS NULL AND (refresh_token = ?"
        " OR id IN (SELECT grant_id FROM zoho_access WHERE token = ?))",
        *(world.now(), refresh_token, access_token),
    )


def _issue(world: ZohoWorld, grant_id: int) -> str:
    token, now = new_token(), world.now()
    world.store.run("INSERT INTO zoho_access VALUES (?, ?, ?, ?)", token, grant_id, now, now + ACCESS_SECONDS)
    world.store.run(
        "DELETE FROM zoho_access WHERE grant_id = ? AND token NOT IN"
        " (SELECT token FROM zoho_access WHERE grant_id = ? ORDER BY issued_at DESC, rowid DESC LIMIT ?)",
        *(grant_id, grant_id, LIVE_ACCESS_TOKENS),
    )
    return token


def _drop_oldest(world: ZohoWorld, person: str, client_id: str) -> None:
    world.store.run(
        "UPDATE zoho_grant SET revoked_at = ? WHERE person = ? AND client_id = ? AND revoked_at IS NULL"
        " AND refresh_token IS NOT NULL AND id NOT IN (SELECT id FROM zoho_grant WHERE person = ? AND client_id = ?"
        " AND revoked_at IS NULL AND refresh_token IS NOT NULL ORDER BY id DESC LIMIT ?)",
        *(world.now(), person, client_id, person, client_id, REFRESH_TOKENS_A_PERSON),
    )
