"""Model fields: sealed values that open at attribute access, and keys that stay inside one workspace."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal, NoReturn, TypeVar, cast
from uuid import UUID

import msgspec
from django.core.exceptions import FieldError
from django.db import models

from vault.envelope import Place, SealBroken, pad, unpad
from vault.keyring import Keyring, person_keyring, workspace_keyring
from vault.tenancy import NoScope, current_workspace_id

RECORD_BLOCK = 64
T = TypeVar("T")

# Django's field classes take type arguments in their stubs only.
if TYPE_CHECKING:
    _UUIDField = models.UUIDField[UUID, UUID]
    _ForeignKey = models.ForeignKey[Any, Any]
    _BinaryField = models.BinaryField[Any, Any]

    class _Field(models.Field[T, T]): ...

else:
    _UUIDField, _ForeignKey, _BinaryField = models.UUIDField, models.ForeignKey, models.BinaryField

    class _Field(models.Field, Generic[T]): ...


class WorkspaceIdField(_UUIDField):
    """The workspace a row belongs to: filled in from the scope, never typed by a person, never another one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"editable": False, **options})

    def pre_save(self, model_instance: models.Model, add: bool) -> UUID:
        value = getattr(model_instance, self.attname)
        if value is None:
            value = current_workspace_id()
            setattr(model_instance, self.attname, value)
        return cast(UUID, value)


class TenantForeignKey(_ForeignKey):
    """A key into the same workspace; its constraint, over (workspace_id, id), comes from AddTenantForeignKey."""

    def __init__(self, to: Any, on_delete: Any = models.DO_NOTHING, **options: Any) -> None:
        super().__init__(to, on_delete, **{"related_name": "+", **options, "db_constraint": False, "db_index": False})


class Sealed:
    """The stored bytes of a sealed value, as read from a row and not yet opened. They open in that row only."""

    __slots__ = ("data", "row")

    def __init__(self, data: bytes, row: UUID | None = None) -> None:
        self.data, self.row = data, row

    def __repr__(self) -> str:
        return "<sealed>"


class _SealedAttribute:
    """Opens at first access and remembers; a new value stays plain in memory until the row is saved."""

    def __init__(self, field: "SealedField[Any]") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[self.field.name])
        value = instance.__dict__[name]
        if not isinstance(value, Sealed):
            return value
        opened = instance.__dict__.setdefault("_opened_seals", {})
        if name not in opened:
            opened[name] = self.field.open(instance, value.data)
        return opened[name]

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__.get("_opened_seals", {}).pop(self.field.attname, None)
        instance.__dict__[self.field.attname] = value
        if isinstance(value, Sealed) and value.row is None:
            value.row = instance.pk


class SealedField(_Field[T]):
    """Base of the sealed fields. `label` is part of every value's associated data and may never change.

    What belongs to a workspace is sealed under the workspace's key and opens in its scope only; what belongs to a
    person (`owner="person"`, whose id is the attribute `person_attr`) under the person's.
    """

    description = "A value sealed with AES-256-GCM"
    descriptor_class = _SealedAttribute
    empty_strings_allowed = False
    beside: tuple[str, ...] = ()

    def __init__(
        self,
        *,
        label: str,
        owner: Literal["workspace", "person"] = "workspace",
        person_attr: str = "id",
        **options: Any,
    ) -> None:
        self.label, self.owner, self.person_attr = label, owner, person_attr
        super().__init__(**{"editable": False, **options})

    def deconstruct(self) -> Any:
        name, path, arguments, options = super().deconstruct()
        options["label"] = self.label
        if self.owner != "workspace":
            options.update(owner=self.owner, person_attr=self.person_attr)
        return name, path, arguments, options

    def get_internal_type(self) -> str:
        return "BinaryField"

    def encode(self, value: T) -> bytes:
        """The padded bytes of a value, ready to be sealed."""
        raise NotImplementedError

    def decode(self, plaintext: bytes, place: Place) -> T:
        """The value of opened bytes. Raises SealBroken for bytes that `encode` did not make."""
        raise NotImplementedError

    def seal(self, value: T, *, row: UUID, person_id: UUID | None = None) -> bytes:
        """The sealed bytes of `value` for this field of `row`."""
        return self._keyring(person_id).seal(self.label, row, self.encode(value))

    def open(self, instance: models.Model, sealed: bytes) -> T:
        """The value sealed in `instance`'s row. Raises NoScope, KeyDestroyed, SealBroken."""
        if self.owner == "workspace" and getattr(instance, self._tenant_column(instance)) != current_workspace_id():
            raise NoScope(f"{self.label} belongs to another workspace than the one entered")
        keyring = self._keyring(self._person(instance))
        place = Place(keyring.owner.id, self.label, instance.pk)
        return self.decode(keyring.open(self.label, instance.pk, sealed), place)

    def place_of(self, owner: UUID, row: UUID, beside: Sequence[Any]) -> Place:
        """Where a value of this field belongs; see `SealedBlob`."""
        return Place(owner, self.label, row)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, Sealed):
            return value.data
        raise FieldError(f"{self.label} is sealed: save it through an instance")

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = self.get_prep_value(value) if not prepared else value
        return None if value is None else connection.Database.Binary(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, Sealed) and value.row != model_instance.pk:
            raise FieldError(
                f"{self.label} was sealed for another row and would not open in this one: assign its value"
            )
        if value is None or isinstance(value, Sealed):
            return value
        sealed = Sealed(self.seal(value, row=model_instance.pk, person_id=self._person(model_instance)))
        setattr(model_instance, self.attname, sealed)
        return sealed

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        return self._refuse()

    def get_transform(self, lookup_name: str) -> Any:
        return self._refuse()

    def _refuse(self) -> NoReturn:
        raise FieldError(f"{self.label} is sealed: SQL cannot compare it; open it on an instance, or ask a sheet")

    def _person(self, instance: models.Model) -> UUID | None:
        return getattr(instance, self.person_attr) if self.owner == "person" else None

    def _keyring(self, person_id: UUID | None) -> Keyring:
        return workspace_keyring() if person_id is None else person_keyring(person_id)

    @staticmethod
    def _tenant_column(instance: models.Model) -> str:
        return getattr(instance, "tenant_column", "workspace_id")


