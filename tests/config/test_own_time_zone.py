"""Times go by the clock of the person who looks; dates of a bank stay."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import User
from config.middleware.time_zone import use_own_time_zone
from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona


def zone_during(user: Any) -> str:
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(timezone.get_current_timezone_name())
        return HttpResponse()

    request = RequestFactory().get("/")
    request.user = user
    use_own_time_zone(view)(request)
    return seen[0]


@pytest.mark.parametrize(("kept", "used"), [("Asia/Kolkata", "Asia/Kolkata"), ("Mars/Olympus", "UTC")])
def test_a_signed_in_persons_zone_is_in_force_for_their_request_only(kept: str, used: str) -> None:
    assert zone_during(User(time_zone=kept)) == used
    assert timezone.get_current_timezone_name() == "UTC"


@pytest.mark.django_db
def test_the_day_on_a_page_is_the_day_where_the_person_is(alice: Persona, client: ScopeCheckingClient) -> None:
    moment = timezone.now().replace(year=2026, month=3, day=4, hour=23, minute=30)
    User.objects.filter(pk=alice.user.pk).update(last_login=moment, time_zone="Asia/Tokyo")
    page = f"/w/{alice.workspace.slug}/settings/members/"

    assert "5 Mar 2026" in alice.client.get(page).content.decode()
    User.objects.filter(pk=alice.user.pk).update(time_zone="America/New_York")
    assert "4 Mar 2026" in alice.client.get(page).content.decode()
