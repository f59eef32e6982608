"""Answers are packed (C14), with random bytes beside them, so that their length tells little of what they hold (BREACH).

What prints a secret is not packed at all: with enough tries the length would still tell of it.
"""

from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware


class Packing(GZipMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:  # type: ignore[override]
        """Django's, but for pages with a secret."""
        if getattr(response, "is_sent_as_it_is", False):
            return response
        packed: HttpResponse = super().process_response(request, response)  # type: ignore[assignment]
        return packed


def unpacked(response: HttpResponse) -> HttpResponse:
    """A page that prints a secret, to be sent as it is."""
    response.is_sent_as_it_is = True  # type: ignore[attr-defined] # a mark of ours on Django's class
    return response
