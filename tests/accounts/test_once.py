"""What is asked for twice under one key is done once: pages, scripts, two clicks at once, refusals, and what is forgotten."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from accounts import once_keys
from accounts.access import workspace_scope
from accounts.models import Invitation, Mail, OnceKey, Workspace
from accounts.once_keys import HELD_FOR, KEPT_FOR, Asked, UnderWay, claim_key, digest_asked, forget_old_keys
from accounts.permissions import Role
from accounts.tasks import find_old_once_keys, forget_once_keys
from tests.accounts.test_double_clicks import behind, side_by_side
from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona, make_member, make_person
from vault.tenancy import SITE_ID

INES = {"email": "ines@example.test", "role": "staff"}
FIELD = re.compile(r'name="once" value="([^"]+)"')

pytestmark = pytest.mark.django_db


def invite_page(persona: Persona) -> str:
    return f"/w/{persona.workspace.slug}/settings/invitations/"


def key_on(persona: Persona, page: str) -> str:
    found = FIELD.search(persona.client.get(page).content.decode())
    assert found, f"{page} has no key in its form"
    return found[1]


def invitations_of(persona: Persona) -> list[Invitation]:
    with workspace_scope(persona.workspace.pk):
        return list(Invitation.objects.all())


def invited_by(persona: Persona) -> set[str]:
    with workspace_scope(persona.workspace.pk):
        return {one.email for one in Invitation.objects.all()}


def keys_of(workspace_id: UUID) -> list[OnceKey]:
    with workspace_scope(workspace_id):
        return list(OnceKey.objects.all())


def test_every_form_has_a_key_of_its_own(alice: Persona) -> None:
    assert key_on(alice, invite_page(alice)) != key_on(alice, invite_page(alice))


def test_what_is_sent_twice_with_one_key_is_done_once_and_answered_alike(alice: Persona) -> None:
    sent = {**INES, "once": key_on(alice, invite_page(alice))}

    first, second = (alice.client.post(invite_page(alice), sent) for _ in range(2))

    (invitation,) = invitations_of(alice)
    for answer in (first, second):
        assert (answer.status_code, answer["Location"]) == (302, f"/w/{alice.workspace.slug}/settings/members/")
        assert answer["X-Object-Id"] == str(invitation.pk)
    assert ("Idempotency-Replayed" in first, second["Idempotency-Replayed"]) == (False, "true")
    assert "This was sent twice, and counted once." in alice.client.get(second["Location"]).content.decode()


def test_without_a_key_it_works_as_it_did(alice: Persona) -> None:
    first, second = (alice.client.post(invite_page(alice), INES) for _ in range(2))

    assert (first.status_code, second.status_code, keys_of(alice.workspace.pk)) == (302, 422, [])


def test_a_script_gives_its_key_in_a_header(alice: Persona) -> None:
    headers = {"Idempotency-Key": "2026-11-21/invite/ines"}

    answers = [alice.client.post(invite_page(alice), INES, headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert len(invitations_of(alice)) == 1


def test_another_body_under_the_same_key_is_refused_and_what_was_typed_is_kept(alice: Persona) -> None:
    key = key_on(alice, invite_page(alice))
    alice.client.post(invite_page(alice), {**INES, "once": key})
    page = alice.client.post(invite_page(alice), {"email": "otto@example.test", "role": "staff", "once": key})

    shown = page.content.decode()
    assert page.status_code == 422
    assert 'name="email" value="otto@example.test"' in shown
    (fresh,) = FIELD.findall(shown)
    assert fresh != key
    assert invited_by(alice) == {"ines@example.test"}

    alice.client.post(invite_page(alice), {"email": "otto@example.test", "role": "staff", "once": fresh})
    assert invited_by(alice) == {"ines@example.test", "otto@example.test"}


def test_a_script_is_told_so_in_data(alice: Persona) -> None:
    headers = {"Idempotency-Key": "one", "Accept": "application/json", "X-Requested-With": "XMLHttpRequest"}
    alice.client.post(invite_page(alice), INES, headers=headers)
    other = alice.client.post(invite_page(alice), {**INES, "role": "admin"}, headers=headers)

    assert (other.status_code, other.json()) == (422, {"error": "idempotency_key_used_before"})


@pytest.mark.parametrize("key", ["with space", "é", "x" * 201, "a\x00b", "\ud800"])
def test_what_is_no_key_is_refused_in_plain_words(alice: Persona, key: str) -> None:
    body = b"email=ines%40example.test&role=staff&once=" + quote(key, errors="surrogatepass").encode()
    answer = alice.client.generic("POST", invite_page(alice), body, "application/x-www-form-urlencoded")

    assert answer.status_code == 400
    assert "Nothing was done" in answer.content.decode()
    assert invitations_of(alice) == []


def test_a_refusal_leaves_the_key_free(alice: Persona) -> None:
    wrong = alice.client.post(invite_page(alice), {**INES, "email": "no address", "once": "one"})
    right = alice.client.post(invite_page(alice), {**INES, "once": "one"})

    assert (wrong.status_code, right.status_code, len(invitations_of(alice))) == (422, 302, 1)


def test_what_is_told_as_a_refusal_on_the_next_page_leaves_the_key_free_too(alice: Persona) -> None:
    alice.client.post(invite_page(alice), INES)
    (invitation,) = invitations_of(alice)
    mail = f"{invite_page(alice)}{invitation.pk}/mail/"
    alice.client.post(f"{invite_page(alice)}{invitation.pk}/cancellation/")

    assert alice.client.post(mail, {"once": "one"}).status_code == 302
    assert keys_of(alice.workspace.pk) == []


def test_an_error_leaves_the_key_free(alice: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
    alice.client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("accounts.views.invitations.invite", lambda **_: 1 / 0)
        assert alice.client.post(invite_page(alice), {**INES, "once": "one"}).status_code == 500

    assert alice.client.post(invite_page(alice), {**INES, "once": "one"}).status_code == 302
    assert len(invitations_of(alice)) == 1


def test_keys_belong_to_who_uses_them(alice: Persona) -> None:
    anna = make_member("anna", alice.workspace, Role.ADMIN)
    for person, address in ((alice, "ines"), (anna, "otto")):
        sent = {"email": f"{address}@example.test", "role": "staff", "once": "alike"}
        assert person.client.post(invite_page(alice), sent).status_code == 302

    assert len(invitations_of(alice)) == 2


def test_what_belongs_to_no_workspace_is_kept_at_the_site(alice: Persona) -> None:
    before = Workspace.objects.count()
    sent = {"name": "Twice", "base_currency": "USD", "fiscal_year_start_month": "1", "once": "one"}
    answers = [alice.client.post("/workspaces/new/", sent) for _ in range(2)]

    assert answers[0].status_code == 302, answers[0].content
    assert answers[0]["Location"] == answers[1]["Location"]
    assert before == Workspace.objects.count()
    assert [bool(key.status) for key in keys_of(SITE_ID)] == [True]


# Half-way through the door nobody has signed in: the key is the session's.
def test_a_request_for_recovery_is_made_once(alice: Persona) -> None:
    browser = ScopeCheckingClient()
    user = make_person("nina")
    browser.post("/accounts/login/", {"login": user.email, "password": alice.password})
    page = browser.get("/accounts/login/second-factor/recovery/")
    (key,) = FIELD.findall(page.content.decode())
    answers = [browser.post("/accounts/login/second-factor/recovery/", {"once": key}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[1]["Idempotency-Replayed"] == "true"


# Neither key nor body nor place can be read in the table.
def test_nothing_that_was_sent_can_be_read_where_keys_are_kept(alice: Persona) -> None:
    alice.client.post(invite_page(alice), {**INES, "once": "a-key-to-find"})
    with workspace_scope(alice.workspace.pk), connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(o)::text FROM accounts_once o")
        ((row,),) = cursor.fetchall()
        (key,) = OnceKey.objects.all()
        place = key.location

    assert place == f"/w/{alice.workspace.slug}/settings/members/"
    for word in ("a-key-to-find", "ines@example.test", alice.workspace.slug):
        assert word not in row
        assert word.encode().hex() not in row
    assert str(key.object_id) in row


def test_a_password_is_no_part_of_what_is_digested(alice: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def digest(**asked: Any) -> Asked:
        seen.append(asked["values"])
        return digest_asked(**asked)

    monkeypatch.setattr("accounts.once.digest_asked", digest)
    alice.client.post("/settings/address/", {"email": "new@example.test", "password": alice.password, "once": "one"})

    assert [name for name, _ in seen[0]] == ["email"]


def test_a_key_is_known_after_the_secret_has_changed(alice: Persona, settings: Any) -> None:
    asked = digest_asked(subject="person", key="one", path="/", values=[])
    with workspace_scope(alice.workspace.pk):
        assert isinstance(claim_key(asked), UUID)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret of the tests " * 3

    later = digest_asked(subject="person", key="one", path="/", values=[])
    with workspace_scope(alice.workspace.pk), pytest.raises(UnderWay):
        claim_key(later)


def test_who_died_with_a_key_holds_it_for_two_minutes(alice: Persona) -> None:
    asked = digest_asked(subject="person", key="one", path="/", values=[])
    with workspace_scope(alice.workspace.pk):
        claim = claim_key(asked)
        with pytest.raises(UnderWay):
            claim_key(asked)
        OnceKey.objects.update(held_until=timezone.now() - timedelta(seconds=1))
        assert claim_key(asked) == claim
        with pytest.raises(UnderWay):
            claim_key(asked)
        assert OnceKey.objects.get().held_until > timezone.now() + HELD_FOR / 2


def test_a_key_is_forgotten_after_a_day(alice: Persona) -> None:
    alice.client.post(invite_page(alice), {**INES, "once": "one"})
    with workspace_scope(alice.workspace.pk):
        assert forget_old_keys() == 0
        left = OnceKey.objects.get().expires_at - timezone.now()
        assert KEPT_FOR - timedelta(hours=1) < left <= KEPT_FOR
        OnceKey.objects.update(expires_at=timezone.now())
    # Also before the clock comes round.
    again = alice.client.post(invite_page(alice), {"email": "otto@example.test", "role": "staff", "once": "one"})

    assert (again.status_code, len(invitations_of(alice)), len(keys_of(alice.workspace.pk))) == (302, 2, 1)


@pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])
def test_the_clock_forgets_old_keys_in_every_workspace_and_the_sites(alice: Persona, queue: Any) -> None:
    asked = digest_asked(subject=str(alice.user.pk), key="one", path="/", values=[])
    for place in (alice.workspace.pk, SITE_ID):
        with workspace_scope(place):
            claim_key(asked)
            OnceKey.objects.filter(key_digest=asked.keys[0]).update(expires_at=timezone.now())
    assert {alice.workspace.pk, SITE_ID} <= set(once_keys.find_old_keys())

    find_old_once_keys()
    assert {("accounts.forget_once_keys", (str(one),)) for one in (alice.workspace.pk, SITE_ID)} <= {
        (name, tuple(ids)) for name, ids in queue.discard()
    }
    for place in (alice.workspace.pk, SITE_ID):
        forget_once_keys(str(place))

    assert not {alice.workspace.pk, SITE_ID} & set(once_keys.find_old_keys())


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_invite_once(alice: Persona) -> None:
    def click() -> Any:
        browser = ScopeCheckingClient()
        browser.cookies = SimpleCookie(alice.client.cookies)
        return browser.post(invite_page(alice), {**INES, "once": "one"})

    answers = side_by_side(click)

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["X-Object-Id"] == answers[1]["X-Object-Id"]
    assert len(invitations_of(alice)) == 1
    with workspace_scope(alice.workspace.pk):
        assert Mail.objects.filter(kind="invitation").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_second_of_two_waits_for_the_first_and_gets_its_answer(alice: Persona) -> None:
    def click() -> Any:
        return alice.client.post(invite_page(alice), {**INES, "once": "one"})

    # The first is still in its transaction when the second arrives.
    answer = behind(click, click)

    assert (answer.status_code, answer.headers.get("Idempotency-Replayed")) == (302, "true")
    assert len(invitations_of(alice)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_first_that_takes_too_long_is_named_and_nothing_is_done_twice(
    alice: Persona, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once_keys, "PATIENCE_SECONDS", 0.05)
    asked = digest_asked(
        subject=f"person {alice.user.pk}",
        key="one",
        path=invite_page(alice),
        values=[(name, [value]) for name, value in INES.items()],
    )

    def click() -> Any:
        try:
            return alice.client.post(invite_page(alice), {**INES, "once": "one"})
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads, workspace_scope(alice.workspace.pk):
        claim_key(asked)
        answer = threads.submit(click).result(120)

    assert answer.status_code == 409
    assert int(answer["Retry-After"]) > 0
    assert 'name="once" value="one"' in answer.content.decode()
    assert invitations_of(alice) == []


def test_who_is_sent_to_prove_who_they_are_has_not_used_up_the_key(alice: Persona) -> None:
    browser = ScopeCheckingClient()
    browser.force_login(alice.user)
    answer = browser.post(invite_page(alice), {**INES, "once": "one"})

    assert answer.status_code == 302
    assert keys_of(alice.workspace.pk) == []
