"""The self-test of redaction: one of each kind of secret is written in every way that a program writes, and looked for.

The samples are none of ours. What is looked through is what would have been written to standard error and sent to Sentry.
"""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from config.errors import clean_event
from config.logs import TAKEN_OVER
from config.redaction import SHAPES

LOGGERS = ("", "counterfoil", "django.request", *TAKEN_OVER)
# As Celery tells of a failed task: the error is quoted in the message.
TASK_FAILED = "Task %(name)s[%(id)s] raised unexpected: %(exc)s"


class NothingWasWritten(RuntimeError):
    """The self-test would have passed with any redaction: what it wrote came out nowhere."""


def find_leaks() -> list[str]:
    """Each secret that came through, by kind and way; none when all is well. Raises NothingWasWritten."""
    return [*_leaks_of_logs(), *_leaks_of_reports()]


def _leaks_of_logs() -> Iterator[str]:
    for name in LOGGERS:
        with _listening() as written:
            for place, shape in enumerate(SHAPES):
                _write(logging.getLogger(name), f"[self-test {place}]", shape.sample)
        text = written.getvalue()
        if f"[self-test {len(SHAPES) - 1}]" not in text:
            raise NothingWasWritten(f"The logger {name or 'root'} wrote nothing of the self-test")
        yield from (f"{shape.name}, in a line of {name or 'root'}" for shape in SHAPES if shape.secret in text)


def _leaks_of_reports() -> Iterator[str]:
    for shape in SHAPES:
        sent = str(clean_event(_report(shape.sample), {}))
        if "[self-test]" not in sent:
            raise NothingWasWritten("A report of the self-test did not come through")
        if shape.secret in sent:
            yield f"{shape.name}, in a report to Sentry"


def _write(log: logging.Logger, mark: str, sample: str) -> None:
    log.error("%s %s", mark, sample)
    log.error(f"{mark} {sample}")  # noqa: G004 - as somebody might who does not know better
    log.error("%s %r", mark, {"deep": [{"value": sample}]})
    try:
        try:
            raise ValueError(sample)
        except ValueError as error:
            raise RuntimeError(f"{mark} again {sample}") from error
    except RuntimeError as error:
        log.exception(mark)
        log.exception(TASK_FAILED, {"name": mark, "id": "1", "exc": repr(error)})


def _report(sample: str) -> Any:
    error = {
        "type": "ValueError",
        "value": f"[self-test] {sample}",
        "stacktrace": {"frames": [{"vars": {"it": sample}}]},
    }
    return {
        "exception": {"values": [error]},
        "logentry": {"message": "%s", "params": [sample], "formatted": sample},
        "request": {
            "url": f"https://host/[self-test]/?q={sample}",
            "data": sample,
            "cookies": sample,
            "headers": {"a": sample},
        },
        "extra": {"deep": {"value": sample}},
        "contexts": {"celery-job": {"args": [sample]}},
        "user": {"email": sample},
        "breadcrumbs": {"values": []},
    }


@contextmanager
def _listening() -> Iterator[io.StringIO]:
    """Let the handlers that write, all that there are, write here instead."""
    written = io.StringIO()
    handlers = [one for one in _handlers() if isinstance(one, logging.StreamHandler)]
    former = [one.setStream(written) for one in handlers]
    try:
        yield written
    finally:
        for handler, stream in zip(handlers, former, strict=True):
            handler.setStream(stream)


def _handlers() -> Iterator[logging.Handler]:
    loggers = [logging.getLogger(), *(logging.getLogger(name) for name in logging.root.manager.loggerDict)]
    yield from {id(handler): handler for log in loggers for handler in log.handlers}.values()
