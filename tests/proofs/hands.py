"""Workers whose moves a test makes: each takes one task and stands still wherever it has no transaction open."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

from django.db import connection
from psycopg.pq import TransactionStatus

from tests.integrations.faults import Died
from tests.integrations.linked import TaskQueue

SECONDS = 120


@dataclass
class Hand:
    """A worker in a thread and on a connection of its own. It runs only while `move` waits for it."""

    queue: TaskQueue
    is_over: bool = False
    has_died: bool = False
    error: BaseException | None = None
    _statements_left: int | None = None
    _may_go: Event = field(default_factory=Event)
    _stands: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self._thread = Thread(target=self._work, daemon=True)
        self._thread.start()
        self._wait()

    def move(self, transactions: int = 1) -> None:
        """Let it go on for that many transactions, with what it does between them."""
        for _ in range(transactions):
            if self.is_over:
                return
            self._stands.clear()
            self._may_go.set()
            self._wait()

    def finish(self) -> None:
        while not self.is_over:
            self.move()

    def die_after(self, statements: int) -> None:
        """Let it go on, and die at that statement, in the midst of a transaction or between two, unless it ends before."""
        self._statements_left = statements
        self.finish()

    def _wait(self) -> None:
        assert self._stands.wait(SECONDS), "a worker waits for what nobody gives back"
        if self.error is not None:
            raise self.error

    def _work(self) -> None:
        try:
            with connection.execute_wrapper(self._before_each):
                self.queue.work(1)
        except Died:
            self.has_died = True
        except BaseException as error:  # noqa: BLE001 - it is raised in the test's own thread
            self.error = error
        finally:
            connection.close()
            self.is_over = True
            self._stands.set()

    def _before_each(self, run: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if self._statements_left is not None:
            self._statements_left -= 1
            if self._statements_left < 0:
                raise Died
        raw = connection.connection
        if raw is None or raw.info.transaction_status == TransactionStatus.IDLE:
            self._may_go.clear()
            self._stands.set()
            assert self._may_go.wait(SECONDS), "nobody lets the worker go on"
        return run(sql, parameters, many, context)
