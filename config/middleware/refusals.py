"""A wrong method, too many tries and what cannot be done just now get a page of the product, which says what to do next,
whoever refused: one that repeats what was typed where that can be sent again. Scripts get a line, data gets data.
"""

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from config.middleware.sign_in import wants_page

Next = Callable[[HttpRequest], HttpResponse]

WRONG_METHOD, TOO_MANY, UNAVAILABLE = 405, 429, 503
ERRORS = {TOO_MANY: "too_many_requests", UNAVAILABLE: "temporarily_unavailable"}
# For who refuses without saying for how long.
SECONDS_TO_WAIT = 60
# What is never written into a page, and how much is.
SECRETS = ("password", "token", "code", "credential", "secret", "key")
MOST_CHARACTERS = 20_000


def draw_refusals(get_response: Next) -> Next:
    """Stands inside Django's CommonMiddleware, which measures the answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        draw_refusal(request, response)
        return response

    return middleware


def draw_refusal(request: HttpRequest, response: HttpResponse) -> None:
    """Give an answer that refuses, and has no words of its own, the product's."""
    if response.status_code == TOO_MANY:
        response.setdefault("Retry-After", str(SECONDS_TO_WAIT))  # R67
    if response.status_code not in {WRONG_METHOD, *ERRORS} or response.streaming or response.content:
        return
    seconds = int(response.headers.get("Retry-After", SECONDS_TO_WAIT))
    context = {
        "retry_after": name_wait(seconds),
        "is_unavailable": response.status_code == UNAVAILABLE,
        "may_be_done": getattr(request, "may_be_done", False),
    }
    if wants_page(request):
        repeated = what_was_sent(request) if response.status_code in ERRORS else {}
        page = render_to_string(f"{response.status_code}.html", {**context, **repeated})
        response.content = page.encode()
    elif response.status_code in ERRORS and request.headers.get("HX-Request") == "true":
        response.content = render_to_string("components/refused.html", context).encode()
    elif response.status_code in ERRORS:
        told = {"error": ERRORS[response.status_code], "retry_after": seconds}
        response.content, response["Content-Type"] = json.dumps(told).encode(), "application/json"


def name_wait(seconds: int) -> str:
    """How long to wait, in words, rounded up."""
    if seconds < 50:
        return f"in {seconds} seconds" if seconds > 1 else "in a second"
    minutes = -(-seconds // 60)
    if minutes <= 1:
        return "in a minute"
    if minutes < 120:
        return f"in {minutes} minutes"
    hours = -(-minutes // 60)
    return f"in {hours} hours" if hours < 48 else f"in {-(-hours // 24)} days"


def what_was_sent(request: HttpRequest) -> dict[str, Any]:
    """What a form of ours has sent, to be sent again by one button; nothing where a part of it is secret."""
    if not getattr(request, "may_repeat", False) or request.method != "POST" or request.FILES:
        return {}
    sent = [(name, one) for name in request.POST for one in request.POST.getlist(name) if name != "csrfmiddlewaretoken"]
    is_secret = any(secret in name.lower() for name, _ in sent for secret in SECRETS)
    if is_secret or sum(len(name) + len(one) for name, one in sent) > MOST_CHARACTERS:
        return {}
    return {"sent": sent, "action": request.get_full_path(), "csrf_token": get_token(request)}
