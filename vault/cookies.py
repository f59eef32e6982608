"""Sealing what belongs to one browser: its cookie and this installation's secret make the key together, so that neither
the database nor a cookie alone opens it.
"""

from contextlib import suppress
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from vault.derivation import hkdf
from vault.envelope import Place, SealBroken, open_sealed, pad, seal, unpad
from vault.tenancy import SITE_ID

BLOCK = 64
VERSION = 1


def seal_for_cookie(cookie: str, label: str, row: UUID, plaintext: bytes) -> bytes:
    """The sealed bytes of `plaintext` for the field `label` of `row`, padded."""
    return seal(_cipher(cookie, settings.SECRET_KEY), VERSION, _place(label, row), pad(plaintext, BLOCK))


def open_for_cookie(cookie: str, label: str, row: UUID, sealed: bytes) -> bytes:
    """What was sealed for this cookie and row, also under a secret of before. Raises SealBroken for anything else."""
    place = _place(label, row)
    try:
        return unpad(open_sealed(_cipher(cookie, settings.SECRET_KEY), place, sealed), place)
    except SealBroken:
        for former in settings.SECRET_KEY_FALLBACKS:
            with suppress(SealBroken):
                return unpad(open_sealed(_cipher(cookie, former), place, sealed), place)
        raise


def _cipher(cookie: str, secret: str) -> AESGCM:
    return AESGCM(hkdf(cookie.encode(), salt=secret.encode(), info=b"counterfoil cookie key v1"))


def _place(label: str, row: UUID) -> Place:
    return Place(SITE_ID, label, row)
