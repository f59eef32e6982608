"""Stripe's refusals: a status, a type, and where there is one a code and the parameter that is wrong."""

from integrations.sandbox.web import Response, json_response


class StripeError(Exception):
    """A call that is answered with an error."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        decline_code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        words = {"type": kind, "code": code, "param": param, "decline_code": decline_code, "message": message}
        self.body = {"error": {name: word for name, word in words.items() if word is not None}}

    def response(self) -> Response:
        return json_response(self.body, self.status)


def unauthorized(given: str) -> StripeError:
    if not given:
        return StripeError("You did not provide an API key.", status=401)
    return StripeError(f"Invalid API Key provided: {'*' * 8}{given[-4:]}", status=401)


def missing(kind: str, object_id: str, *, param: str = "id", in_path: bool = False) -> StripeError:
    """404 where the address names it, 400 where a parameter does."""
    status = 404 if in_path else 400
    return StripeError(f"No such {kind}: '{object_id}'", status=status, code="resource_missing", param=param)


def unknown_address(method: str, path: str) -> StripeError:
    return StripeError(f"Unrecognized request URL ({method}: {path}).", status=404)


def other_parameters(key: str) -> StripeError:
    return StripeError(
        "Keys for idempotent requests can only be used with the same parameters they were first used with. "
        f"Try using a key other than '{key}' if you meant to execute a different request.",
        kind="idempotency_error",
    )


def declined() -> StripeError:
    return StripeError(
        "Your card was declined.", status=402, kind="card_error", code="card_declined", decline_code="generic_decline"
    )
