"""Plays the range query of api.pwnedpasswords.com: the rest of each known hash that begins with five given digits.

It knows a few passwords that everybody knows, and pads each answer with hashes that were seen 0 times, as it is done there.
"""

import hashlib
import secrets

from integrations.sandbox.web import Handler, Request, Response

KNOWN = ("correct horse battery staple", "iloveyou iloveyou", "Tr0ub4dor&3Tr0ub4dor&3", "breached-in-the-sandbox")
PADDED_TO = 800


def build_pwned() -> list[tuple[str, str, Handler]]:
    """The one route."""
    seen = [hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper() for password in KNOWN]

    def answer(request: Request) -> Response:
        prefix = request.match["prefix"]
        lines = [f"{digest[5:]}:{number}" for number, digest in enumerate(seen, start=3) if digest.startswith(prefix)]
        if request.headers.get("add-padding") == "true":
            lines += [f"{secrets.token_hex(18).upper()[:35]}:0" for _ in range(PADDED_TO - len(lines))]
        return Response("\r\n".join(lines).encode(), content_type="text/plain")

    return [("GET", "/pwned/range/(?P<prefix>[0-9A-F]{5})", answer)]
