"""What allauth asks the product (ACCOUNT_ADAPTER): how mail is sent, where a request comes from, what a sign-in consists of."""

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from accounts.access import actor_of
from accounts.lockout import typed_address
from accounts.mail import request_mail
from accounts.remembered import note_failure, remember_device
from accounts.sign_in_record import record_repeated_sign_up
from config.addresses import client_address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth publishes no types
    """A known address and an unknown one cost the same: each mail is a row that the worker takes up later."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Ask for the mail of allauth's template name. Of its context only a code is used, never a link of the request."""
        kind = template_prefix.rpartition("/")[2]
        request_mail(kind=kind, address=email, detail={"code": context["code"]} if "code" in context else {})

    def send_account_already_exists_mail(self, email: str) -> None:
        record_repeated_sign_up(actor_of(cast(HttpRequest, self.request)))
        super().send_account_already_exists_mail(email)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        note_failure(request, typed_address(request, credentials))

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response = cast(HttpResponse, super().post_login(request, user, **kwargs))
        remember_device(request, response, user)
        return response

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def is_ajax(self, request: HttpRequest) -> bool:
        """Never: scripts of ours get the pages that everybody gets."""
        return False

    def get_login_stages(self) -> list[str]:
        """What a sign-in passes through after the password; the second factor is the last."""
        return [*super().get_login_stages(), "accounts.sign_in_stage.SecondFactorStage"]
