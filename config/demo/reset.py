"""`python -m config.demo.reset`: removes the demonstration's data, once nothing runs on it; what `make reset` runs."""

import shutil
import sys

from config.demo.local import AlreadyRunning, Local, local_folder


def main() -> int:
    local = Local(local_folder())
    try:
        with local.locked():
            for path in local.folder.iterdir():
                if path.is_dir():
                    shutil.rmtree(path)
                elif path.name != "lock":
                    path.unlink()
    except AlreadyRunning as reason:
        print(f"{reason}: stop it first", file=sys.stderr)
        return 1
    print("The demonstration's data is gone; the next start begins afresh.")
    return 0


sys.exit(main())
