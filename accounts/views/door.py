"""allauth's views as the product mounts them, each with its declaration. Those that take a new password: views.passwords."""

from allauth.account import views as allauth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.access import public
from accounts.once import once

# "cache" is left out: no page of a session may be kept in one, and browsers hold the answer back while they search theirs.
CLEARED = '"cookies", "storage"'

sign_in = public(because="signing in comes before a session")(allauth.login)
forgotten = public(because="who has forgotten their password cannot sign in")(allauth.password_reset)
confirm_forgotten = public(because="the code by mail is the proof")(allauth.confirm_password_reset_code)
forgotten_done = public(because="it only says that the password is changed")(allauth.password_reset_from_key_done)
inactive = public(because="it only says that the account is closed")(allauth.account_inactive)


@public(because="a code by mail comes before the first session")
@once
def verify_address(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        # Its code was typed already: allauth would look for a page of addresses, which is not ours.
        return redirect("accounts:home")
    answer: HttpResponse = allauth.email_verification_sent(request)
    return answer


@public(because="who has got half-way through signing in may turn back")
def sign_out(request: HttpRequest) -> HttpResponse:
    response: HttpResponse = allauth.logout(request)
    if request.method == "POST":
        response["Clear-Site-Data"] = CLEARED
    return response
