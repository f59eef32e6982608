"""Rows of a few models read by plain statements: who asks, and for which workspace, is asked on each request, and Django takes
longer to write such a query than PostgreSQL to answer it.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


@cache
def columns_of(model: type[models.Model], row: str) -> str:
    """All columns of a model, to be selected from `row`: an alias, or a composite value in parentheses."""
    return ", ".join(f"{row}.{field.column}" for field in model._meta.concrete_fields)


def instance_of(model: type[M], values: Sequence[Any]) -> M:
    """The instance that Django would make of a row's columns, in the order of `columns_of`."""
    return model.from_db(
        "default", _names(model), [convert(value) for convert, value in zip(_converters(model), values, strict=True)]
    )


@cache
def _names(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@cache
def _converters(model: type[models.Model]) -> list[Any]:
    return [_converter(field) for field in model._meta.concrete_fields]


def _converter(field: Any) -> Any:
    own = getattr(field, "from_db_value", None)
    return (lambda value: own(value, None, connection)) if own else lambda value: value
