"""Deeds that ask for a fresh proof of a second factor. R33, C7."""

import re
import time
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.actions import open_review
from accounts.actions.factors import make_backup_codes
from accounts.models import AccessReview, TotpDevice
from accounts.second_factor import FactorKind, Proof, write_proof
from accounts.step_up import BY_PASSWORD, STEP_UP, Deed
from tests.accounts.test_second_factor import CONFIRM, FACTORS, enrol_email, give_password
from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona, code_of, make_person, sign_in
from tests.support.routes import list_routes

pytestmark = pytest.mark.django_db


def age_proof(client: ScopeCheckingClient, minutes: int, kind: FactorKind = FactorKind.TOTP) -> None:
    session = client.session
    write_proof(session, Proof(kind, "of-a-test", int(time.time()) - int(timedelta(minutes=minutes).total_seconds())))
    session.save()


def test_a_proof_is_good_for_as_long_as_the_table_says(alice: Persona) -> None:
    minutes = STEP_UP[Deed.FACTORS].minutes
    age_proof(alice.client, minutes - 1)
    assert alice.client.post(f"{FACTORS}apps/").headers["Location"].startswith(f"{FACTORS}apps/")

    age_proof(alice.client, minutes)
    assert alice.client.post(f"{FACTORS}apps/").headers["Location"].startswith(CONFIRM)


def test_a_page_leads_to_the_confirmation_and_back(alice: Persona) -> None:
    age_proof(alice.client, 60)
    wanted = f"{FACTORS}{TotpDevice.objects.get(user=alice.user).pk}/removal/"
    answer = alice.client.get(wanted)
    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert asked == {"deed": ["factors"], "next": [wanted]}
    page = alice.client.get(answer.headers["Location"]).content.decode()
    assert Deed.FACTORS.value in page

    before = alice.client.session.session_key
    done = alice.client.post(CONFIRM, {"token": code_of(alice.user), "next": wanted})

    assert done.headers["Location"] == wanted
    assert alice.client.session.session_key != before
    assert alice.client.get(wanted).status_code == 200


def test_a_form_comes_back_to_the_page_it_stood_on(alice: Persona) -> None:
    age_proof(alice.client, 60)
    answer = alice.client.post(f"{FACTORS}apps/", headers={"Referer": f"http://testserver{FACTORS}?a=1"})
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["next"] == [f"{FACTORS}?a=1"]


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.test/", "//evil.test/", "javascript:alert(1)", "http://testserver.evil.test/x"]
)
def test_next_leads_to_no_other_host(alice: Persona, elsewhere: str) -> None:
    answer = alice.client.post(CONFIRM, {"token": code_of(alice.user), "next": elsewhere})
    assert answer.headers["Location"] == "/"


# A path with two slashes would name a host.
@pytest.mark.parametrize("slashes", ["//", "///", "/\\"])
def test_next_on_this_host_does_not_turn_into_another(alice: Persona, slashes: str) -> None:
    answer = alice.client.post(
        CONFIRM, {"token": code_of(alice.user), "next": f"http://testserver{slashes}evil.test/a?b=1"}
    )
    assert answer.headers["Location"] == "/evil.test/a?b=1"


@pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {"Accept": "application/json"}])
def test_a_fragment_is_refused_and_told_where_to_go(alice: Persona, headers: dict[str, str]) -> None:
    age_proof(alice.client, 60)
    answer = alice.client.post(f"{FACTORS}apps/", headers={**headers, "X-Requested-With": "XMLHttpRequest"})

    assert answer.status_code == 403
    assert answer.headers["HX-Redirect"].startswith(CONFIRM)
    assert CONFIRM in answer.content.decode()


# C7
def test_a_code_by_mail_satisfies_no_deed() -> None:
    assert all(FactorKind.EMAIL not in needed.kinds for needed in STEP_UP.values())
    assert set(STEP_UP) == set(Deed)
    assert all(0 < needed.minutes <= 30 for needed in STEP_UP.values())


def test_who_proved_by_mail_is_asked_for_more(alice: Persona) -> None:
    client = sign_in(alice.user, FactorKind.EMAIL)
    assert client.post(f"{FACTORS}apps/").headers["Location"].startswith(CONFIRM)


def test_a_backup_code_replaces_what_was_lost_and_does_nothing_else(alice: Persona) -> None:
    codes = make_backup_codes(actor=alice.actor, user=alice.user)
    age_proof(alice.client, 60)
    alice.client.post(CONFIRM, {"token": codes[0], "kind": "backup", "next": FACTORS})

    assert alice.client.post(f"{FACTORS}apps/").headers["Location"].startswith(f"{FACTORS}apps/")
    answer = alice.client.post(f"/w/{alice.workspace.slug}/connections/link/")
    assert answer.headers["Location"].startswith(CONFIRM)


