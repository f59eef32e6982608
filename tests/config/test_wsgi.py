"""What a web server holds before it forks its processes."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ASKED = """import {first}
import gc, sys
print("config.urls" in sys.modules, "ledger.views.cash" in sys.modules, gc.get_freeze_count() > 0)"""


def load(first: str) -> str:
    """What a new process says of itself that has imported this first."""
    command = [sys.executable, "-c", ASKED.format(first=first)]
    environ = {"DJANGO_SETTINGS_MODULE": "config.settings", **os.environ}
    return subprocess.run(command, check=True, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60).stdout


def test_every_view_is_there_before_the_first_request_and_set_aside_from_the_collector() -> None:
    assert load("config.wsgi").split() == ["True", "True", "True"]
    # Setting Django up alone does not bring them.
    assert load("django; django.setup()").split() == ["False", "False", "False"]
