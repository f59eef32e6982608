"""What a passkey was asked, kept in the session until it answers: once, for what it was asked for, within five minutes."""

import time

from django.contrib.sessions.backends.base import SessionBase

from accounts.passkeys import Challenge

MARK = "passkey_challenge"
SECONDS = 300


def keep_challenge(session: SessionBase, purpose: str, state: Challenge) -> None:
    """Remember a challenge; the one before, for whatever purpose, is void."""
    session[MARK] = {"purpose": purpose, "state": state, "at": int(time.time())}


def take_challenge(session: SessionBase, purpose: str) -> Challenge:
    """The challenge kept for this purpose, which is void from now on; an empty one, that nothing answers, if none is."""
    kept = session.pop(MARK, None)
    if not kept or kept["purpose"] != purpose or time.time() - kept["at"] > SECONDS:
        return {}
    return dict(kept["state"])
