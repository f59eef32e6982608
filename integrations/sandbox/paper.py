"""Hosted pages: templates filled in, and answers that let a browser load nothing but the sandbox's own style."""

from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from integrations.sandbox.web import Response


def fill(folder: Path, template: str, values: dict[str, str], **markup: str) -> str:
    """The template with every value escaped and `markup` as it is."""
    text = (folder / f"{template}.html").read_text(encoding="utf-8")
    return Template(text).substitute({name: escape(value) for name, value in values.items()} | markup)


def html(document: str, status: int = 200, *, back: str | None = None) -> Response:
    """`back` is where a form of the page may lead to in the end."""
    # A form's target counts as its redirects too, so the place to go back to has to be allowed.
    targets = f"'self' {origin(back)}" if back else "'self'"
    policy = f"default-src 'none'; style-src 'self'; form-action {targets}; frame-ancestors 'none'; base-uri 'none'"
    headers = {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"}
    return Response(document.encode(), status, "text/html; charset=utf-8", headers)


def redirect(target: str) -> Response:
    return Response(b"", 303, "text/plain; charset=utf-8", {"Location": target, "Referrer-Policy": "no-referrer"})


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
