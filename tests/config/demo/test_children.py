"""Children die with their starter, are stopped by their own signal, and see nothing of the environment but their own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.demo.children import Child, ChildFailed, start_child
from config.demo.local import REPOSITORY
from config.demo.supervisor import Supervisor

SLEEPER = "import time; print('started', flush=True); time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('started', flush=True); time.sleep(60)"
)
FORGETFUL = (
    "import subprocess, sys; left = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    " print('started', left.pid, flush=True)"
)
STARTER = """
import sys, time
from pathlib import Path
from config.demo.children import start_child
child = start_child("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], environment={}, log=Path(sys.argv[1]))
print(child.process.pid, flush=True)
time.sleep(60)
"""


def start_python(tmp_path: Path, code: str) -> Child:
    return start_child("python", [sys.executable, "-c", code], environment={}, log=tmp_path / "log")


def wait_for_log(child: Child, text: str) -> None:
    deadline = time.monotonic() + 120
    while text not in child.log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_child_sees_only_what_it_is_given(tmp_path: Path) -> None:
    code = "import os, sys; print(sorted(os.environ), sys.stdin.read(), flush=True)"
    child = start_child(
        "python", [sys.executable, "-c", code], environment={"GIVEN": "1"}, log=tmp_path / "log", feed="secret"
    )
    child.process.wait(10)

    assert "GIVEN" in child.log.read_text()
    assert "secret" in child.log.read_text()
    assert "DATABASE_URL" in os.environ
    assert "DATABASE_URL" not in child.log.read_text()


def test_stopping_sends_the_childs_own_signal(tmp_path: Path) -> None:
    child = start_python(tmp_path, SLEEPER)
    wait_for_log(child, "started")
    child.stop()

    assert child.process.returncode == -signal.SIGTERM


def test_a_child_that_does_not_listen_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.demo.children.SECONDS_TO_STOP", 0.2)
    child = start_python(tmp_path, STUBBORN)
    wait_for_log(child, "started")
    child.stop()

    assert child.process.returncode == -signal.SIGKILL


def test_what_a_child_leaves_behind_is_killed_too(tmp_path: Path) -> None:
    child = start_python(tmp_path, FORGETFUL)
    wait_for_log(child, "started")
    child.process.wait(60)
    left = int(child.log.read_text().split()[1])
    assert is_alive(left)
    child.stop()

    deadline = time.monotonic() + 120
    while is_alive(left):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's part of the leash is Linux's")
def test_a_child_does_not_outlive_a_killed_starter(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(
        [sys.executable, "-c", STARTER, str(tmp_path / "log")], stdout=subprocess.PIPE, env=environment, text=True
    ) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        deadline = time.monotonic() + 120
        # The leash has let go of Python's own name once the program runs.
        while "leash" in Path(f"/proc/{pid}/cmdline").read_text():
            assert time.monotonic() < deadline
        assert is_alive(pid)
        starter.kill()
    while is_alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_supervisor_names_the_child_that_died(tmp_path: Path) -> None:
    supervisor = Supervisor()
    supervisor.keep(start_python(tmp_path, "print('the reason')"))

    with pytest.raises(ChildFailed, match=r"(?s)python ended by itself.*the reason"):
        supervisor.watch()
