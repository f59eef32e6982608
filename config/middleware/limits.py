"""Holds every request to the limits of its route, before its view runs and outside any transaction.

Each answer that was counted says how many more there may be. Who asks too often gets a 429; what cannot be counted while
Redis is away, a 503; both say when to come again.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from redis.exceptions import RedisError

from accounts.limits import count_request, subject_of
from accounts.lockout import record_limit
from config.counting import Count, LimitReached, find_tightest, give_back
from config.limits import TABLE, Counts, Limit, by_route
from config.middleware.refusals import TOO_MANY, UNAVAILABLE
from config.middleware.script_requests import SAFE

Next = Callable[[HttpRequest], HttpResponse]

# About as long as Redis takes to be started again.
SECONDS_TO_RETURN = 15
# Where somebody is sent who has to prove first who they are.
PROOFS = ("accounts:confirm", "accounts:factor_needed")


class Limits:
    """Stands after the checks of form token and session, so that nobody else can use up somebody's limit."""

    def __init__(self, get_response: Next) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        counts: list[Count] = []
        cast(Any, request).counts = counts
        response = self._get_response(request)
        _give_back(request, response, counts)
        tightest = find_tightest(counts)
        if tightest is not None:
            _add_headers(response, tightest)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Mapping[str, Any]
    ) -> HttpResponse | None:
        """None where the view may run."""
        limits = _limits_of(request)
        try:
            for limit in limits:
                subject = subject_of(request, limit)
                if subject is not None:
                    apart = kwargs.get(limit.apart, "") if limit.apart else ""
                    count_request(request, limit, f"{subject}\0{apart}")
        except (LimitReached, RedisError) as reason:
            return _refuse(request, reason)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Also what a view has met. Inside the request's transaction all that it did is undone; outside it nobody knows."""
        view = request.resolver_match.func if request.resolver_match else None
        is_undone = request.method in SAFE or "default" not in getattr(view, "_non_atomic_requests", ())
        cast(Any, request).may_be_done = not is_undone
        return _refuse(request, error)


def _refuse(request: HttpRequest, error: Exception) -> HttpResponse | None:
    # Its form token was checked: what was typed may be offered to be sent once more.
    cast(Any, request).may_repeat = True
    if isinstance(error, LimitReached):
        record_limit(request, error.count.limit)
        return HttpResponse(status=TOO_MANY, headers={"Retry-After": str(error.count.seconds_to_wait)})
    if isinstance(error, RedisError):
        return HttpResponse(status=UNAVAILABLE, headers={"Retry-After": str(SECONDS_TO_RETURN)})
    return None


def _limits_of(request: HttpRequest) -> tuple[Limit, ...]:
    name = request.resolver_match.view_name if request.resolver_match else ""
    limits = ROUTES.get(name, ()) or ROUTES.get(f"{name.partition(':')[0]}:*", ())
    if request.method in SAFE:
        return tuple(limit for limit in limits if limit.counts is Counts.ALL)
    return limits


def _give_back(request: HttpRequest, response: HttpResponse, counts: list[Count]) -> None:
    """What did not count after all: success where failures count, and what was not done, refused or for want of a proof."""
    if not counts:
        return
    leads_on = 300 <= response.status_code < 400 or (_is_webhook(request) and response.status_code == HTTPStatus.OK)
    is_undone = any(count.is_refused for count in counts) or _asks_for_proof(request, response)
    for place, count in enumerate(counts):
        if not count.is_refused and (is_undone or (leads_on and count.limit.counts is Counts.FAILURES)):
            counts[place] = give_back(count)


def _is_webhook(request: HttpRequest) -> bool:
    view = request.resolver_match.func if request.resolver_match else None
    access = getattr(view, "access", None)
    return access is not None and access.kind == "webhook"


def _asks_for_proof(request: HttpRequest, response: HttpResponse) -> bool:
    places = tuple(reverse(name) for name in PROOFS)
    leads_to = response.headers.get("Location") or response.headers.get("HX-Redirect") or ""
    return leads_to.startswith(places) and not request.path.startswith(places)


def _add_headers(response: HttpResponse, count: Count) -> None:
    response["X-RateLimit-Limit"] = str(count.limit.count)
    response["X-RateLimit-Remaining"] = str(count.remaining)
    response["X-RateLimit-Reset"] = str(int(count.resets_at))


ROUTES = by_route(TABLE)
