"""Reporting errors to Sentry: where it broke and in which request, and nothing of what was in it [R88].

What leaves is put together here from the parts that are known to be harmless, rather than cleaned of those known not to
be; whatever words remain go through `config.redaction`. An event that this fails for is not sent.
"""

import logging
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from config.logs import errors_behind, quotes_rows, request_id
from config.redaction import redact

if TYPE_CHECKING:
    from sentry_sdk.types import Breadcrumb, Event, Hint

log = logging.getLogger(__name__)

PLAIN = ("event_id", "timestamp", "level", "platform", "logger", "transaction", "release", "environment", "sdk", "type")
FRAME = ("filename", "function", "module", "lineno", "in_app")
MOST_CRUMBS = 20


def report_errors(dsn: str, environment: str) -> None:
    """Send errors of this process to the Sentry project of `dsn`."""
    # Some megabytes, for those who use it.
    import sentry_sdk
    from sentry_sdk.scrubber import EventScrubber

    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        before_send=clean_event,
        before_breadcrumb=clean_crumb,
        max_breadcrumbs=MOST_CRUMBS,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        include_source_context=False,
        event_scrubber=EventScrubber(recursive=True),
        server_name="",
        traces_sample_rate=None,
        send_client_reports=False,
        auto_session_tracking=False,
    )


def clean_event(event: "Event", hint: "Hint") -> "Event | None":
    """What of an event may leave, None where that cannot be told."""
    try:
        return _clean(event, hint)
    except Exception as error:  # noqa: BLE001 - whatever it is, an event that was not cleaned stays here
        log.warning("An error was not reported: its report could not be cleaned (%s)", type(error).__name__)
        return None


def clean_crumb(crumb: "Breadcrumb", hint: "Hint") -> "Breadcrumb | None":
    """A line of the log, redacted. Statements and calls stay here: they hold values."""
    if "message" not in crumb or hint.get("log_record") is None:
        return None
    kept: Breadcrumb = {name: crumb[name] for name in ("timestamp", "level", "category", "type") if name in crumb}
    return {**kept, "message": redact(str(crumb["message"]))}


def _clean(event: "Event", hint: "Hint") -> "Event":
    given: dict[str, Any] = dict(event)
    kept: dict[str, Any] = {name: given[name] for name in PLAIN if name in given}
    kept["tags"] = {"request_id": request_id.get()}
    if "request" in given:
        kept["request"] = _request(given["request"])
    if "exception" in given:
        rows = _errors_that_quote_rows(hint)
        kept["exception"] = {"values": [_error(one, rows) for one in given["exception"]["values"]]}
    if "logentry" in given:
        entry = given["logentry"]
        # Of a failed task the words quote the error, which stands beside them anyway.
        kept["logentry"] = {"message": redact(str(entry.get("message", "")))} if "exception" in given else _words(entry)
    crumbs = given.get("breadcrumbs") or {}
    kept["breadcrumbs"] = {"values": list(crumbs.get("values", [])) if isinstance(crumbs, dict) else []}
    return cast("Event", kept)


def _request(request: dict[str, Any]) -> dict[str, str]:
    parts = urlsplit(str(request.get("url", "")))
    return {"method": str(request.get("method", "")), "url": redact(f"{parts.scheme}://{parts.hostname}{parts.path}")}


def _error(error: dict[str, Any], rows: set[str]) -> dict[str, Any]:
    """An error's kind, words and place. Of the database's only the kind: its words quote the row."""
    kind = str(error.get("type", ""))
    kept: dict[str, Any] = {name: error[name] for name in ("type", "module", "mechanism") if name in error}
    kept["mechanism"] = {name: value for name, value in (kept.get("mechanism") or {}).items() if name != "data"}
    kept["value"] = "" if kind in rows else redact(str(error.get("value", "")))
    frames = (error.get("stacktrace") or {}).get("frames", [])
    kept["stacktrace"] = {"frames": [{name: frame.get(name) for name in FRAME} for frame in frames]}
    return kept


def _errors_that_quote_rows(hint: "Hint") -> set[str]:
    _, error, _ = hint.get("exc_info") or (None, None, None)
    return {type(one).__name__ for one in errors_behind(error) if quotes_rows(one)}


def _words(entry: dict[str, Any]) -> dict[str, str]:
    return {"message": redact(str(entry.get("formatted") or entry.get("message", "")))}
