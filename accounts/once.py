"""Asking twice, doing once: what reaches outside or sends mail to others is done once for each key it is asked for under.

The key is a random word that a page puts into its form, `{% once %}`, or the header Idempotency-Key. The same key with the
same contents gets the first answer again: its status, place and object id. With other contents it is refused, and while the
first is under way the second waits, briefly. Keys are good for a day. Without one everything is as it was.

What counts is an answer that leads on and tells of no refusal; after any other the key is free. A view inside the request's
transaction holds its key in that transaction, so deed and key are committed together or not at all. A view outside one
(`atomic=False`) notes its key before, and the outcome after: who dies between the provider's answer and that note leaves the
key taken for two minutes, and then the deed may be done anew. So such deeds must bear being done twice by themselves: a
visit to a bank's page that nobody goes on with expires, and an access that has ended is not missed.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from accounts.access import READING_METHODS, View, workspace_scope
from accounts.once_keys import (
    PATIENCE_SECONDS,
    Asked,
    OtherBody,
    Outcome,
    UnderWay,
    claim_key,
    digest_asked,
    free_key,
    keep_outcome,
)
from config.middleware.refusals import SECRETS, what_was_sent
from config.middleware.sign_in import wants_page
from vault.tenancy import SITE_ID

FIELD, HEADER = "once", "Idempotency-Key"
OBJECT_ID, REPLAYED = "X-Object-Id", "Idempotency-Replayed"
KEY = re.compile(r"[!-~]{1,200}")
SECONDS_BETWEEN = 0.1

BAD_KEY, IN_USE, OTHER = 400, 409, 422
ERRORS = {BAD_KEY: "bad_idempotency_key", IN_USE: "still_under_way", OTHER: "idempotency_key_used_before"}


def once(view: View) -> View:
    """For a view below its declaration of `accounts.access`, above what refuses methods."""

    @wraps(view)
    def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key, subject = _key_of(request), _subject_of(request)
        if request.method in READING_METHODS or not key or not subject:
            return view(request, *args, **kwargs)
        if not KEY.fullmatch(key):
            return _refuse(request, BAD_KEY)
        asked = digest_asked(subject=subject, key=key, path=request.path, values=_values(request))
        try:
            claim = _claim(request, asked)
        except OtherBody:
            return _refuse(request, OTHER)
        except UnderWay:
            return _refuse(request, IN_USE)
        if isinstance(claim, Outcome):
            return _replay(request, claim)
        return _do(view, request, claim, *args, **kwargs)

    cast(Any, within).is_once = True
    return within


def name_made(response: HttpResponse, object_id: UUID) -> HttpResponse:
    """Tell whoever asks by program the id of what was made; it is told again with the same key."""
    response[OBJECT_ID] = str(object_id)
    return response


def _do(view: View, request: HttpRequest, claim: UUID, /, *args: Any, **kwargs: Any) -> HttpResponse:
    try:
        response = view(request, *args, **kwargs)
    except BaseException:
        # Inside the request's transaction the key goes with all else.
        if not connection.in_atomic_block:
            with _place(request):
                free_key(claim)
        raise
    if connection.in_atomic_block and connection.needs_rollback:
        return response
    with _place(request):
        if _was_done(request, response):
            keep_outcome(claim, _outcome(response))
        else:
            free_key(claim)
    return response


def _claim(request: HttpRequest, asked: Asked) -> UUID | Outcome:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with _place(request):
                return claim_key(asked)
        except UnderWay:
            if connection.in_atomic_block or time.monotonic() > deadline:
                raise
        time.sleep(SECONDS_BETWEEN)


@contextmanager
def _place(request: HttpRequest) -> Iterator[None]:
    """The scope of the workspace that the view is in, or the site's."""
    workspace = getattr(request, "workspace", None)
    with workspace_scope(workspace.pk if workspace is not None else SITE_ID):
        yield


def _key_of(request: HttpRequest) -> str:
    return request.headers.get(HEADER) or request.POST.get(FIELD, "")


def _values(request: HttpRequest) -> list[tuple[str, list[str]]]:
    # A digest that is made fast is no place for a password or a code; a wrong one leaves the key free anyway.
    names = [name for name in request.POST if not any(secret in name.lower() for secret in SECRETS)]
    return [(name, request.POST.getlist(name)) for name in names if name != FIELD]


def _subject_of(request: HttpRequest) -> str:
    """Whose keys these are: a person's, or half-way through the door a session's."""
    if request.user.is_authenticated:
        return f"person {request.user.pk}"
    session_id = getattr(request.session, "row_id", None)
    return f"session {session_id}" if session_id else ""


def _was_done(request: HttpRequest, response: HttpResponse) -> bool:
    # What the view has told so far, which Django hands out only to whoever shows it.
    told = getattr(messages.get_messages(request), "_queued_messages", [])
    return 300 <= response.status_code < 400 and all(one.level < messages.ERROR for one in told)


def _outcome(response: HttpResponse) -> Outcome:
    object_id = response.headers.get(OBJECT_ID)
    return Outcome(response.status_code, response.headers.get("Location", ""), UUID(object_id) if object_id else None)


def _replay(request: HttpRequest, outcome: Outcome) -> HttpResponse:
    response = HttpResponse(status=outcome.status, headers={"Location": outcome.location, REPLAYED: "true"})
    if outcome.object_id is not None:
        name_made(response, outcome.object_id)
    if outcome.location.startswith("/"):
        messages.info(request, "This was sent twice, and counted once.")
    return response


def _refuse(request: HttpRequest, status: int) -> HttpResponse:
    if not wants_page(request):
        response: HttpResponse = JsonResponse({"error": ERRORS[status]}, status=status)
    else:
        cast(Any, request).may_repeat = True
        sent = what_was_sent(request)
        if status != IN_USE and sent:
            sent = {**sent, "sent": [(name, value) for name, value in sent["sent"] if name != FIELD], "is_new": True}
        response = render(request, f"accounts/once_{ERRORS[status]}.html", sent, status=status)
    if status == IN_USE:
        response["Retry-After"] = str(int(PATIENCE_SECONDS))
    return response
