"""What a thief of the database gets of the sessions that are open: not one. R36, R37; the session's row is in the dump."""

import pytest
from django.conf import settings

from tests.house.test_stolen_database import dump, spellings
from tests.house.thief import rows_in
from tests.support.client import ScopeCheckingClient
from tests.support.environment import Workplace
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/settings/security/sessions/"


def opens(cookie: str) -> bool:
    client = ScopeCheckingClient()
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    return client.get(PAGE).status_code == 200


def test_nothing_of_a_dump_opens_a_session(workplace: Workplace, alice: Persona) -> None:
    key = alice.client.cookies[settings.SESSION_COOKIE_NAME].value
    assert opens(key)

    text = dump(workplace)

    (row,) = [row for row in rows_in(text, "accounts_usersession") if row["user_id"] == str(alice.user.pk)]
    assert len(row["key_digest"]) > len("\\\\x")
    assert not [value for value in (*row.values(), row["key_digest"].removeprefix("\\\\x")) if opens(value)]
    assert not [spelling for spelling in spellings(key) if spelling in text]


def test_a_key_would_be_found_if_it_were_there(alice: Persona) -> None:
    key = alice.client.cookies[settings.SESSION_COOKIE_NAME].value
    assert [spelling for spelling in spellings(key) if spelling in f"x{key}y"]
