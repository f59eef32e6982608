"""Browsers that a person has signed in with before, by a cookie of their own. It signs nobody in: it only keeps its owner
from being locked out by others who guess from the same address. Signing out forgets it, and so does a new password.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User
from config.counting import has_left, take
from config.limits import find_limit

SALT = "accounts.remembered_device"
LIFE = timedelta(days=90)
MOST_PEOPLE = 5  # of one browser
FAILURES = "known_browser"


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let this browser know its person again."""
    tags = [_tag(user), *(tag for tag in _tags(request) if tag != _tag(user))][:MOST_PEOPLE]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(tags, salt=SALT),
        max_age=LIFE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def is_remembered(request: HttpRequest, email: str) -> bool:
    """Whether the account of this address has signed in with this browser, and not too often failed to since."""
    tag = _remembered_tag(request, email)
    return bool(tag) and has_left(find_limit(FAILURES), tag)


def note_failure(request: HttpRequest, email: str) -> None:
    """Count a wrong password against the browser that it was typed in."""
    tag = _remembered_tag(request, email)
    if tag:
        take(find_limit(FAILURES), tag)


def _remembered_tag(request: HttpRequest, email: str) -> str:
    # Only who brings a cookie of ours is looked up at all: a stranger learns nothing by how long it takes.
    tags = _tags(request)
    user = User.objects.filter(email=email.lower()).first() if tags else None
    if user is None:
        return ""
    tag = _tag(user)
    return tag if any(constant_time_compare(tag, one) for one in tags) else ""


def _tags(request: HttpRequest) -> list[str]:
    try:
        found: Any = signing.loads(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=SALT, max_age=LIFE)
    except signing.BadSignature:
        return []
    return found if isinstance(found, list) else []


def _tag(user: User) -> str:
    return salted_hmac(SALT, f"{user.pk} {user.password}", algorithm="sha256").hexdigest()
