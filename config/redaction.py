"""What must not stand in a log, known by its shape: the one list that logs, Sentry and the self-test go by.

A shape is found wherever it stands, also inside a sentence, a quoted object or a traceback. Where two of its repeats may
match the same, both are bounded: strangers write part of some lines. Nothing that is known only by what it means, such as
an amount, can be found like this: it is kept out of logs by never being put in.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

CARD_DIGITS = range(13, 20)
LOG_AT_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of value and how it is found. `secret` is one that is nobody's, for the self-test, written `before` what it is
    known by. Where `keeps` is true the expression's first group, which tells what was there, stays.
    """

    name: str
    expression: re.Pattern[str]
    secret: str
    before: str = ""
    keeps: bool = False
    is_one: Callable[[str], bool] | None = None

    @property
    def sample(self) -> str:
        return self.before + self.secret


def redact(text: str) -> str:
    """The text with each such value replaced by its kind in brackets; what is very long is cut off."""
    if len(text) > LOG_AT_MOST:
        text = f"{text[:LOG_AT_MOST]} … [{len(text) - LOG_AT_MOST} characters more]"
    for shape in SHAPES:
        text = shape.expression.sub(_replacer(shape), text)
    return text


def _replacer(shape: Shape) -> Callable[[re.Match[str]], str]:
    def replace(match: re.Match[str]) -> str:
        if shape.is_one is not None and not shape.is_one(match[0]):
            return match[0]
        kept = match[1] if shape.keeps else ""
        return f"{kept}[{shape.name}]"

    return replace


def _is_card(text: str) -> bool:
    """Whether the digits are as many as a card's and pass its check (ISO/IEC 7812-1, Luhn)."""
    digits = [int(one) for one in text if one.isdigit()]
    if len(digits) not in CARD_DIGITS:
        return False
    doubled = [sum(divmod(2 * one, 10)) for one in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


# The more telling ones first: a token in a password's place is named as a token.
SHAPES = (
    Shape(
        "private key",
        re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAbcdefgh\n-----END PRIVATE KEY-----",
    ),
    Shape(
        "login in an address",
        re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://)[^\s/@'\"]{0,200}:[^\s@'\"]{1,500}@", re.IGNORECASE),
        ":kueche-und-keller@",
        "redis://",
        keeps=True,
    ),
    Shape(
        "authorization",
        re.compile(r"\b((?:bearer|basic|zoho-oauthtoken)\s+)[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE),
        "c2FtcGxlLXRva2VuLW9ubHk",
        "Authorization: Bearer ",
        keeps=True,
    ),
    Shape(
        "Plaid token",
        re.compile(r"\b(?:access|public|link|processor|request)-(?:sandbox|development|production)-[A-Za-z0-9-]{8,}"),
        "access-sandbox-5f1c3b2e-0d4a-4c55-9e1b-2f6a7c8d9e0f",
    ),
    Shape(
        "Zoho token",
        re.compile(r"\b1000\.[A-Za-z0-9]{20,}(?:\.[A-Za-z0-9]{20,})?"),
        "1000.0a1b2c3d4e5f60718293a4b5c6d7e8f9.a9b8c7d6e5f403f2e1d0c9b8a7968574",
    ),
    Shape(
        "Stripe key",
        re.compile(r"\b(?:[spr]k_(?:live|test)|whsec)_[A-Za-z0-9+/=]{8,}"),
        "sk_test_4eC39HqLyjWDarjtT1zdp7dc",
    ),
    Shape(
        "Stripe id",
        re.compile(
            r"\b(?:acct|ba|card|ch|cs|cus|evt|ii|in|il|mbur|pi|pm|price|prod|promo|py|re|req|seti|si|src|sub|sub_sched|tok|txi"
            r"|txn)_(?:(?:live|test)_)?[A-Za-z0-9]{14,}\b"
        ),
        "cus_NffrFeUfNV2Hib",
    ),
    Shape(
        "JSON web token",
        re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"),
        "eyJhbGciOiJFUzI1NiJ9.eyJpYXQiOjE3MDB9.c2lnbmF0dXJl",
    ),
    Shape(
        "otpauth address",
        re.compile(r"\botpauth://[^\s'\"<>]+", re.IGNORECASE),
        "otpauth://totp/Counterfoil:maya?secret=JBSWY3DPEHPK3PXP",
    ),
    Shape("TOTP secret", re.compile(r"\b[A-Z2-7]{32}(?:[A-Z2-7]{20,96})?\b"), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"),
    Shape(
        "one-time code",
        re.compile(
            r"\b((?:codes?|otp|totp|passcode|pin)\b['\"]?\s{0,20}(?:is|was|[=:])?\s{0,20}['\"]?)\d{6,8}\b",
            re.IGNORECASE,
        ),
        "492817",
        "the code is ",
        keeps=True,
    ),
    Shape(
        "password",
        re.compile(
            r"((?:password|passwd|passphrase|secret|api[_-]?key|(?:access|refresh|csrf|public|id)_?token|csrfmiddlewaretoken"
            r"|sessionid|cookie)\d?['\"]?\s*(?:=>|[=:])\s*b?['\"]?)(?!\[)[^\s'\",;&)}\]]{3,}",
            re.IGNORECASE,
        ),
        "kueche-und-keller",
        "password=",
        keeps=True,
    ),
    Shape(
        "sealed value",
        # Form 1 and a key version below 65,536, as bytes are written in hex or quoted by Python.
        re.compile(
            r"\b(?:\\?x)?010000[0-9a-f]{4}[0-9a-f]{56,}|(?:\\x01\\x00\\x00)(?:\\x[0-9a-f]{2}|\\?[^\\'\"\s]){20,}"
        ),
        "0100000001" + "5e" * 48,
    ),
    Shape(
        "e-mail address", re.compile(r"[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}"), "maya@northwind.example"
    ),
    Shape(
        "bank account",
        re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"),
        "DE89 3704 0044 0532 0130 00",
    ),
    Shape("card number", re.compile(r"\b\d(?:[ -]?\d){12,18}\b"), "4242 4242 4242 4242", is_one=_is_card),
    Shape("account number", re.compile(r"(?<![\w.-])\d{9,17}(?![\w.-])"), "000123456789", "account "),
    # 32 random bytes as we write them: the key of a session, an invitation, a device.
    Shape(
        "session",
        re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{43}(?![\w-])"),
        "q3Xn0vJ7hZb2LwR8sTf4Ky6Pd1Gc5Aa9UmEoIiVxBtQ",
    ),
)
