"""A thief who has a dump of the database and the key store, and knows our programs: what they can open, and what not."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audit.log import DETAIL, PERSONAL
from vault.derivation import derive_data_key
from vault.envelope import Place, SealBroken, key_version_of, open_sealed
from vault.keyring import WRAPPED_KEY
from vault.providers.base import KeyOwner
from vault.sealed_tables import sealed_tables

Row = dict[str, str]
NULL = "\\N"
KEY_TABLES = {"workspace": ("vault_workspacekey", "workspace_id"), "person": ("vault_personkey", "person_id")}


def rows_in(dump: str, table: str) -> Iterator[Row]:
    """A table's rows in a dump."""
    found = re.search(rf"^COPY public\.{table} \((.+?)\) FROM stdin;\n(.*?)^\\\.$", dump, re.MULTILINE | re.DOTALL)
    assert found is not None
    columns = [name.strip('"') for name in found[1].split(", ")]
    for line in found[2].splitlines():
        yield dict(zip(columns, line.split("\t"), strict=True))


def open_everything(dump: str, key_store: Path, owner: KeyOwner) -> bytes:
    """The plaintext of all of an owner's values that a dump and a key store open together, one after the other."""
    ciphers = _open_keys(dump, key_store, owner)
    return b"\n".join(
        plaintext
        for place, sealed in _sealed_in(dump, owner)
        if (plaintext := _try(ciphers, place, sealed)) is not None
    )


def _open_keys(dump: str, key_store: Path, owner: KeyOwner) -> dict[int, AESGCM]:
    table, column = KEY_TABLES[owner.kind]
    rows = [row for row in rows_in(dump, table) if row[column] == str(owner.id)]
    ciphers: dict[int, AESGCM] = {}
    for row in sorted(rows, key=lambda row: -int(row["version"])):
        version = int(row["version"])
        file = key_store / owner.kind / f"{owner.id}.{version}"
        if row["wrapped"] != NULL:
            opened = _try(ciphers, Place(owner.id, WRAPPED_KEY, UUID(row["id"]), version), _bytes(row["wrapped"]))
            if opened is not None:
                ciphers[version] = AESGCM(opened)
        elif file.exists():
            ciphers[version] = AESGCM(derive_data_key(_bytes(row["share"]), file.read_bytes(), owner, version))
    return ciphers


def _sealed_in(dump: str, owner: KeyOwner) -> Iterator[tuple[Place, bytes]]:
    for table in sealed_tables(owner.kind):
        for row in rows_in(dump, table.name):
            for column in table.columns:
                if row[column.name] != NULL:
                    yield (
                        column.place_of(owner.id, UUID(row[table.key]), _beside(row, column.beside)),
                        _bytes(row[column.name]),
                    )
    for row in rows_in(dump, "audit_event"):
        for label, name in ((DETAIL, "sealed_detail"), (PERSONAL, "sealed_personal")):
            yield Place(owner.id, label, UUID(row["id"])), _bytes(row[name])


def _beside(row: Row, names: tuple[str, ...]) -> list[object]:
    # A blob's place: the row it is of, its label and its version.
    return [convert(row[name]) for convert, name in zip((UUID, str, int), names, strict=False)]


def _try(ciphers: dict[int, AESGCM], place: Place, sealed: bytes) -> bytes | None:
    try:
        cipher = ciphers.get(key_version_of(sealed, place))
        return None if cipher is None else open_sealed(cipher, place, sealed)
    except SealBroken:
        return None


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("\\\\x"))
