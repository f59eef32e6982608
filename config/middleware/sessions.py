"""Django's session middleware, which also tells the store where the request comes from."""

from typing import Any, cast

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest

from accounts.backend import note_person
from accounts.session_store import Visitor
from config.addresses import client_address

# Whoever asks these asks whether the database is there: nobody is looked up in it before the answer.
NOBODYS = frozenset({"/healthz", "/readyz"})


class Sessions(SessionMiddleware):
    """Reads nothing itself: who is not asked for is not looked up."""

    def process_request(self, request: HttpRequest) -> None:
        visitor = Visitor(client_address(request), request.headers.get("User-Agent", ""))
        note_person(None)
        store = cast(Any, self.SessionStore)
        key = None if request.path in NOBODYS else request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        request.session = store(key, visitor)
