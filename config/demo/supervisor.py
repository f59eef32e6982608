"""Keeps the children of a start: stops them in reverse order, and says which one died."""

import signal
import time
from types import FrameType

from config.demo.children import Child, ChildFailed

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopAsked(BaseException):
    """Raised by a signal wherever the launcher is; not an error, so nothing that catches errors may hold it up."""


class Supervisor:
    def __init__(self) -> None:
        self._children: list[Child] = []

    def listen(self) -> None:
        """Signals are set and not inherited: a shell starts background jobs with SIGINT ignored."""
        for number in SIGNALS:
            signal.signal(number, _ask_to_stop)

    def keep(self, child: Child) -> Child:
        self._children.append(child)
        return child

    def watch(self) -> None:
        """Returns never: raises StopAsked when asked to stop, ChildFailed when a child ends by itself."""
        while True:
            for child in self._children:
                if not child.is_running():
                    raise ChildFailed(child, "ended by itself")
            time.sleep(0.3)

    def stop_all(self) -> None:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        while self._children:
            self._children.pop().stop()


def _ask_to_stop(number: int, frame: FrameType | None) -> None:
    raise StopAsked
