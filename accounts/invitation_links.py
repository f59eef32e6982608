"""The link in an invitation's mail: a token of which only the digest is kept, by which the workspace is found."""

from hashlib import sha256
from uuid import UUID

from vault.routing import add_route, find_route, remove_route

ROUTE = "invitation"


def digest_of(token: str) -> str:
    """What is kept of a link, in hex."""
    return sha256(token.encode()).hexdigest()


def add_link(digest: str, invitation_id: UUID) -> None:
    """Have the link lead to an invitation of the workspace in scope."""
    add_route(kind=ROUTE, key=digest, object_id=invitation_id)


def remove_link(digest: str) -> None:
    """Have the link lead nowhere."""
    remove_route(kind=ROUTE, key=digest)


def find_link(digest: str) -> UUID | None:
    """The workspace that a link leads to, asked inside a transaction and outside any scope."""
    route = find_route(kind=ROUTE, key=digest)
    return None if route is None else route.workspace_id
