"""What can go wrong with Zoho, by what to do about it.

Only the error code is kept, checked to be a plain identifier: Zoho's own texts stay out of exceptions, logs and pages.
"""

import re

_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,80}")

LONGEST_WAIT = 26 * 3600


class ZohoProblem(Exception):
    """The base of them all; `str` is a sentence for a person. `retry_after` is in seconds, None where nobody said."""

    sentence = "The connection to Zoho Books could not be used."

    def __init__(self, error_code: str = "", retry_after: int | None = None) -> None:
        super().__init__(self.sentence)
        self.error_code = error_code if _IDENTIFIER.fullmatch(error_code) else ""
        self.retry_after = None if retry_after is None else max(0, min(retry_after, LONGEST_WAIT))


class GrantDenied(ZohoProblem):
    """The code or the grant is used up, revoked or unknown: a person has to allow access again."""

    sentence = "Zoho no longer gives access. Allow it again."


class Throttled(ZohoProblem):
    """Too many tokens were asked for in a row. It passes by itself, and the grant is as good as before."""

    sentence = "Zoho was asked too often and wants a pause. It is tried again by itself."


class MinuteLimit(ZohoProblem):
    """Too many calls for the organisation within a minute (code 44)."""

    sentence = "Zoho Books was asked too often and wants a pause. It is tried again by itself."


class DayLimit(ZohoProblem):
    """The organisation's calls of the day are used up (code 45); `retry_after` is until they are counted anew."""

    sentence = "The day's calls to Zoho Books are used up. It goes on by itself when they are counted anew."


class TooManyAtOnce(ZohoProblem):
    """Too many calls for the organisation are under way at the same time (code 1070)."""

    sentence = "Zoho Books is busy with other calls. It is tried again by itself."


class Down(ZohoProblem):
    """Zoho does not answer for now, or did not in time."""

    sentence = "Zoho cannot be reached at the moment. It is tried again by itself."


class BadAnswer(ZohoProblem):
    """The answer is not what Zoho documents: not JSON, cut, too large, a field missing or of another type."""

    sentence = "Zoho gave an answer that could not be understood."


class Misconfigured(ZohoProblem):
    """Zoho does not accept this installation's client id, secret or return address, or a call is not on our list."""

    sentence = "Our access to Zoho is not set up correctly on our side."


class RequestRejected(ZohoProblem):
    """Zoho found the request itself wrong."""

    sentence = "Zoho Books did not accept the request."


class NotThere(ZohoProblem):
    """What was asked for does not exist, or does no longer."""

    sentence = "Zoho Books does not know what was asked for."


class NotAMember(ZohoProblem):
    """The person behind the grant does not belong to the organisation, or does no longer."""

    sentence = "Zoho gives no access to this organisation. Allow it again as somebody who belongs to it."


class WrongOrganization(ZohoProblem):
    """What came is of another organisation than the one that was asked for."""

    sentence = "Zoho gave the data of another organisation, so nothing of it was kept."


class TokenRejected(ZohoProblem):
    """The access token is dead (code 14 or 57), or its scopes do not reach this far (57). A fresh one tells which."""

    sentence = "Zoho did not accept the access token."


class ScopeMissing(ZohoProblem):
    """Even a fresh token may not read this: the person has not allowed it."""

    sentence = "Zoho does not let us read this. Allow it by connecting again."


class ScopeTooWide(ZohoProblem):
    """The grant allows more than reading, so it is not kept."""

    sentence = "Zoho gave more than the right to read."


class MustWait(ZohoProblem):
    """Nothing was asked: the calls that we allow ourselves are used up for `retry_after` seconds."""

    sentence = "The calls to Zoho Books that are ours are used up for now. It goes on by itself."
