"""A coarse floor under the limits: how much may be changed from one address in a minute, whatever it is [R62].

Pages that only show something cost nothing here. While Redis is away everything is let through, and that is logged.
"""

import time
from collections.abc import Callable
from typing import TypedDict, cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django_ratelimit import UNSAFE
from django_ratelimit.core import get_usage
from redis.exceptions import RedisError

from accounts.refusals import record_refusal
from audit.log import Actor
from config.addresses import client_address, counted_address
from config.counting import say_away
from config.limits import FLOOR_COUNT, FLOOR_SECONDS
from config.middleware.refusals import TOO_MANY, draw_refusal
from vault.tenancy import SITE_ID, enter_workspace

Next = Callable[[HttpRequest], HttpResponse]

NAME = "floor"


class Usage(TypedDict):
    """django-ratelimit's answer. `time_left` is in seconds."""

    count: int
    limit: int
    should_limit: bool
    time_left: int


def keep_floor(get_response: Next) -> Next:
    """Stands before the session: who floods the site costs no query."""

    def middleware(request: HttpRequest) -> HttpResponse:
        usage = _count(request) if request.method in UNSAFE else None
        if usage is None:
            return get_response(request)
        response = _refuse(request, usage) if usage["should_limit"] else get_response(request)
        if "X-RateLimit-Limit" not in response:
            response["X-RateLimit-Limit"] = str(usage["limit"])
            response["X-RateLimit-Remaining"] = str(max(0, usage["limit"] - usage["count"]))
            response["X-RateLimit-Reset"] = str(int(time.time()) + usage["time_left"])
        return response

    return middleware


def _count(request: HttpRequest) -> Usage | None:
    try:
        found = get_usage(request, group=NAME, key=_subject, rate=(FLOOR_COUNT, FLOOR_SECONDS), increment=True)
    except RedisError:
        say_away(NAME, "lets everything through")
        return None
    return cast(Usage | None, found)


def _subject(group: str, request: HttpRequest) -> str:
    return salted_hmac("config.floor", counted_address(request), algorithm="sha256").hexdigest()


def _refuse(request: HttpRequest, usage: Usage) -> HttpResponse:
    # The first of a window is written down, if any is; the rest of a flood costs no query.
    if usage["count"] == usage["limit"] + 1:
        actor = Actor.anonymous(address=client_address(request), agent=request.headers.get("User-Agent", ""))
        with transaction.atomic(), enter_workspace(SITE_ID):
            record_refusal(actor=actor, route="", reason=f"limit: {NAME}")
    response = HttpResponse(status=TOO_MANY, headers={"Retry-After": str(max(1, usage["time_left"]))})
    draw_refusal(request, response)
    return response
