"""Where pages are, asked for once: each page names a dozen others, and to make an address takes longer than to draw it."""

from functools import cache, lru_cache

from django.urls import reverse

ADDRESSES = 10_000


@lru_cache(maxsize=ADDRESSES)
def address_of(route: str, slug: str) -> str:
    """A page's address in a workspace."""
    return reverse(route, kwargs={"slug": slug})


@cache
def site_address_of(route: str) -> str:
    """The address of a page that is of no workspace."""
    return reverse(route)
