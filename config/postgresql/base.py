"""A kept connection is looked at before each request: one that PostgreSQL closed has said so by then.

Django asks `SELECT 1` instead, which finds no more: of a peer that fell silent neither learns anything before TCP gives up.
"""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """What `ENGINE` names, by its package."""

    def is_usable(self) -> bool:
        """Whether the kept connection can take the next statement. One on which something waits to be read, be it its end or
        a notice, is asked."""
        if self.connection is None:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0) or super().is_usable()
