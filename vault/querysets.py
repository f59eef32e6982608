"""Query sets that refuse to compare, sort or hand out sealed columns, instead of doing it wrongly."""

from typing import Any, NoReturn, Self, TypeVar

from django.core.exceptions import FieldError
from django.db import models

from vault.fields import SealedField

M = TypeVar("M", bound=models.Model)


class TenantQuerySet(models.QuerySet[M]):
    def update(self, **kwargs: Any) -> int:
        self._refuse_sealed(kwargs)
        return super().update(**kwargs)

    def order_by(self, *field_names: Any) -> Self:
        self._refuse_sealed(name.lstrip("-") for name in field_names if isinstance(name, str))
        return super().order_by(*field_names)

    def values(self, *fields: Any, **expressions: Any) -> Any:
        self._refuse_sealed(fields or self._names())
        return super().values(*fields, **expressions)

    def values_list(self, *fields: Any, flat: bool = False, named: bool = False) -> Any:
        self._refuse_sealed(fields or self._names())
        return super().values_list(*fields, flat=flat, named=named)

    def _names(self) -> list[str]:
        return [field.name for field in self.model._meta.concrete_fields]

    def _refuse_sealed(self, names: Any) -> None:
        sealed = {field.name for field in self.model._meta.concrete_fields if isinstance(field, SealedField)}
        for name in names:
            if name in sealed:
                _refuse(self.model, name)


def _refuse(model: type[models.Model], name: str) -> NoReturn:
    raise FieldError(f"{model._meta.label}.{name} is sealed: open it on an instance, or ask a sheet")


class TenantManager(models.Manager[M]):
    def get_queryset(self) -> TenantQuerySet[M]:
        return TenantQuerySet(self.model, using=self._db)
