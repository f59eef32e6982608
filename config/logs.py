"""One line an event, with the request it belongs to; never a query string, what a database error quotes, or a secret.

Every program of the product logs by `configure_logging`: to standard error, from where the platform collects it. What
libraries set up for themselves is undone, so that nothing is written past `config.redaction`.
"""

import json
import logging
import logging.config
import sys
import threading
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType

from django.db import Error as DatabaseError

from config.redaction import redact

NO_REQUEST = "-"
request_id: ContextVar[str] = ContextVar("request_id", default=NO_REQUEST)

# They bring handlers of their own, which would write what they like.
TAKEN_OVER = (
    "gunicorn.error",
    "gunicorn.access",
    "celery",
    "celery.task",
    "celery.redirected",
    "multiprocessing",
    "py.warnings",
)
log = logging.getLogger("counterfoil")


class LineFormatter(logging.Formatter):
    """A line to be read by a person: adds the request's id, and tells of a database error only its class, since its text
    quotes the row.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return redact(self._full(record))

    def formatException(self, ei: object) -> str:  # noqa: N802 - the name is logging's
        error = ei[1] if isinstance(ei, tuple) else None
        if not isinstance(error, BaseException):
            return ""
        lines = []
        for one in errors_behind(error):
            what = type(one).__name__ if quotes_rows(one) else f"{type(one).__name__}: {one}"
            lines += [*traceback.format_tb(one.__traceback__), what]
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines).rstrip()

    def _full(self, record: logging.LogRecord) -> str:
        record.request_id = request_id.get()
        # Celery quotes a failed task's error in the message itself, beside the traceback that is cleaned above.
        if record.exc_info and record.exc_info[0] and isinstance(record.args, dict) and "exc" in record.args:
            record.args = {**record.args, "exc": record.exc_info[0].__name__}
        elif isinstance(record.args, tuple):
            record.args = tuple(type(one).__name__ if quotes_rows(one) else one for one in record.args)
        # Another handler may have left its own rendering of the error, with all that it quotes.
        record.exc_text = None
        return super().format(record)


class JsonFormatter(LineFormatter):
    """The same as one JSON object a line, for programs that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        self._full(record)
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request": request_id.get(),
            "message": redact(record.message),
        }
        if record.exc_text:
            told["error"] = redact(record.exc_text)
        return json.dumps(told, ensure_ascii=False)


def configure_logging(level: str, *, structured: bool) -> None:
    """Everything goes to standard error: JSON where it is `structured`, else lines."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"own": {"()": JsonFormatter if structured else LineFormatter}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "own"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {
                # One names each passkey that is used, one itself at each start, one the ids in every address.
                "fido2": {"level": "WARNING"},
                "axes.apps": {"level": "WARNING"},
                "stripe": {"level": "WARNING"},
                **{name: {"handlers": [], "propagate": True} for name in TAKEN_OVER},
            },
        }
    )
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda failed: _log_uncaught(failed.exc_type, failed.exc_value, failed.exc_traceback)


def errors_behind(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what led to it, the latest first, each once: errors may have caused each other."""
    told: set[int] = set()
    while error is not None and id(error) not in told:
        told.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def quotes_rows(told: object) -> bool:
    """Whether it is an error whose text holds what stands in the database."""
    of_psycopg = isinstance(told, Exception) and type(told).__module__.split(".")[0] == "psycopg"
    return of_psycopg or isinstance(told, DatabaseError)


def _log_uncaught(kind: type[BaseException], error: BaseException | None, place: TracebackType | None) -> None:
    if error is None or issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error or kind(), place)
        return
    log.critical("Ended by an error", exc_info=(kind, error, place))
