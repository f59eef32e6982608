"""The product's commands as programs of their own, which can be killed."""

import os
import subprocess
import sys
from collections.abc import Mapping

from config.demo.local import REPOSITORY


def start_command(name: str, *arguments: str, environment: Mapping[str, str]) -> "subprocess.Popen[str]":
    """`manage.py name …`, its lines to be read from `stdout` and its complaints from `stderr`."""
    known = {"PATH": os.environ.get("PATH", os.defpath), "PYTHONUNBUFFERED": "1", "LANG": "C.UTF-8", "TZ": "UTC"}
    return subprocess.Popen(
        [sys.executable, str(REPOSITORY / "manage.py"), name, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=known | dict(environment),
        cwd=REPOSITORY,
        start_new_session=True,
    )


def run_command(name: str, *arguments: str, environment: Mapping[str, str]) -> tuple[int, str, str]:
    """Its exit status and all that it wrote."""
    with start_command(name, *arguments, environment=environment) as process:
        out, complaints = process.communicate(timeout=120)
        return process.returncode, out, complaints


def run_script(source: str, *, environment: Mapping[str, str]) -> tuple[int, str, str]:
    """A program of our own that has the product's settings, and what it came to."""
    known = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", f"import django\ndjango.setup()\n{source}"],
        capture_output=True,
        text=True,
        env=known | dict(environment),
        cwd=REPOSITORY,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr
