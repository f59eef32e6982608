"""Plaid's Hosted Link: what a link token gives and what came of its sessions.

Plaid reports a new bank in `results.item_add_results`, for older integrations in `on_success`; both are read.
"""

from datetime import datetime

import msgspec

from integrations.providers.plaid_messages import Message
from integrations.providers.secret import Secret


class LinkStart(Message, frozen=True, kw_only=True):
    """Send the person to `hosted_link_url` by redirect; keep `link_token` to ask what came of it."""

    link_token: Secret
    hosted_link_url: Secret
    expiration: datetime


class LinkedAccount(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    mask: str | None = None
    type: str = ""
    subtype: str | None = None


class LinkedInstitution(msgspec.Struct, frozen=True, kw_only=True):
    name: str | None = None
    institution_id: str | None = None


class LinkedBank(msgspec.Struct, frozen=True, kw_only=True):
    """A bank that the person linked. Institution and masks show whether it is linked already, before the exchange."""

    public_token: Secret
    accounts: tuple[LinkedAccount, ...] = ()
    institution: LinkedInstitution | None = None


class _Results(msgspec.Struct, frozen=True, kw_only=True):
    item_add_results: tuple[LinkedBank, ...] = ()


class _SuccessMetadata(msgspec.Struct, frozen=True, kw_only=True):
    accounts: tuple[LinkedAccount, ...] = ()
    institution: LinkedInstitution | None = None


class _Success(msgspec.Struct, frozen=True, kw_only=True):
    public_token: Secret
    metadata: _SuccessMetadata | None = None

    def as_bank(self) -> LinkedBank:
        metadata = self.metadata or _SuccessMetadata()
        return LinkedBank(public_token=self.public_token, accounts=metadata.accounts, institution=metadata.institution)


class _Exit(msgspec.Struct, frozen=True, kw_only=True):
    """Its content is for debugging Link and not read."""


class LinkSession(msgspec.Struct, frozen=True, kw_only=True):
    """One visit to the hosted page. In update mode a finished session has no banks, and nothing is to be exchanged."""

    link_session_id: str
    finished_at: datetime | None = None
    results: _Results | None = None
    on_success: _Success | None = None
    exit: _Exit | None = None
    on_exit: _Exit | None = None

    @property
    def banks(self) -> tuple[LinkedBank, ...]:
        if self.results is not None and self.results.item_add_results:
            return self.results.item_add_results
        return (self.on_success.as_bank(),) if self.on_success is not None else ()

    @property
    def was_left(self) -> bool:
        """The person went away without linking anything."""
        return not self.banks and (self.exit is not None or self.on_exit is not None)


class LinkAnswer(Message, frozen=True, kw_only=True):
    link_token: Secret
    expiration: datetime | None
    link_sessions: tuple[LinkSession, ...] = ()

    @property
    def banks(self) -> tuple[LinkedBank, ...]:
        """Every bank that was linked with this token, in the order of the sessions."""
        return tuple(bank for session in self.link_sessions for bank in session.banks)

    @property
    def is_finished(self) -> bool:
        """Whether a session came to its end, with or without a bank."""
        return any(session.finished_at is not None for session in self.link_sessions)

    @property
    def was_left(self) -> bool:
        """Whether every session that ended was left without success."""
        ended = [session for session in self.link_sessions if session.finished_at is not None]
        return bool(ended) and all(session.was_left for session in ended)
