"""Sessions in the database (SESSION_ENGINE). A stolen database opens none: it has digests of keys, and sealed contents.

A session that is read costs one query, with its person; that it was seen is noted once a minute. One that was ended is gone
with the next request, and neither saving it nor giving it a new key brings it back.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import connection
from django.utils import timezone

from accounts.backend import note_person
from accounts.instances import columns_of, instance_of
from accounts.models import User, UserSession
from accounts.second_factor import read_proof
from vault.cookies import open_for_cookie, seal_for_cookie
from vault.envelope import SealBroken

LABEL = "accounts.session.data"
SEEN_EVERY = timedelta(minutes=1)
KEY_BYTES = 32
SESSION = f"""
    SELECT {columns_of(UserSession, "s")}, {columns_of(User, "u")}
    FROM "accounts_usersession" s LEFT JOIN "accounts_user" u ON u.id = s.user_id WHERE s.key_digest = %s
"""  # noqa: S608 - names of ours
WIDTH = len(UserSession._meta.concrete_fields)
MAX_AGENT_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a request comes from, for the list of sessions."""

    address: str = ""
    agent: str = ""


NOBODY = Visitor()


class SessionStore(SessionBase):
    """What `request.session` is. The key is the cookie's; `row_id` names the session where the key must not be."""

    def __init__(self, session_key: str | None = None, visitor: Visitor = NOBODY) -> None:
        super().__init__(session_key)
        self._visitor = visitor
        self._row: UserSession | None = None

    @property
    def row_id(self) -> UUID | None:
        """The id of this session's row, None while there is none."""
        self._content()
        return self._row.pk if self._row else None

    def load(self) -> dict[str, Any]:
        row, person = _read(_digest(self.session_key))
        now = timezone.now()
        if row is None or row.ends_at <= now:
            return self._start_anew()
        try:
            opened = open_for_cookie(self.session_key or "", LABEL, row.pk, bytes(row.data))
        except SealBroken:
            return self._start_anew()
        self._row = row
        note_person(person)
        if now - row.last_seen_at >= SEEN_EVERY:
            self._note_seen(row, now)
        return cast(dict[str, Any], self.serializer().loads(opened))

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        data = self._content(no_load=must_create)
        row = self._describe(data)
        row.data = self._seal(row, data)
        if must_create:
            row.save(force_insert=True)
        elif not UserSession.objects.filter(key_digest=_digest(self.session_key)).update(**_columns(row)):
            raise UpdateError
        self._row = row

    def create(self) -> None:
        self._session_key, self._row = _new_key(), None
        self.save(must_create=True)
        self.modified = True

    def cycle_key(self) -> None:
        """A new key for the same session: whoever knows the old one has nothing. Raises SessionInterrupted if it was
        ended meanwhile.
        """
        data, old = self._content(), self.session_key
        if self._row is None:
            self.create()
            return
        self._session_key = _new_key()
        changed = UserSession.objects.filter(key_digest=_digest(old)).update(
            key_digest=_digest(self.session_key), data=self._seal(self._row, data)
        )
        if not changed:
            raise SessionInterrupted("The session was ended while it was being renewed.")
        self._row.key_digest = _digest(self.session_key)
        self.modified = True

    def flush(self) -> None:
        super().flush()
        self._row = None

    def exists(self, session_key: str) -> bool:
        return UserSession.objects.filter(key_digest=_digest(session_key)).exists()

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            UserSession.objects.filter(key_digest=_digest(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        UserSession.objects.filter(expires_at__lte=timezone.now()).delete()

    def get_expiry_age(self, **kwargs: Any) -> int:
        """Seconds that a remembered cookie may live: idleness is measured here and not by the browser."""
        signed_in_at = self._row.signed_in_at if self._row else None
        left = (signed_in_at or timezone.now()) + settings.SESSION_LIFE - timezone.now()
        return max(0, int(left.total_seconds()))

    def _content(self, *, no_load: bool = False) -> dict[str, Any]:
        # Django's own, which its published types leave out.
        return cast(dict[str, Any], cast(Any, self)._get_session(no_load=no_load))

    def _start_anew(self) -> dict[str, Any]:
        note_person(None)
        self._session_key = None
        return {}

    def _note_seen(self, row: UserSession, now: datetime) -> None:
        row.last_seen_at = now
        row.last_address = self._visitor.address or row.last_address
        row.expires_at = row.ends_at
        seen = {"last_seen_at": now, "last_address": row.last_address, "expires_at": row.expires_at}
        UserSession.objects.filter(pk=row.pk).update(**seen)

    def _describe(self, data: dict[str, Any]) -> UserSession:
        """The row as it has to be for this content. Whose it is and since when changes only as somebody signs in."""
        row = self._row or UserSession(first_address=self._visitor.address, last_address=self._visitor.address)
        user_id = UUID(data[SESSION_KEY]) if SESSION_KEY in data else None
        now = timezone.now()
        if row.user_id != user_id:
            row.user_id, row.signed_in_at = user_id, now if user_id else None
            row.first_address = row.last_address = self._visitor.address
        if self._row is None or row.signed_in_at == now:
            row.agent = self._visitor.agent[:MAX_AGENT_CHARACTERS]
        proof = read_proof(self)
        row.key_digest = _digest(self.session_key)
        row.remembered = not self.get_expire_at_browser_close()
        row.factor = proof.factor[:64] if proof else ""
        row.last_seen_at = now
        row.expires_at = row.ends_at
        return row

    def _seal(self, row: UserSession, data: dict[str, Any]) -> bytes:
        return seal_for_cookie(self.session_key or "", LABEL, row.pk, self.serializer().dumps(data))


def _read(key_digest: bytes) -> tuple[UserSession | None, User | None]:
    """The session and whose it is, None where nobody has signed in."""
    with connection.cursor() as cursor:
        cursor.execute(SESSION, [key_digest])
        found = cursor.fetchone()
    if found is None:
        return None, None
    row = instance_of(UserSession, found[:WIDTH])
    return row, instance_of(User, found[WIDTH:]) if row.user_id else None


def _columns(row: UserSession) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}


def _digest(key: str | None) -> bytes:
    return hashlib.sha256((key or "").encode()).digest()


def _new_key() -> str:
    return secrets.token_urlsafe(KEY_BYTES)
