"""Finds a Chromium for the browser journeys, or installs one where that is allowed. Never lets them be skipped.

In this order: CHROMIUM_BIN, the PATH, Playwright's own, Debian's package when we are root.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
APT = ("apt-get", "install", "--yes", "--no-install-recommends", "chromium")


class NoChromium(RuntimeError):
    """There is none, and none could be installed."""

    def __init__(self) -> None:
        super().__init__(
            f"The browser journeys need Chromium. Run: {sys.executable} -m playwright install chromium "
            "(or set CHROMIUM_BIN to one)"
        )


def find_chromium() -> Path | None:
    """The executable, or None when there is none yet."""
    given = os.environ.get("CHROMIUM_BIN")
    if given:
        return Path(given)
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    return _playwrights_own()


def ensure_chromium() -> Path:
    """The executable, installed if need be and possible. Raises NoChromium."""
    found = find_chromium()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        _install_package()
        found = find_chromium()
    if found is None or not os.access(found, os.X_OK):
        raise NoChromium
    return found


def _playwrights_own() -> Path | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() else None


def _install_package() -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (("apt-get", "update", "--quiet"), APT):
        subprocess.run(command, check=False, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    try:
        ensure_chromium()
    except NoChromium as reason:
        sys.exit(str(reason))
