"""What the figures were measured on: without it they say nothing."""

import os
import platform
import sys
from datetime import date
from pathlib import Path

import django
import numpy as np

from vault.blobs import fetch_binary

SETTINGS = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size")


def describe_machine(today: date) -> list[str]:
    """Lines for the head of the report."""
    values = {name: fetch_binary("SELECT current_setting(%s)", [name])[0][0] for name in SETTINGS}
    version = values.pop("server_version")
    hardware = f"{os.cpu_count()} cores of {_processor()} · {platform.system()} {platform.machine()}"
    return [
        f"{today.isoformat()} · {hardware} · load at the start {os.getloadavg()[0]:.1f}",
        f"Python {platform.python_version()} ({_interpreter()}), Django {django.get_version()}, numpy {np.__version__}",
        f"PostgreSQL {version} on the same machine: {', '.join(f'{name} {value}' for name, value in values.items())}",
    ]


def _interpreter() -> str:
    # One that was built without profiles of its use takes up to half as long again for the same.
    return os.path.realpath(sys.executable)


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text().splitlines() if listed.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())
