"""What a script changes says that a script of ours changes it. R56, C13."""

import re

import pytest
from django.conf import settings

from accounts.models import User
from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona

pytestmark = pytest.mark.django_db

PAGE = "/settings/profile/"
CHANGE = {"display_name": "Alice Ng", "time_zone": "UTC"}
OURS = {"X-Requested-With": "XMLHttpRequest"}
SCRIPTS = [{"HX-Request": "true"}, {"Accept": "application/json"}, {"Sec-Fetch-Mode": "cors"}]


def name_of(person: Persona) -> str:
    return User.objects.get(pk=person.user.pk).shown_name


@pytest.mark.parametrize("header", SCRIPTS)
def test_a_script_that_does_not_say_so_changes_nothing(alice: Persona, header: dict[str, str]) -> None:
    assert alice.client.post(PAGE, CHANGE, headers=header).status_code == 403
    assert name_of(alice) == "Alice"

    assert alice.client.post(PAGE, CHANGE, headers={**header, **OURS}).status_code == 302
    assert name_of(alice) == "Alice Ng"


def test_json_needs_it_too(alice: Persona) -> None:
    sent = alice.client.post(PAGE, "{}", content_type="application/json")
    assert sent.status_code == 403


def test_a_form_of_a_page_does_not_need_it(alice: Persona) -> None:
    assert alice.client.post(PAGE, CHANGE, headers={"Sec-Fetch-Mode": "navigate"}).status_code == 302


@pytest.mark.parametrize("header", SCRIPTS)
def test_looking_does_not_need_it(alice: Persona, header: dict[str, str]) -> None:
    assert alice.client.get(PAGE, headers=header).status_code == 200


def test_it_stands_beside_the_form_token_and_not_in_its_place(alice: Persona) -> None:
    strict = ScopeCheckingClient(enforce_csrf_checks=True)
    strict.cookies[settings.SESSION_COOKIE_NAME] = alice.client.cookies[settings.SESSION_COOKIE_NAME].value
    assert strict.post(PAGE, CHANGE, headers={"HX-Request": "true", **OURS}).status_code == 403

    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', strict.get(PAGE).content.decode())
    assert token is not None
    sent = {**CHANGE, "csrfmiddlewaretoken": token[1]}
    assert strict.post(PAGE, sent, headers={"HX-Request": "true", **OURS}).status_code == 302


def test_every_page_tells_htmx_to_send_it(alice: Persona) -> None:
    for page in (PAGE, f"/w/{alice.workspace.slug}/"):
        assert """hx-headers='{"X-Requested-With": "XMLHttpRequest"}'""" in alice.client.get(page).content.decode()


def test_a_webhook_is_no_browser(client: ScopeCheckingClient) -> None:
    answer = client.post("/webhooks/plaid/", "{}", content_type="application/json")
    assert "X-Requested-With" not in answer.content.decode()
