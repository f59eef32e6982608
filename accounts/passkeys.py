"""Passkeys (WebAuthn): what a browser is asked, and whether what it answers holds. The origin is BASE_URL and no other.

fido2 is imported where it is used: not every process that serves pages needs it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import msgspec
from django.conf import settings

from accounts.models import User

if TYPE_CHECKING:
    from fido2.server import Fido2Server
    from fido2.webauthn import AttestedCredentialData

Challenge = dict[str, Any]
SITE_NAME = "Counterfoil"


class PasskeyRefused(ValueError):
    """What the browser sent is no proof."""

    def __init__(self) -> None:
        super().__init__("That passkey was not accepted. Try again, or use another factor.")


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey as it was registered: its whole credential, and the credential's id."""

    credential: bytes = field(repr=False)
    credential_id: bytes = field(repr=False)
    sign_count: int


@dataclass(frozen=True, slots=True)
class PasskeyUse:
    """Which passkey answered, by its credential's id, and how often it says it has."""

    credential_id: bytes = field(repr=False)
    sign_count: int


def are_offered() -> bool:
    """Whether browsers make passkeys for this installation's address: they do for names, not for numbers."""
    try:
        ip_address(_host())
    except ValueError:
        return True
    return False


def begin_registration(user: User, known: Sequence[bytes]) -> tuple[Challenge, Challenge]:
    """What to ask a browser for a new passkey, and what to keep until it answers. `known` are credentials there are."""
    from fido2.webauthn import (
        PublicKeyCredentialUserEntity,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options, state = _server().register_begin(
        PublicKeyCredentialUserEntity(id=user.pk.bytes, name=user.email, display_name=user.shown_name),
        credentials=[_credential(one) for one in known],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _asked(options), state


def finish_registration(state: Challenge, answer: str) -> NewPasskey:
    """The passkey that a browser made. Raises PasskeyRefused."""
    try:
        data = _server().register_complete(state, _decode(answer))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise PasskeyRefused from None
    if data.credential_data is None:
        raise PasskeyRefused
    return NewPasskey(bytes(data.credential_data), bytes(data.credential_data.credential_id), data.counter)


def begin_proof(known: Sequence[bytes]) -> tuple[Challenge, Challenge]:
    """What to ask a browser for a proof by one of the credentials `known`, and what to keep until it answers."""
    from fido2.webauthn import UserVerificationRequirement

    options, state = _server().authenticate_begin(
        [_credential(one) for one in known], user_verification=UserVerificationRequirement.REQUIRED
    )
    return _asked(options), state


def finish_proof(state: Challenge, known: Sequence[bytes], answer: str) -> PasskeyUse:
    """Which of the credentials `known` signed the challenge. Raises PasskeyRefused."""
    from fido2.webauthn import AuthenticationResponse

    try:
        decoded = _decode(answer)
        used = _server().authenticate_complete(state, [_credential(one) for one in known], decoded)
        counter = AuthenticationResponse.from_dict(decoded).response.authenticator_data.counter
    except (ValueError, KeyError, TypeError, AttributeError):
        raise PasskeyRefused from None
    return PasskeyUse(bytes(used.credential_id), counter)


def _server() -> "Fido2Server":
    from fido2.server import Fido2Server
    from fido2.webauthn import PublicKeyCredentialRpEntity

    party = PublicKeyCredentialRpEntity(id=_host(), name=SITE_NAME)
    return Fido2Server(party, verify_origin=lambda origin: origin == settings.BASE_URL)


def _asked(options: Mapping[str, Any]) -> Challenge:
    return cast(Challenge, options["publicKey"])


def _host() -> str:
    return urlsplit(settings.BASE_URL).hostname or ""


def _credential(stored: bytes) -> "AttestedCredentialData":
    from fido2.webauthn import AttestedCredentialData

    return AttestedCredentialData(stored)


def _decode(answer: str) -> Mapping[str, Any]:
    try:
        return msgspec.json.decode(answer, type=dict[str, Any])
    except msgspec.DecodeError:
        raise ValueError("not an object") from None
