"""Waiting for what happens in other processes: for the thing itself, with a limit that a slow machine keeps."""

import time
from collections.abc import Callable

SECONDS = 120


def wait_until(is_true: Callable[[], object], what: str, seconds: float = SECONDS) -> None:
    """Until `is_true` says so. Fails with `what` in words."""
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, f"in {seconds} s it did not happen: {what}"
        time.sleep(0.01)
