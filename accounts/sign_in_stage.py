"""Where allauth's sign-in waits for the second factor. The only place that uses what allauth calls internal.

The person stays anonymous until the stage is left, whatever they signed in with before.
"""

from functools import wraps
from typing import Any, cast

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import record_authentication
from allauth.account.stages import LoginStage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare

from accounts.access import View, actor_of
from accounts.actions.proving import send_email_code
from accounts.actions.recovery import cancel_recovery, complete_recovery
from accounts.models import EmailDevice, User
from accounts.reports.factors import kinds_to_sign_in
from accounts.second_factor import FactorKind, Proof, note_password, write_proof

KEY = "second_factor"
# What the account's password was when it was given, as a digest.
GIVEN = "given"


class SecondFactorStage(LoginStage):  # type: ignore[misc] # allauth publishes no types
    """Passed at once by who has no factor: their workspaces then lead them to enrolment."""

    key = KEY
    urlname = "account_second_factor"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        # allauth goes through the motions for an account that is not there.
        if user is not None:
            note_password(self.request.session)
            kinds = kinds_to_sign_in(user)
            if kinds and complete_recovery(actor=actor_of(self.request), user=user):
                return None, True
            if kinds == (FactorKind.EMAIL,):
                device = EmailDevice.objects.get(user=user, confirmed=True)
                send_email_code(actor=actor_of(self.request), device=device)
            if kinds:
                self.state[GIVEN] = user.get_session_auth_hash()
                # Whoever knew the key before the password was given does not stand at the second step with it.
                self.request.session.cycle_key()
                return redirect(self.urlname), True
        return None, True


def in_stage(view: View) -> View:
    """A view for who gave the right password and no second factor yet; anybody else is sent to the sign-in page, and so
    is who waits there while the password is changed or the account closed.
    """

    @wraps(view)
    def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        stage = cast(Any, request)._login_stage
        user = cast(User | None, stage.login.user)
        if user is None or not user.is_active or not _is_still_right(stage.state.get(GIVEN, ""), user):
            return cast(HttpResponse, stage.abort())
        return view(request, *args, **kwargs)

    return cast(View, login_stage_required(stage=KEY, redirect_urlname="account_login")(within))


def user_in_stage(request: HttpRequest) -> User:
    """Whose password was given."""
    return cast(User, cast(Any, request)._login_stage.login.user)


def leave_stage(request: HttpRequest, proof: Proof | None) -> HttpResponse:
    """Sign in, with a new session key."""
    stage = cast(Any, request)._login_stage
    if proof is not None:
        cancel_recovery(actor=actor_of(request), user=stage.login.user)
        write_proof(request.session, proof)
        record_authentication(request, stage.login.user, method=KEY, reauthenticated=True)
    return cast(HttpResponse, stage.exit())


def _is_still_right(given: str, user: User) -> bool:
    return constant_time_compare(given, user.get_session_auth_hash())
