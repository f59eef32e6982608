"""Times are shown by the clock of the person who looks. What a bank calls a date is a date and is not moved."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.time_zones import find_zone

Next = Callable[[HttpRequest], HttpResponse]


def use_own_time_zone(get_response: Next) -> Next:
    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        with timezone.override(find_zone(request.user.time_zone)):
            return get_response(request)

    return middleware
