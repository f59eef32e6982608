"""`python -m config.demo`: starts the demonstration and stays until it is told to stop; what `make run` runs."""

import sys

import psycopg

from config.demo.failures import DemoFailed
from config.demo.launcher import launch
from config.demo.local import Local, local_folder
from config.demo.supervisor import StopAsked, Supervisor
from vault.roles import ForeignDatabase, UnsafeRole


def main() -> int:
    local = Local(local_folder())
    supervisor = Supervisor()
    supervisor.listen()
    try:
        with local.locked():
            try:
                launch(local, supervisor)
            finally:
                print("Stopping.", flush=True)
                supervisor.stop_all()
    except StopAsked:
        return 0
    except (DemoFailed, psycopg.OperationalError, UnsafeRole, ForeignDatabase) as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


sys.exit(main())
