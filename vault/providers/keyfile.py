"""Shares as files of 32 bytes, one an owner and version, in a directory that database backups never hold."""

import contextlib
import os
import secrets
from pathlib import Path

from vault.providers.base import SHARE_BYTES, KeyOwner, ShareMissing, ShareUnusable


class KeyFileProvider:
    """Keeps each share in `<directory>/<kind>/<id>.<version>`, readable by its owner only."""

    name = "keyfile"

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def create(self, owner: KeyOwner, version: int) -> bytes:
        path = self._path(owner, version)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        share = secrets.token_bytes(SHARE_BYTES)
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(share)
                file.flush()
                os.fsync(file.fileno())
            # A link, unlike a rename, never replaces the share that another process has just made.
            with contextlib.suppress(FileExistsError):
                os.link(temporary, path)
        finally:
            temporary.unlink()
        _sync_directory(path.parent)
        return self.fetch(owner, version)

    def fetch(self, owner: KeyOwner, version: int) -> bytes:
        path = self._path(owner, version)
        try:
            with path.open("rb") as file:
                if os.fstat(file.fileno()).st_mode & 0o077:
                    raise ShareUnusable(f"The key file of {owner.kind} {owner.id} may be read by others")
                share = file.read(SHARE_BYTES + 1)
        except FileNotFoundError:
            raise ShareMissing(f"No key file for {owner.kind} {owner.id}, version {version}") from None
        if len(share) != SHARE_BYTES:
            raise ShareUnusable(f"The key file of {owner.kind} {owner.id} has the wrong length")
        return share

    def destroy(self, owner: KeyOwner, version: int) -> None:
        path = self._path(owner, version)
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
            _sync_directory(path.parent)

    def _path(self, owner: KeyOwner, version: int) -> Path:
        return self.directory / owner.kind / f"{owner.id}.{version}"


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
