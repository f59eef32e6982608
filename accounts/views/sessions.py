"""Settings › Security › Active sessions: where one is signed in, and ending it there."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import actor_of, signed_in
from accounts.actions import UnknownSession, end_other_sessions, end_session
from accounts.models import User
from accounts.reports.sessions import list_sessions
from accounts.session_store import SessionStore
from accounts.step_up import Deed


@signed_in
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    found = list_sessions(cast(User, request.user), current=_current(request))
    return render(request, "accounts/sessions.html", {"sessions": found, "others": len(found) - 1})


@signed_in(step_up=Deed.SESSIONS)
@require_POST
def end_one(request: HttpRequest, session_id: UUID) -> HttpResponse:
    if session_id == _current(request):
        messages.info(request, "This is the session you are using: sign out to end it.")
        return redirect("accounts:sessions")
    try:
        end_session(actor=actor_of(request), user=cast(User, request.user), session_id=session_id)
    except UnknownSession as reason:
        messages.info(request, str(reason))
    else:
        messages.success(request, "The session is ended. It is refused from now on.")
    return redirect("accounts:sessions")


@signed_in(step_up=Deed.SESSIONS)
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    ended = end_other_sessions(actor=actor_of(request), user=cast(User, request.user), current=_current(request))
    words = "1 other session is ended." if ended == 1 else f"{ended} other sessions are ended."
    messages.success(request, words if ended else "There was no other session.")
    return redirect("accounts:sessions")


def _current(request: HttpRequest) -> UUID | None:
    return cast(SessionStore, request.session).row_id
