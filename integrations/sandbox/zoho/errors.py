"""Zoho's refusals: of the data (an HTTP status and a code) and of the accounts server (HTTP 200 with a word)."""

from collections.abc import Mapping
from dataclasses import dataclass

from integrations.sandbox.web import Response, json_response


@dataclass(frozen=True, slots=True)
class Refusal:
    status: int
    code: int
    message: str


BAD_TOKEN = Refusal(401, 14, "Invalid value passed for authtoken.")
NOT_ALLOWED = Refusal(401, 57, "You are not authorized to perform this operation")
MINUTE = Refusal(
    429,
    44,
    "For security reasons you have been blocked for some time as you have exceeded the maximum number of requests per "
    "minute that can originate from one account.",
)
DAY = Refusal(429, 45, "The API call for this organization has exceeded the maximum call rate limit of {limit:,}.")
AT_ONCE = Refusal(429, 1070, "The maximum number of in process calls of this organization has been reached.")
NO_ORGANIZATION = Refusal(400, 6041, "This user is not associated with the CompanyID/CompanyName:{name}.")
NO_SUCH_PAGE = Refusal(404, 5, "Invalid URL Passed")
WRONG_METHOD = Refusal(405, 37, "The HTTP method {method} is not allowed for the requested resource")


class Refused(Exception):
    """A call that is answered with a refusal."""

    def __init__(self, refusal: Refusal, headers: Mapping[str, str] | None = None, **words: object) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
        self.headers = dict(headers or {})
        self.message = refusal.message.format(**words)

    def response(self) -> Response:
        body = json_response({"code": self.refusal.code, "message": self.message}).body
        return Response(body, self.refusal.status, headers=self.headers)


def bad_value(name: str) -> Refused:
    return Refused(Refusal(400, 2, "Invalid value passed for {name}"), name=name)


def not_there(what: str) -> Refused:
    return Refused(Refusal(404, 1002, "{what} does not exist."), what=what)


def oauth_error(word: str) -> Response:
    """The accounts server says what is wrong with a success status."""
    return json_response({"error": word})


def too_many_requests() -> Response:
    """The accounts server has had enough for now: this is no verdict on the grant."""
    return json_response(
        {
            "error_description": "You have made too many requests continuously. Please try again after some time.",
            "error": "Access Denied",
            "status": "failure",
        },
        400,
    )
