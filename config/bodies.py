"""Bodies of messages that programs send, bounded before a byte of them is read."""

from django.http import HttpRequest


def read_body(request: HttpRequest, *, most: int) -> bytes | None:
    """The raw body; None where it says to be larger than `most` bytes, or says nothing that can be read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > most:
        return None
    return request.read(int(length))
