"""/.well-known/security.txt says where to tell of a weakness, and never lapses [RFC 9116]."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from config import contact

ADDRESS = "/.well-known/security.txt"


def fields_of(words: str) -> dict[str, str]:
    pairs = [line.split(": ", 1) for line in words.splitlines()]
    assert len({name for name, _ in pairs}) == len(pairs)
    return dict(pairs)


def test_it_says_where_to_tell_and_until_when_that_holds(settings: Any) -> None:
    settings.SECURITY_CONTACT = "mailto:security@acme.test"
    answer = Client().get(ADDRESS)
    fields = fields_of(answer.content.decode())

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert answer.headers["Cache-Control"] == "max-age=86400"
    assert fields.pop("Expires").endswith("T00:00:00Z")
    assert fields == {
        "Contact": "mailto:security@acme.test",
        "Preferred-Languages": "en",
        "Canonical": settings.BASE_URL + ADDRESS,
    }


@pytest.mark.parametrize("years", [0, 3])
def test_it_holds_for_less_than_a_year_whenever_it_is_asked_for(
    years: int, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC) + timedelta(days=366 * years)

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> "Clock":
            return cls.fromtimestamp(now.timestamp(), tz)

    monkeypatch.setattr(contact, "datetime", Clock)
    settings.SECURITY_CONTACT = "https://acme.test/security"
    expires = fields_of(Client().get(ADDRESS).content.decode())["Expires"]

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", expires)
    assert timedelta(days=90) < datetime.fromisoformat(expires) - now < timedelta(days=365)


def test_where_nobody_is_named_there_is_none(settings: Any) -> None:
    settings.SECURITY_CONTACT = ""

    assert Client().get(ADDRESS).status_code == 404


def test_it_only_shows(settings: Any) -> None:
    settings.SECURITY_CONTACT = "mailto:security@acme.test"

    assert Client().post(ADDRESS).status_code == 405
