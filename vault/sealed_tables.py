"""Which columns hold sealed values: found in the models themselves, so that no list can fall behind."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from django.apps import apps
from django.db import models

from vault.envelope import Place
from vault.fields import HashedSeal, SealedBlob, SealedField

Owner = Literal["workspace", "person"]


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed values. `place_of` tells a value's place from its owner, its row and the columns `beside`."""

    name: str
    beside: tuple[str, ...]
    place_of: Callable[[UUID, UUID, Sequence[Any]], Place]


@dataclass(frozen=True, slots=True)
class SealedTable:
    """The columns of one table that are sealed under one kind of owner; a person's rows are found by `person_column`."""

    name: str
    key: str
    person_column: str | None
    columns: tuple[SealedColumn, ...]


@dataclass(frozen=True, slots=True)
class HashedColumn:
    """A workspace's column of sealed values that are hashed, and so stay under the version they were sealed under."""

    table: str
    name: str


def sealed_tables(owner: Owner) -> list[SealedTable]:
    """All tables with values sealed under workspaces' keys, or under persons'."""
    found: dict[tuple[type[models.Model], str], list[SealedColumn]] = defaultdict(list)
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedField | SealedBlob) and field.owner == owner:
                person = _column(model, field.person_attr) if owner == "person" else ""
                found[model, person].append(_sealed_column(model, field))
    return [
        SealedTable(model._meta.db_table, _key_of(model), person or None, tuple(columns))
        for (model, person), columns in found.items()
    ]


def hashed_columns() -> list[HashedColumn]:
    """The columns of workspaces that rotation passes over."""
    return [
        HashedColumn(model._meta.db_table, str(field.column))
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, HashedSeal) and field.owner == "workspace"
    ]


def _sealed_column(model: type[models.Model], field: SealedField[Any] | SealedBlob) -> SealedColumn:
    beside = tuple(_column(model, name) for name in field.beside)
    return SealedColumn(str(field.column), beside, field.place_of)


def _key_of(model: type[models.Model]) -> str:
    return str(model._meta.pk.column)


def _column(model: type[models.Model], name: str) -> str:
    by_name = {field.attname: field.column for field in model._meta.concrete_fields}
    return str(by_name[name])
