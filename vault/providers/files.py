"""Small secret files: written whole or not at all, never over another, and read only where nobody else may read them."""

import contextlib
import os
import secrets
from pathlib import Path


class FileReadByOthers(RuntimeError):
    """A secret file's mode lets others than its owner read it."""


def write_once(path: Path, content: bytes) -> None:
    """Keep `content` under `path` with mode 0600, unless something is there already. On disk when this returns."""
    _write(path, content, replace=False)


def replace_file(path: Path, content: bytes) -> None:
    """Keep `content` under `path` with mode 0600 in the place of what was there. On disk when this returns."""
    _write(path, content, replace=True)


def read_own(path: Path, at_most: int) -> bytes:
    """The first bytes of a file that only its owner can read. Raises FileNotFoundError, FileReadByOthers."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_mode & 0o077:
            raise FileReadByOthers(str(path))
        return file.read(at_most)


def remove_file(path: Path) -> None:
    """Remove a file for good. Quiet when there is none."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
        _sync_directory(path.parent)


def _write(path: Path, content: bytes, *, replace: bool) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            temporary.replace(path)
        else:
            # A link, unlike a rename, never replaces what another process has just made.
            with contextlib.suppress(FileExistsError):
                os.link(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_directory(path.parent)


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