class SealedText(SealedField[str]):
    """Text of any length."""

    def encode(self, value: str) -> bytes:
        return pad(value.encode(), RECORD_BLOCK)

    def decode(self, plaintext: bytes, place: Place) -> str:
        return unpad(plaintext, place).decode()


class OptionalSealedText(SealedField[str | None]):
    """Text that may be missing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "null": True})

    def encode(self, value: str | None) -> bytes:
        return pad((value or "").encode(), RECORD_BLOCK)

    def decode(self, plaintext: bytes, place: Place) -> str | None:
        return unpad(plaintext, place).decode()


class SealedBytes(SealedField[bytes]):
    """Bytes, such as a webhook's body as it came."""

    def encode(self, value: bytes) -> bytes:
        return pad(value, RECORD_BLOCK)

    def decode(self, plaintext: bytes, place: Place) -> bytes:
        return unpad(plaintext, place)


class SealedRecord(SealedField[T]):
    """A msgspec Struct in one sealed value, so that a row with many sealed facts opens once.

    Declare the Struct `array_like=True` and only ever append fields with defaults: stored records keep their order. A
    record that may be missing is a `SealedRecord[Facts | None](Facts, null=True, …)`.
    """

    def __init__(self, record_type: type[Any], **options: Any) -> None:
        self.record_type = record_type
        self._decoder: msgspec.msgpack.Decoder[T] = msgspec.msgpack.Decoder(record_type)
        super().__init__(**options)

    def deconstruct(self) -> Any:
        name, path, arguments, options = super().deconstruct()
        return name, path, [self.record_type, *arguments], options

    def encode(self, value: T) -> bytes:
        return pad(msgspec.msgpack.encode(value), RECORD_BLOCK)

    def decode(self, plaintext: bytes, place: Place) -> T:
        try:
            return self._decoder.decode(unpad(plaintext, place))
        except msgspec.DecodeError:
            raise SealBroken(place, "not a record of this field") from None


class PlainBytes(_BinaryField):
    """A binary column whose meaning is this package's own. To a migration it is a BinaryField and nothing else."""

    def deconstruct(self) -> Any:
        name, _, arguments, options = super().deconstruct()
        return name, "django.db.models.BinaryField", arguments, options


class SealedBlob(PlainBytes):
    """Bytes sealed by `vault.blobs`, which also reads and writes them. The field says where they belong.

    `row`, `label` and `version` name the attributes of the same model that the blob's key is made of; the label's is
    preceded by `prefix`.
    """

    owner = "workspace"
    person_attr = ""

    def __init__(self, *, prefix: str = "", row: str = "", label: str = "", version: str = "", **options: Any) -> None:
        self.prefix, self.beside = prefix, (row, label, version)
        super().__init__(**options)

    def place_of(self, owner: UUID, row: UUID, beside: Sequence[Any]) -> Place:
        """Where a blob belongs, from its row's attributes `beside` in their order."""
        blob_row, label, version = beside
        return Place(owner, f"{self.prefix}{label}", blob_row, version)


class HashedSeal(PlainBytes):
    """Sealed bytes that a chain of hashes runs over: they stay as they are, also when the key is rotated."""

    def __init__(self, *, owner: Literal["workspace", "person"] = "workspace", **options: Any) -> None:
        self.owner = owner
        super().__init__(**options)


def sealed_for(model: type[models.Model], name: str, *, row: UUID, value: Any, person_id: UUID | None = None) -> bytes:
    """The sealed bytes of one field of one row, for writes in own SQL that touch many rows at once."""
    field = model._meta.get_field(name)
    if not isinstance(field, SealedField):
        raise TypeError(f"{model._meta.label}.{name} is not a sealed field")
    return field.seal(value, row=row, person_id=person_id)


def open_fields(instance: models.Model, *names: str) -> None:
    """Open sealed fields now, so that they can be shown after the scope has ended."""
    for name in names:
        getattr(instance, name)
