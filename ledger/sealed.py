"""Sealing and opening one field of many rows at once, for statements that move more rows than instances should."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models

from vault.envelope import Place
from vault.fields import SealedField
from vault.keyring import workspace_keyring


def open_all(model: type[models.Model], name: str, rows: Iterable[tuple[UUID, bytes | None]]) -> list[Any]:
    """The opened values of (row id, sealed bytes) pairs, None where there is none. Raises SealBroken, KeyDestroyed."""
    field = _sealed_field(model, name)
    keyring, label, decode = workspace_keyring(), field.label, field.decode
    known, owner = list(rows), keyring.owner.id
    return [
        None if opened is None else decode(opened, Place(owner, label, row))
        for (row, _), opened in zip(known, keyring.open_rows(label, known), strict=True)
    ]


def seal_all(model: type[models.Model], name: str, rows: Iterable[tuple[UUID, Any]]) -> list[bytes]:
    """The sealed bytes of (row id, value) pairs, ready for own SQL."""
    field = _sealed_field(model, name)
    keyring, label, encode = workspace_keyring(), field.label, field.encode
    return [keyring.seal(label, row, encode(value)) for row, value in rows]


def _sealed_field(model: type[models.Model], name: str) -> SealedField[Any]:
    field = model._meta.get_field(name)
    if not isinstance(field, SealedField) or field.owner != "workspace":
        raise TypeError(f"{model._meta.label}.{name} is not sealed under the workspace's key")
    return field
