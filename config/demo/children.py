"""Child processes: each in a session of its own, on a leash, with a log file; stopped by its own signal and nothing else."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.demo.failures import DemoFailed

LEASH = Path(__file__).with_name("leash.py")
SECONDS_TO_STOP = 15


@dataclass(frozen=True, slots=True)
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals

    def is_running(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        """Asks, waits, and kills what is then left of the session that this child leads: itself, if it does not listen, or
        what it left behind, such as the clock of a worker that is stopped while it starts.
        """
        if self.is_running():
            self.process.send_signal(self.stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(SECONDS_TO_STOP)
        # PermissionError: how macOS says that nobody is left.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def last_lines(self, count: int = 15) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-count:])


class ChildFailed(DemoFailed):
    """A child ended by itself or never became ready; the message holds the end of its log."""

    def __init__(self, child: Child, what: str) -> None:
        super().__init__(f"{child.name} {what}. The end of {child.log}:\n{child.last_lines()}")


def start_child(
    name: str,
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    log: Path,
    feed: str = "",
    folder: Path | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    owned: Path | None = None,
) -> Child:
    """Starts `command` with only `environment` and with `feed` on its standard input, where secrets belong.

    `owned` is the data directory of a program that refuses to run as root.
    """
    leash: list[str | Path] = [
        sys.executable,
        "-I",
        "-S",
        LEASH,
        str(os.getpid()),
        str(int(stop_signal)),
        str(owned or "-"),
    ]
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - the commands are our own
            [*leash, *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            env=dict(environment),
            cwd=folder or "/",
            start_new_session=True,
        )
    assert process.stdin is not None  # noqa: S101 - PIPE was asked for
    with contextlib.suppress(BrokenPipeError), process.stdin as entrance:
        entrance.write(feed.encode())
    return Child(name, process, log, stop_signal)
