"""/.well-known/security.txt [RFC 9116]: where to tell us of a weakness. Made anew for each that asks, so it never lapses."""

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import public

# RFC 9116 asks for less than a year.
GOOD_FOR = timedelta(days=180)
KEPT_SECONDS = 24 * 3600


@public(because="whoever has found a weakness must be able to say so, and has no account here")
@transaction.non_atomic_requests
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    if not settings.SECURITY_CONTACT:
        raise Http404
    today = datetime.combine(datetime.now(UTC).date(), time(), UTC)
    lines = (
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {today + GOOD_FOR:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.BASE_URL}{reverse('security_txt')}",
    )
    words = "".join(f"{line}\n" for line in lines)
    kept = {"Cache-Control": f"max-age={KEPT_SECONDS}"}
    return HttpResponse(words, content_type="text/plain; charset=utf-8", headers=kept)
