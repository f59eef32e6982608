"""Shares as files of 32 bytes, one an owner and version, in a directory that database backups never hold."""

import secrets
from pathlib import Path

from vault.providers.base import SHARE_BYTES, KeyOwner, ShareMissing, ShareUnusable
from vault.providers.files import FileReadByOthers, read_own, remove_file, write_once


class KeyFileProvider:
    """Keeps each share in `<directory>/<kind>/<id>.<version>`, readable by its owner only."""

    name = "keyfile"

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def create(self, owner: KeyOwner, version: int) -> bytes:
        write_once(self._path(owner, version), secrets.token_bytes(SHARE_BYTES))
        return self.fetch(owner, version)

    def fetch(self, owner: KeyOwner, version: int) -> bytes:
        try:
            share = read_own(self._path(owner, version), SHARE_BYTES + 1)
        except FileNotFoundError:
            raise ShareMissing(f"No key file for {owner.kind} {owner.id}, version {version}") from None
        except FileReadByOthers:
            raise ShareUnusable(f"The key file of {owner.kind} {owner.id} may be read by others") from None
        if len(share) != SHARE_BYTES:
            raise ShareUnusable(f"The key file of {owner.kind} {owner.id} has the wrong length")
        return share

    def destroy(self, owner: KeyOwner, version: int) -> None:
        remove_file(self._path(owner, version))

    def _path(self, owner: KeyOwner, version: int) -> Path:
        return self.directory / owner.kind / f"{owner.id}.{version}"
