"""Sessions: whose they are, how long they last, and that what is ended or stolen opens nothing. R36-R41."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.access import workspace_scope
from accounts.actions import end_all_sessions, end_sessions_of_factor
from accounts.agents import describe_agent
from accounts.backend import PasswordBackend
from accounts.models import User, UserSession
from accounts.queues import FORGET_SESSIONS
from accounts.second_factor import FactorKind
from accounts.session_store import SessionStore
from audit.models import Event
from config.celery import app
from tests.support.client import ScopeCheckingClient
from tests.support.people import PASSWORD, Persona, prove, sign_in
from vault.tenancy import SITE_ID

pytestmark = pytest.mark.django_db

PAGE = "/settings/security/sessions/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"


def key_of(client: ScopeCheckingClient) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def session_of(key: str) -> UserSession:
    row_id = SessionStore(key).row_id
    assert row_id is not None
    return UserSession.objects.get(pk=row_id)


def row_of(client: ScopeCheckingClient) -> UserSession:
    return session_of(key_of(client))


def is_signed_in(client: ScopeCheckingClient) -> bool:
    return client.get(PAGE).status_code == 200


def age(client: ScopeCheckingClient, **times: datetime) -> None:
    UserSession.objects.filter(pk=row_of(client).pk).update(**times)


# "A stolen database opens no session."
def test_what_the_database_keeps_of_a_session_is_no_key_to_it(alice: Persona) -> None:
    row, key = row_of(alice.client), key_of(alice.client)
    stored = bytes(row.key_digest)
    assert is_signed_in(alice.client)

    for stolen in (stored.hex(), stored.decode("latin-1"), str(row.pk)):
        thief = ScopeCheckingClient()
        thief.cookies[settings.SESSION_COOKIE_NAME] = stolen
        assert not is_signed_in(thief)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(s)::text FROM accounts_usersession s WHERE id = %s", [row.pk])
        (text,) = cursor.fetchone()
    assert str(alice.user.pk) in text
    assert key not in text
    assert key.encode().hex() not in text


def test_the_content_of_a_session_is_sealed_under_its_cookie(alice: Persona) -> None:
    session = alice.client.session
    session["words"] = "typed by a person"
    session.save()

    row = row_of(alice.client)
    assert b"typed by a person" not in bytes(row.data)
    assert SessionStore(key_of(alice.client))["words"] == "typed by a person"


def test_a_content_that_was_swapped_for_another_sessions_opens_nothing(alice: Persona, mallory: Persona) -> None:
    UserSession.objects.filter(pk=row_of(mallory.client).pk).update(data=row_of(alice.client).data)
    assert not is_signed_in(mallory.client)


# Session fixation: what was set before the sign-in is worth nothing after it.
def test_the_key_changes_at_sign_in(alice: Persona, client: ScopeCheckingClient) -> None:
    session = client.session
    session["planted"] = True
    session.save()
    planted = key_of(client)
    stranger = ScopeCheckingClient()
    stranger.cookies[settings.SESSION_COOKIE_NAME] = planted

    client.force_login(alice.user)

    assert key_of(client) != planted
    assert is_signed_in(client)
    assert not is_signed_in(stranger)


def test_a_key_that_was_invented_is_not_taken_up(alice: Persona, client: ScopeCheckingClient) -> None:
    client.cookies[settings.SESSION_COOKIE_NAME] = "an-invented-key-of-some-length"
    client.post("/accounts/login/", {"login": alice.user.email, "password": PASSWORD})
    assert key_of(client) != "an-invented-key-of-some-length"


def test_a_key_is_changed_without_losing_the_session(alice: Persona) -> None:
    row, old = row_of(alice.client), key_of(alice.client)
    session: Any = SessionStore(old)
    session.cycle_key()
    session.save()

    alice.client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    assert is_signed_in(alice.client)
    renewed = row_of(alice.client)
    assert (renewed.pk, renewed.signed_in_at) == (row.pk, row.signed_in_at)
    assert not SessionStore(old).get("_auth_user_id")


# R40: revoked sessions fail on their very next request.
def test_ending_one_session_takes_effect_on_its_next_request(alice: Persona) -> None:
    other = sign_in(alice.user)
    assert is_signed_in(other)

    answer = alice.client.post(f"{PAGE}{row_of(other).pk}/ending/", follow=True)

    assert "The session is ended." in answer.content.decode()
    assert not is_signed_in(other)
    assert other.get(PAGE, headers={"HX-Request": "true"}).status_code == 401
    assert is_signed_in(alice.client)
    with workspace_scope(SITE_ID):
        assert Event.objects.filter(action="accounts.session.revoked", actor_id=alice.user.pk).count() == 1


def test_ending_all_others_leaves_the_current_one(alice: Persona) -> None:
    others = [sign_in(alice.user), sign_in(alice.user)]
    answer = alice.client.post(f"{PAGE}others/ending/", follow=True)
    assert "2 other sessions are ended." in answer.content.decode()
    assert [is_signed_in(one) for one in others] == [False, False]
    assert is_signed_in(alice.client)


def test_ending_all_ends_the_current_one_too(alice: Persona, mallory: Persona) -> None:
    assert end_all_sessions(actor=alice.actor, user=alice.user) == 1
    assert not is_signed_in(alice.client)
    assert is_signed_in(mallory.client)


def test_ending_the_sessions_of_a_factor_leaves_those_of_another(alice: Persona) -> None:
    lost, kept = sign_in(alice.user, proof=None), sign_in(alice.user, proof=None)
    prove(lost, FactorKind.TOTP, "the-lost-one")
    prove(kept, FactorKind.PASSKEY, "another")

    ended = end_sessions_of_factor(
        actor=alice.actor, user=alice.user, factor="the-lost-one", current=row_of(alice.client).pk
    )

    assert ended == 1
    assert (is_signed_in(lost), is_signed_in(kept), is_signed_in(alice.client)) == (False, True, True)


def test_nobody_ends_a_session_of_somebody_else(alice: Persona, mallory: Persona) -> None:
    mallory.client.post(f"{PAGE}{row_of(alice.client).pk}/ending/")
    assert is_signed_in(alice.client)


def test_a_session_that_was_ended_amid_a_request_is_not_brought_back(alice: Persona) -> None:
    session: Any = SessionStore(key_of(alice.client))
    assert session["_auth_user_id"]
    end_all_sessions(actor=alice.actor, user=alice.user)

    for bring_back in (session.save, session.cycle_key):
        with pytest.raises(Exception, match=r"ended|^$"):
            bring_back()
    assert UserSession.objects.filter(user=alice.user).count() == 0


def test_a_person_who_may_not_sign_in_any_more_is_out_at_once(alice: Persona) -> None:
    User.objects.filter(pk=alice.user.pk).update(is_active=False)
    assert not is_signed_in(alice.client)


# R38
def test_a_session_ends_after_fourteen_idle_days(alice: Persona) -> None:
    seen = timezone.now() - timedelta(days=13, hours=23)
    age(alice.client, last_seen_at=seen, signed_in_at=seen)
    assert is_signed_in(alice.client)

    age(alice.client, last_seen_at=timezone.now() - timedelta(days=14), signed_in_at=seen)
    assert not is_signed_in(alice.client)


def test_a_session_ends_thirty_days_after_the_sign_in_however_much_it_is_used(alice: Persona) -> None:
    age(alice.client, signed_in_at=timezone.now() - timedelta(days=29, hours=23))
    assert is_signed_in(alice.client)

    age(alice.client, signed_in_at=timezone.now() - timedelta(days=30))
    assert not is_signed_in(alice.client)


def test_a_new_key_does_not_make_a_session_live_longer(alice: Persona) -> None:
    began = timezone.now() - timedelta(days=20)
    age(alice.client, signed_in_at=began)
    session: Any = SessionStore(key_of(alice.client))
    session.cycle_key()
    session.save()
    assert UserSession.objects.get(pk=session.row_id).signed_in_at == began


def test_shorter_times_hold_for_sessions_that_are_there_already(alice: Persona, settings: Any) -> None:
    age(alice.client, last_seen_at=timezone.now() - timedelta(days=2))
    settings.SESSION_IDLE = timedelta(days=1)
    assert not is_signed_in(alice.client)


def test_that_it_was_seen_is_noted_once_a_minute(alice: Persona) -> None:
    before = timezone.now() - timedelta(seconds=61)
    age(alice.client, last_seen_at=before)
    with CaptureQueriesContext(connection) as first:
        alice.client.get("/settings/profile/", REMOTE_ADDR="198.51.100.7")
    with CaptureQueriesContext(connection) as second:
        alice.client.get("/settings/profile/", REMOTE_ADDR="198.51.100.8")

    table = '"accounts_usersession"'
    assert [query["sql"].split()[0] for query in first if table in query["sql"]] == ["SELECT", "UPDATE"]
    assert [query["sql"].split()[0] for query in second if table in query["sql"]] == ["SELECT"]
    assert row_of(alice.client).last_seen_at > before
    assert row_of(alice.client).last_address == "198.51.100.7"


def test_a_session_and_its_person_are_read_by_one_query(alice: Persona) -> None:
    assert is_signed_in(alice.client)
    with CaptureQueriesContext(connection) as queries:
        alice.client.get("/settings/profile/")
    people = [query["sql"] for query in queries if 'FROM "accounts_user"' in query["sql"]]
    sessions = [query["sql"] for query in queries if 'FROM "accounts_usersession"' in query["sql"]]
    assert (len(sessions), people) == (1, [])


def test_who_is_no_longer_active_is_out_with_the_next_request(alice: Persona) -> None:
    assert is_signed_in(alice.client)
    User.objects.filter(pk=alice.user.pk).update(is_active=False)
    assert not is_signed_in(alice.client)


def test_whoever_was_read_with_a_session_is_known_by_it_once(alice: Persona, bob: Persona) -> None:
    assert SessionStore(key_of(alice.client)).row_id
    backend = PasswordBackend()
    with CaptureQueriesContext(connection) as of_another:
        assert backend.get_user(bob.user.pk) == bob.user
    assert len(of_another) == 1
    assert SessionStore(key_of(alice.client)).row_id
    with CaptureQueriesContext(connection) as at_once:
        assert backend.get_user(alice.user.pk) == alice.user
    assert len(at_once) == 0
    User.objects.filter(pk=alice.user.pk).update(is_active=False)
    assert backend.get_user(alice.user.pk) is None


def test_a_session_that_is_over_brings_nobody_along(alice: Persona) -> None:
    key, backend = key_of(alice.client), PasswordBackend()
    for age_of_it, queries in ((timedelta(0), 0), (timedelta(days=400), 1)):
        age(alice.client, signed_in_at=timezone.now() - age_of_it)
        assert bool(SessionStore(key).row_id) == (queries == 0)
        with CaptureQueriesContext(connection) as asked:
            backend.get_user(alice.user.pk)
        assert len(asked) == queries


def test_a_request_does_not_know_whom_an_earlier_one_has_read(alice: Persona, client: ScopeCheckingClient) -> None:
    assert SessionStore(key_of(alice.client)).row_id
    User.objects.filter(pk=alice.user.pk).update(is_active=False)
    client.get("/")
    assert PasswordBackend().get_user(alice.user.pk) is None


def test_a_stranger_costs_no_query_and_no_row(client: ScopeCheckingClient, db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get("/")
    assert [query["sql"] for query in queries if "usersession" in query["sql"]] == []
    assert settings.SESSION_COOKIE_NAME not in client.cookies


# R39
def test_the_page_lists_device_and_places(alice: Persona, client: ScopeCheckingClient) -> None:
    client.force_login(alice.user)
    UserSession.objects.filter(pk=row_of(client).pk).update(
        agent=FIREFOX, first_address="198.51.100.7", last_address="198.51.100.9"
    )

    page = alice.client.get(PAGE).content.decode()

    assert "Firefox on Windows" in page
    assert "198.51.100.7" in page
    assert "198.51.100.9" in page
    assert page.count("This browser") == 1


def test_the_page_shows_nobody_elses_sessions(alice: Persona, mallory: Persona) -> None:
    UserSession.objects.filter(pk=row_of(mallory.client).pk).update(last_address="203.0.113.77")
    assert "203.0.113.77" in mallory.client.get(PAGE).content.decode()
    assert "203.0.113.77" not in alice.client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/142.0.0.0 Safari/537.36", "Chrome on macOS"),
        ("curl/8.5", "An unknown browser"),
        ("", "An unknown browser"),
    ],
)
def test_browsers_are_named_in_words(agent: str, words: str) -> None:
    assert describe_agent(agent) == words


def test_what_has_ended_is_deleted_and_the_rest_stays(alice: Persona, mallory: Persona) -> None:
    app.loader.import_default_modules()
    ended, stays = row_of(mallory.client), row_of(alice.client)
    UserSession.objects.filter(pk=ended.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    app.tasks[FORGET_SESSIONS]()
    assert set(UserSession.objects.filter(pk__in=[ended.pk, stays.pk])) == {stays}


def test_the_id_in_an_address_is_not_the_cookies_key(alice: Persona) -> None:
    assert isinstance(row_of(alice.client).pk, UUID)
    assert key_of(alice.client) not in alice.client.get(PAGE).content.decode()


# ASVS 7.5.2
@pytest.mark.parametrize("which", ["one", "others"])
def test_ending_sessions_asks_who_it_is(alice: Persona, which: str) -> None:
    client, other = sign_in(alice.user, proof=None), sign_in(alice.user)
    address = f"{PAGE}{row_of(other).pk}/ending/" if which == "one" else f"{PAGE}others/ending/"
    assert client.post(address).headers["Location"].startswith("/settings/security/confirm/?deed=sessions")
    assert other.get("/settings/profile/").status_code == 200

    alice.client.post(address)
    assert other.get("/settings/profile/").status_code == 302


# R105
def test_a_new_secret_key_ends_no_session_while_the_one_before_is_known(alice: Persona, settings: Settings) -> None:
    before = settings.SECRET_KEY
    settings.SECRET_KEY = "another-secret-only-for-tests-" * 2
    settings.SECRET_KEY_FALLBACKS = [before]
    assert alice.client.get("/settings/profile/").status_code == 200

    # That visit has renewed the session under the new secret: the old one can go.
    settings.SECRET_KEY_FALLBACKS = []
    assert alice.client.get("/settings/profile/").status_code == 200


def test_a_new_secret_key_alone_ends_every_session(alice: Persona, settings: Settings) -> None:
    assert alice.client.get("/settings/profile/").status_code == 200
    settings.SECRET_KEY = "another-secret-only-for-tests-" * 2

    assert alice.client.get("/settings/profile/").status_code == 302
