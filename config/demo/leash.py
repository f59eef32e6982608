"""Runs a program that never outlives whoever started it. Run by path before anything else is imported.

leash.py PARENT SIGNAL OWNED PROGRAM [ARGUMENT…]

PARENT is the starter's process id and SIGNAL the one sent to the program when the starter dies (Linux). When OWNED is not
"-" and we are root, the program runs as "nobody", since PostgreSQL refuses root: in a user namespace where that is allowed,
so that nothing changes its owner; else by giving OWNED to nobody and dropping root.
"""

import ctypes
import os
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
NOBODY = 65534


def main(parent: int, stop_signal: int, owned: str, program: list[str]) -> None:
    if owned != "-" and os.geteuid() == 0:
        become_nobody(owned)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the starter is gone")
    os.execv(program[0], program)  # noqa: S606 - becoming the program is the point


def become_nobody(owned: str) -> None:
    if sys.platform != "linux":
        sys.exit("PostgreSQL does not run as root: use an ordinary user, or set DATABASE_URL")
    if may_enter_namespace():
        enter_namespace()
        return
    for folder, _, names in os.walk(owned):
        for path in (Path(folder), *(Path(folder, name) for name in names)):
            os.chown(path, NOBODY, NOBODY)
    os.fchown(0, NOBODY, NOBODY)
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def may_enter_namespace() -> bool:
    """Containers may forbid it, and half an attempt cannot be undone: so it is tried in a child first."""
    child = os.fork()
    if child == 0:
        try:
            enter_namespace()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def enter_namespace() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")
    for name, value in (("uid_map", f"{NOBODY} 0 1"), ("setgroups", "deny"), ("gid_map", f"{NOBODY} 0 1")):
        Path("/proc/self", name).write_text(value)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
