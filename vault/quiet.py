"""Tasks end quietly where a workspace's key was destroyed: there is nothing left to do, and nobody to tell."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from vault.keyring import KeyDestroyed

log = logging.getLogger(__name__)
P = ParamSpec("P")


def ends_with_its_key(task: Callable[P, None]) -> Callable[P, None]:
    """For the tasks of one workspace: that its key was destroyed is a line in the log and no error."""

    @wraps(task)
    def ends(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            task(*args, **kwargs)
        except KeyDestroyed as gone:
            if gone.owner.kind != "workspace":
                raise
            log.info("%s was not done: %s", task.__name__, gone)

    return ends
