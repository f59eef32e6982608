"""The most memory that a process has held, in bytes."""

import resource
import sys
from pathlib import Path


def own_peak() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def peaks_of_children(pid: int) -> list[int]:
    """Of each child of a process, by way of Linux's /proc; empty where there is none."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [_peak(int(child)) for child in listed.read_text().split()] if listed.exists() else []


def _peak(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