def test_a_wrong_code_confirms_nothing(alice: Persona) -> None:
    age_proof(alice.client, 60)
    answer = alice.client.post(CONFIRM, {"token": f"{(int(code_of(alice.user)) + 1) % 1_000_000:06}"})

    assert answer.status_code == 422
    assert alice.client.post(f"{FACTORS}apps/").headers["Location"].startswith(CONFIRM)


def test_the_first_factor_takes_the_password_and_no_more() -> None:
    user = make_person("carol", has_factor=False)
    client = sign_in(user, None)
    assert client.post(f"{FACTORS}apps/").headers["Location"].startswith(CONFIRM)
    assert 'name="password"' in client.get(CONFIRM).content.decode()

    assert client.post(CONFIRM, {"password": "not the password"}).status_code == 422
    assert client.post(CONFIRM, {"password": "a long enough passphrase"}).status_code == 302

    assert client.post(f"{FACTORS}apps/").headers["Location"].startswith(f"{FACTORS}apps/")


def test_the_password_is_no_proof_for_who_has_a_factor(alice: Persona) -> None:
    client = sign_in(alice.user, None)
    client.post(CONFIRM, {"password": alice.password})
    assert client.post(f"{FACTORS}apps/").headers["Location"].startswith(CONFIRM)


def test_who_has_only_mail_is_told_to_get_something_stronger() -> None:
    user = make_person("carol", has_factor=False)
    enrol_email(user)
    client = ScopeCheckingClient()
    give_password(client, user)
    page = client.get(f"{CONFIRM}?deed=connect")
    assert page.status_code == 302
    client = sign_in(user, FactorKind.EMAIL)

    words = client.get(f"{CONFIRM}?deed=connect").content.decode()

    assert "you have neither yet" in words
    assert FACTORS in words


def test_after_a_wrong_code_another_factor_still_leads_to_where_one_was_going(alice: Persona) -> None:
    codes = make_backup_codes(actor=alice.actor, user=alice.user)
    age_proof(alice.client, 60)
    wanted = f"{FACTORS}?a=1&b=2"
    code = f"{(int(code_of(alice.user)) + 1) % 1_000_000:06}"
    page = alice.client.post(CONFIRM, {"token": code, "next": wanted, "deed": "factors"}).content.decode()
    assert f"{Deed.FACTORS.value}: this needs a fresh proof" in page

    others = [unescape(link) for link in re.findall(r'href="([^"]*kind=backup[^"]*)"', page)]

    assert [parse_qs(urlsplit(link).query) for link in others] == [
        {"kind": ["backup"], "next": [wanted], "deed": ["factors"]}
    ]
    form = alice.client.get(others[0]).content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="(kind|next|deed)" value="([^"]*)"', form))
    assert {name: unescape(value) for name, value in sent.items()} == {
        "kind": "backup", "next": wanted, "deed": "factors",
    }  # fmt: skip
    done = alice.client.post(CONFIRM, {"token": codes[0], "kind": "backup", "next": wanted})
    assert done.headers["Location"] == wanted


# What is typed into them would be lost if the proof was asked for only as it is sent.
@pytest.mark.parametrize("page", ["operator-access/", "recoveries/", "access-reviews/{review}/"])
def test_a_page_with_words_to_write_asks_before_they_are_written(alice: Persona, page: str) -> None:
    with workspace_scope(alice.workspace.pk):
        review = open_review(actor=alice.actor)
    address = f"/w/{alice.workspace.slug}/settings/{page.format(review=review.pk)}"
    assert alice.client.get(address).status_code == 200
    age_proof(alice.client, 60)

    asked = alice.client.get(address).headers["Location"]

    assert asked.startswith(CONFIRM)
    assert parse_qs(urlsplit(asked).query)["next"] == [address]


def test_who_only_reads_a_review_is_asked_for_nothing(alice: Persona, bob: Persona) -> None:
    with workspace_scope(alice.workspace.pk):
        review = open_review(actor=alice.actor)
    address = f"/w/{alice.workspace.slug}/settings/access-reviews/{review.pk}/"
    for person in (alice, bob):
        age_proof(person.client, 60)
    assert bob.client.get(address).status_code == 200
    assert alice.client.get(address).status_code == 302
    with workspace_scope(alice.workspace.pk):
        AccessReview.objects.update(completed_at=timezone.now(), completed_by=alice.user, due_at=None)

    assert alice.client.get(address).status_code == 200


# A password is enough for deeds on oneself alone.
def test_nothing_in_a_workspace_is_done_by_password() -> None:
    in_workspaces = {
        route.access.step_up for route in list_routes() if route.access and route.access.kind == "requires"
    } - {None}

    assert Deed.INVITE in in_workspaces
    assert not in_workspaces & BY_PASSWORD


def test_the_table_is_shown(alice: Persona) -> None:
    page = alice.client.get(CONFIRM).content.decode()
    assert all(deed.value in page for deed in Deed)
