"""What can go wrong, made to happen: answers put in a bank's mouth, and a worker that dies at a chosen statement."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.access import workspace_scope
from integrations.models import Connection, SyncRun
from tests.integrations.support import Sandbox
from tests.support.people import Persona


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bank says instead of its own answer."""

    body: dict[str, Any]
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


def error(code: str, kind: str = "ITEM_ERROR", status: int = 400, *headers: tuple[str, str]) -> Answer:
    body = {"error_type": kind, "error_code": code, "error_message": "secret detail", "request_id": "r1"}
    return Answer(body, status, headers)


@dataclass
class Interposed:
    """The calls that came, and the answers put in place of the bank's own, by path; None lets the bank speak."""

    answers: dict[str, list[Answer | None]]
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def next_answer(self, path: str) -> Answer | None:
        waiting = self.answers.get(path)
        return waiting.pop(0) if waiting else None

    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]


@contextmanager
def interpose(bank: Sandbox, **answers: list[Answer | None]) -> Iterator[Interposed]:
    """For each path, given as transactions_sync=[…], the answers of its next calls."""
    own = bank._server._server.get_app()
    assert own is not None
    log = Interposed({f"/{name.replace('__', '/')}": list(given) for name, given in answers.items()})

    def application(environ: Any, start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        log.requests.append((environ["PATH_INFO"], json.loads(body or b"{}")))
        answer = log.next_answer(environ["PATH_INFO"])
        if answer is None:
            return own(environ | {"wsgi.input": _Replay(body)}, start_response)
        content = json.dumps(answer.body).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(content))), *answer.headers]
        start_response(f"{answer.status} Scripted", headers)
        return [content]

    bank._server.use(application)
    try:
        yield log
    finally:
        bank._server.use(own)


class _Replay:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def read(self, size: int = -1) -> bytes:
        return self._body[: size if size >= 0 else None]


class Died(BaseException):
    """The worker is gone. Nothing that handles errors handles this."""


@contextmanager
def dying(when: Callable[[str], bool], of: type[BaseException] = Died) -> Iterator[None]:
    """The worker dies at the first statement of which `when` says so, or stumbles over another kind of error."""

    def execute(run: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if when(sql):
            raise of
        return run(sql, parameters, many, context)

    with connection.execute_wrapper(execute):
        yield


def at_statement(number: int) -> Callable[[str], bool]:
    """True at the statement of this number, counted from 1."""
    left = [number]

    def is_it(sql: str) -> bool:
        left[0] -= 1
        return left[0] == 0

    return is_it


def expire_lease(persona: Persona, link: Connection) -> None:
    """As much time passes as a lease lasts."""
    with workspace_scope(persona.workspace.pk):
        SyncRun.objects.filter(connection=link, due_at__isnull=False).update(due_at=timezone.now())
