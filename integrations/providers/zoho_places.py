"""Zoho's data centres: where a grant's tokens are asked for and where its data are. Nothing that a callback says adds one.

Source: zoho.com/accounts/protocol/oauth/multi-dc.html and zoho.com/books/api/v3/introduction (November 2026).
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from config.env import Zoho

# Where a person is sent first. Zoho itself leads them on to the data centre of their account.
FIRST = "us"


@dataclass(frozen=True, slots=True)
class Place:
    """A data centre. Both addresses are without a trailing slash; `is_sandbox` allows plain http and this machine."""

    location: str
    accounts_url: str
    api_url: str
    is_sandbox: bool = False

    @property
    def accounts_origin(self) -> str:
        return origin_of(self.accounts_url)


class UnknownPlace(ValueError):
    """A location that is not in the table."""

    def __init__(self) -> None:
        super().__init__("Zoho named a data centre that we do not know.")


def _place(location: str, accounts: str, api: str) -> Place:
    return Place(location, f"https://{accounts}", f"https://{api}/books/v3")


PLACES = {
    place.location: place
    for place in (
        _place("us", "accounts.zoho.com", "www.zohoapis.com"),
        _place("eu", "accounts.zoho.eu", "www.zohoapis.eu"),
        _place("in", "accounts.zoho.in", "www.zohoapis.in"),
        _place("au", "accounts.zoho.com.au", "www.zohoapis.com.au"),
        _place("jp", "accounts.zoho.jp", "www.zohoapis.jp"),
        _place("ca", "accounts.zohocloud.ca", "www.zohoapis.ca"),
        _place("sa", "accounts.zoho.sa", "www.zohoapis.sa"),
        _place("cn", "accounts.zoho.com.cn", "www.zohoapis.com.cn"),
    )
}


def place_of(location: str, access: Zoho) -> Place:
    """The data centre with that short code; a sandbox stands for every one of them. Raises UnknownPlace."""
    place = PLACES.get(location)
    if place is None:
        raise UnknownPlace
    if access.accounts_url and access.api_url:
        return Place(location, access.accounts_url, access.api_url, is_sandbox=True)
    return place


def consent_origins(access: Zoho) -> list[str]:
    """Every origin that a person may be led to on the way to Zoho's consent page."""
    return sorted({place_of(location, access).accounts_origin for location in PLACES})


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
