"""One line an event, with the request it belongs to; never a query string, and never what a database error quotes."""

import logging
import logging.config
import traceback
from contextvars import ContextVar

from django.db import Error as DatabaseError

request_id: ContextVar[str] = ContextVar("request_id", default="-")


class LineFormatter(logging.Formatter):
    """Adds the request's id, and tells of a database error only its class: its text quotes the row."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        record.request_id = request_id.get()
        # Celery quotes a failed task's error in the message itself, beside the traceback that is cleaned below.
        if record.exc_info and record.exc_info[0] and isinstance(record.args, dict) and "exc" in record.args:
            record.args = {**record.args, "exc": record.exc_info[0].__name__}
        return super().format(record)

    def formatException(self, ei: object) -> str:  # noqa: N802 - the name is logging's
        error = ei[1] if isinstance(ei, tuple) else None
        if not isinstance(error, BaseException):
            return ""
        lines = []
        while error is not None:
            what = type(error).__name__ if _quotes_rows(error) else f"{type(error).__name__}: {error}"
            lines += [*traceback.format_tb(error.__traceback__), what]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines).rstrip()


def configure_logging(level: str) -> None:
    """Everything goes to standard error, from where the platform collects it."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": {"()": LineFormatter}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["stderr"], "level": level},
            # One names each passkey that is used, the other itself at each start.
            "loggers": {"fido2": {"level": "WARNING"}, "axes.apps": {"level": "WARNING"}},
        }
    )


def _quotes_rows(error: BaseException) -> bool:
    return isinstance(error, DatabaseError) or type(error).__module__.split(".")[0] == "psycopg"
