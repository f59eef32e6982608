"""A wrong method and too many tries are answered with a page of the product."""

from typing import Any, cast

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import ResolverMatch
from redis.exceptions import RedisError

from config.middleware.limits import Limits
from config.middleware.refusals import draw_refusal, draw_refusals
from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona

pytestmark = pytest.mark.django_db


def test_a_wrong_method_gets_a_page_that_says_what_to_do(alice: Persona) -> None:
    answer = alice.client.post(f"/w/{alice.workspace.slug}/settings/members/")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert "use its button" in answer.content.decode()
    assert int(answer.headers["Content-Length"]) == len(answer.content)


@pytest.mark.parametrize("header", [{"HX-Request": "true"}, {"Accept": "application/json"}])
def test_a_fragment_or_data_gets_no_page(alice: Persona, header: dict[str, str]) -> None:
    answer = alice.client.post("/workspaces/", headers={**header, "X-Requested-With": "XMLHttpRequest"})

    assert answer.status_code == 405
    assert answer.content == b""


# R67
def test_too_many_tries_get_a_page_that_says_when_to_try_again(client: ScopeCheckingClient) -> None:
    answers = [client.post("/accounts/signup/", {}) for _ in range(21)]

    assert {answer.status_code for answer in answers[:20]} == {200}
    assert answers[20].status_code == 429
    assert 3000 < int(answers[20].headers["Retry-After"]) <= 3600
    assert "You can try again in 60 minutes." in answers[20].content.decode()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "in a second"),
        (40, "in 40 seconds"),
        (55, "in a minute"),
        (61, "in 2 minutes"),
        (900, "in 15 minutes"),
        (7200, "in 2 hours"),
        (172_800, "in 2 days"),
    ],
)
def test_the_page_and_the_header_say_the_same(seconds: int, words: str) -> None:
    def refuse(request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=429, headers={"Retry-After": str(seconds)})

    answer = draw_refusals(refuse)(RequestFactory().post("/"))

    assert answer.headers["Retry-After"] == str(seconds)
    assert f"You can try again {words}." in answer.content.decode()


def refused_by(view: Any, method: str = "post", **headers: str) -> str:
    """What is answered where a view finds Redis away."""
    request = getattr(RequestFactory(), method)("/", headers=headers)
    request.resolver_match = ResolverMatch(view, (), {})
    answer = Limits(lambda request: HttpResponse()).process_exception(request, RedisError())
    assert answer is not None
    draw_refusal(request, answer)
    assert answer.status_code == 503
    return answer.content.decode()


def view(request: HttpRequest) -> HttpResponse:
    raise RedisError


@transaction.non_atomic_requests
def outside(request: HttpRequest) -> HttpResponse:
    raise RedisError


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
def test_that_nothing_was_changed_is_said_where_it_is_so(headers: dict[str, str]) -> None:
    known, unknown = refused_by(view, **headers), refused_by(outside, **headers)

    assert "Nothing was changed." in known
    assert "may or may not" not in known
    assert "It may or may not have been carried out: look before you send it again." in unknown
    assert "Nothing was changed." not in unknown
    assert "Nothing was changed." in refused_by(outside, "get", **headers)


def test_what_was_refused_before_it_began_has_changed_nothing(rf: RequestFactory) -> None:
    request = rf.post("/accounts/password/", {"email": "ann@example.test"})
    request.resolver_match = ResolverMatch(outside, (), {}, url_name="account_reset_password")
    cast(Any, request).counts, request.user = [], AnonymousUser()

    def away(*args: object) -> None:
        raise RedisError

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("config.middleware.limits.count_request", away)
        answer = Limits(lambda request: HttpResponse()).process_view(request, outside, (), {})
    assert answer is not None
    draw_refusal(request, answer)

    assert "Nothing was changed." in answer.content.decode()
