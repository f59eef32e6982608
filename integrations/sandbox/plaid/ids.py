"""Identifiers and tokens in Plaid's forms. Those of rows and accounts follow from the item, so they never change."""

import base64
import hmac
import secrets
import string
import uuid
from functools import lru_cache
from typing import Literal

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
ID_LENGTH = 37


def new_token(kind: Literal["access", "public", "link"]) -> str:
    return f"{kind}-sandbox-{uuid.uuid4()}"


def new_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))


def new_request_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(15))


# A page tells of few accounts and parties again and again.
@lru_cache(maxsize=4096)
def derive_id(item_id: str, kind: Literal["account", "row", "party"], key: str) -> str:
    """The same 37 letters and digits for the same thing of the same item; case matters, as it does at Plaid."""
    digest = hmac.digest(item_id.encode(), f"{kind}:{key}".encode(), "sha256")
    return base64.b64encode(digest, altchars=b"Qz").decode()[:ID_LENGTH]
