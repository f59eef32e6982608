"""Sealing what belongs to one browser: its cookie and this installation's secret make the key together, so that neither
the database nor a cookie alone opens it.
"""

from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from vault.derivation import hkdf
from vault.envelope import Place, open_sealed, pad, seal, unpad
from vault.tenancy import SITE_ID

BLOCK = 64
VERSION = 1


def seal_for_cookie(cookie: str, label: str, row: UUID, plaintext: bytes) -> bytes:
    """The sealed bytes of `plaintext` for the field `label` of `row`, padded."""
    return seal(_cipher(cookie), VERSION, _place(label, row), pad(plaintext, BLOCK))


def open_for_cookie(cookie: str, label: str, row: UUID, sealed: bytes) -> bytes:
    """What was sealed for this cookie and row. Raises SealBroken for anything else."""
    place = _place(label, row)
    return unpad(open_sealed(_cipher(cookie), place, sealed), place)


def _cipher(cookie: str) -> AESGCM:
    return AESGCM(hkdf(cookie.encode(), salt=settings.SECRET_KEY.encode(), info=b"counterfoil cookie key v1"))


def _place(label: str, row: UUID) -> Place:
    return Place(SITE_ID, label, row)
