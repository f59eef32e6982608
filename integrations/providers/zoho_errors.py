"""What can go wrong with Zoho, by what to do about it.

Only the error code is kept, checked to be a plain identifier: Zoho's own texts stay out of exceptions, logs and pages.
"""

import re

_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,80}")

LONGEST_WAIT = 26 * 3600


class ZohoProblem(Exception):
    """The base of them all, with what a person is told in `problems`. `retry_after`: in seconds, None where nobody said."""

    def __init__(self, error_code: str = "", retry_after: int | None = None) -> None:
        self.error_code = error_code if _IDENTIFIER.fullmatch(error_code) else ""
        super().__init__(self.error_code)
        self.retry_after = None if retry_after is None else max(0, min(retry_after, LONGEST_WAIT))


class GrantDenied(ZohoProblem):
    """The code or the grant is used up, revoked or unknown: a person has to allow access again."""


class Throttled(ZohoProblem):
    """Too many tokens were asked for in a row. It passes by itself, and the grant is as good as before."""


class MinuteLimit(ZohoProblem):
    """Too many calls for the organisation within a minute (code 44)."""


class DayLimit(ZohoProblem):
    """The organisation's calls of the day are used up (code 45); `retry_after` is until they are counted anew."""


class TooManyAtOnce(ZohoProblem):
    """Too many calls for the organisation are under way at the same time (code 1070)."""


class Down(ZohoProblem):
    """Zoho does not answer for now, or did not in time."""


class BadAnswer(ZohoProblem):
    """The answer is not what Zoho documents: not JSON, cut, too large, a field missing or of another type."""


class Misconfigured(ZohoProblem):
    """Zoho does not accept this installation's client id, secret or return address, or a call is not on our list."""


class RequestRejected(ZohoProblem):
    """Zoho found the request itself wrong."""


class NotThere(ZohoProblem):
    """What was asked for does not exist, or does no longer."""


class NotAMember(ZohoProblem):
    """The person behind the grant does not belong to the organisation, or does no longer."""


class WrongOrganization(ZohoProblem):
    """What came is of another organisation than the one that was asked for."""


class TokenRejected(ZohoProblem):
    """The access token is dead (code 14 or 57), or its scopes do not reach this far (57). A fresh one tells which."""


class ScopeMissing(ZohoProblem):
    """Even a fresh token may not read this: the person has not allowed it."""


class MustWait(ZohoProblem):
    """Nothing was asked: the calls that we allow ourselves are used up for `retry_after` seconds."""
