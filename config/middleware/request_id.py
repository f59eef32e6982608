"""Gives each request an id for the log and the answer, and writes its one access line: route and status, no query."""

import logging
import time
from collections.abc import Callable
from secrets import token_hex

from django.http import HttpRequest, HttpResponse

from config.logs import request_id

log = logging.getLogger("counterfoil.access")

Next = Callable[[HttpRequest], HttpResponse]


def name_request(get_response: Next) -> Next:
    def middleware(request: HttpRequest) -> HttpResponse:
        # Stays until the next request: Django writes its own lines after the last middleware.
        request_id.set(token_hex(8))
        started = time.monotonic()
        response = get_response(request)
        took = (time.monotonic() - started) * 1000
        route = request.resolver_match.route if request.resolver_match else "?"
        log.info("%s /%s %s %.0f ms", request.method, route, response.status_code, took)
        response["X-Request-ID"] = request_id.get()
        return response

    return middleware
