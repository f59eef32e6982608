"""Connects an organisation's books the way a person does: from Connections to Zoho's consent page and back."""

import time

from config.demo.visitor import VisitFailed, Visitor

SECONDS_TO_CONNECT = 60


def connect_books(visitor: Visitor, slug: str, organization: str) -> None:
    """The visitor has signed in, and allows reading; the first sync goes on by itself. Raises VisitFailed."""
    connections = f"/w/{slug}/connections/"
    consent = visitor.submit(visitor.open(connections).form(f"{connections}zoho/"), {}).form("/oauth/v2/auth")
    page = visitor.submit(consent, consent.option(organization) | consent.option("Accept"))
    deadline = time.monotonic() + SECONDS_TO_CONNECT
    # The page of the visit leads elsewhere once the worker has found out what was allowed.
    while f"{connections}zoho/" in page.url:
        if time.monotonic() > deadline:
            message = f"connecting the books of {organization} took longer than {SECONDS_TO_CONNECT} s"
            raise VisitFailed(message)
        time.sleep(0.1)
        page = visitor.open(page.url)
    if f"{organization} is connected" not in page.text:
        message = f"connecting the books of {organization} led to {page.url}"
        raise VisitFailed(message)
