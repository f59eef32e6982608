"""Reports as browsers send them, read strictly: the older form (report-uri) and that of the Reporting API (report-to)."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec
from django.urls import Resolver404, resolve

# Of what was blocked browsers say a word such as inline or eval, or an address; of the address its host is kept.
WORD = re.compile(r"[a-z-]{1,30}")
HOST = re.compile(r"[a-z0-9.-]{1,253}")
# Those that a browser may name where a policy of ours has stopped something: what falls back is reported by its own name.
DIRECTIVES = frozenset({
    "base-uri", "child-src", "connect-src", "default-src", "fenced-frame-src", "font-src", "form-action", "frame-ancestors",
    "frame-src", "img-src", "manifest-src", "media-src", "object-src", "prefetch-src", "script-src", "script-src-attr",
    "script-src-elem", "style-src", "style-src-attr", "style-src-elem", "worker-src",
})  # fmt: skip
UNKNOWN = "elsewhere"
MOST_REPORTS = 20


class BadReport(ValueError):
    """What came is no report."""


class OlderBody(msgspec.Struct, rename="kebab"):
    document_uri: str = ""
    effective_directive: str = ""
    violated_directive: str = ""
    blocked_uri: str = ""


class Older(msgspec.Struct, rename="kebab"):
    csp_report: OlderBody


class NewerBody(msgspec.Struct, rename="camel"):
    document_url: str = msgspec.field(name="documentURL", default="")
    effective_directive: str = ""
    blocked_url: str = msgspec.field(name="blockedURL", default="")


class Newer(msgspec.Struct):
    type: str
    body: msgspec.Raw


@dataclass(frozen=True, slots=True)
class Kind:
    """What is kept of a report: a route of ours by name, a directive, and a word or host."""

    route: str
    directive: str
    blocked: str


def read_reports(body: bytes) -> list[Kind]:
    """The kinds of violation in a body, at most MOST_REPORTS. Raises BadReport."""
    try:
        if body.lstrip()[:1] == b"[":
            return _read_newer(body)
        older = msgspec.json.decode(body, type=Older).csp_report
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as reason:
        raise BadReport("not a report of a policy") from reason
    directive = older.effective_directive or older.violated_directive.partition(" ")[0]
    return [_kind(older.document_uri, directive, older.blocked_uri)]


def _read_newer(body: bytes) -> list[Kind]:
    reports = msgspec.json.decode(body, type=list[Newer])[:MOST_REPORTS]
    bodies = [msgspec.json.decode(one.body, type=NewerBody) for one in reports if one.type == "csp-violation"]
    return [_kind(one.document_url, one.effective_directive, one.blocked_url) for one in bodies]


def _kind(document: str, directive: str, blocked: str) -> Kind:
    if directive not in DIRECTIVES:
        raise BadReport("no directive")
    return Kind(_route(document), directive, _blocked(blocked))


def _route(document: str) -> str:
    """The name of the route, which holds no id and nothing typed."""
    try:
        return resolve(urlsplit(document).path).view_name[:100]
    except (Resolver404, ValueError, UnicodeError):
        return UNKNOWN


def _blocked(blocked: str) -> str:
    if WORD.fullmatch(blocked):
        return blocked
    try:
        parts = urlsplit(blocked)
        host = (parts.hostname or "").lower()
    except ValueError:
        return UNKNOWN
    if HOST.fullmatch(host):
        return host
    return f"{parts.scheme}:" if WORD.fullmatch(parts.scheme) else UNKNOWN
