"""A person's own name and time zone."""

import pytest

from accounts.access import workspace_scope
from accounts.actions import UnknownTimeZone, update_profile
from accounts.models import User
from accounts.time_zones import find_zone, grouped_time_zones, time_zones
from audit.log import open_detail
from audit.models import Event
from tests.support.client import ScopeCheckingClient
from tests.support.people import PASSWORD, Persona
from vault.tenancy import SITE_ID

pytestmark = pytest.mark.django_db
PAGE = "/settings/profile/"


def test_the_page_shows_what_is_kept(alice: Persona) -> None:
    page = alice.client.get(PAGE).content.decode()
    assert 'value="Alice"' in page
    assert '<option value="UTC" selected>' in page


def test_a_person_changes_name_and_time_zone(alice: Persona) -> None:
    answer = alice.client.post(PAGE, {"display_name": "Alice Ng", "time_zone": "Europe/Berlin"}, follow=True)

    assert "Your profile is saved." in answer.content.decode()
    user = User.objects.get(pk=alice.user.pk)
    assert (user.shown_name, user.time_zone) == ("Alice Ng", "Europe/Berlin")


def test_the_record_says_what_was_changed_and_keeps_no_name(alice: Persona) -> None:
    alice.client.post(PAGE, {"display_name": "Alice Ng", "time_zone": "UTC"})
    alice.client.post(PAGE, {"display_name": "Alice Ng", "time_zone": "UTC"})

    with workspace_scope(SITE_ID):
        (event,) = Event.objects.filter(action="accounts.user.changed", actor_id=alice.user.pk)
        assert open_detail(event) == {"fields": ["display_name"]}


def test_who_gives_no_name_is_shown_by_their_address(alice: Persona) -> None:
    alice.client.post(PAGE, {"display_name": "", "time_zone": "UTC"})
    assert User.objects.get(pk=alice.user.pk).shown_name == alice.user.email


def test_a_time_zone_that_does_not_exist_is_refused(alice: Persona) -> None:
    answer = alice.client.post(PAGE, {"display_name": "Alice", "time_zone": "Mars/Olympus"})
    assert answer.status_code == 422
    with pytest.raises(UnknownTimeZone):
        update_profile(actor=alice.actor, user=alice.user, display_name="Alice", time_zone="Mars/Olympus")
    assert User.objects.get(pk=alice.user.pk).time_zone == "UTC"


@pytest.mark.parametrize(("told", "kept"), [("Asia/Tokyo", "Asia/Tokyo"), ("Mars/Olympus", "UTC"), ("", "UTC")])
def test_signing_up_takes_the_browsers_time_zone(client: ScopeCheckingClient, told: str, kept: str) -> None:
    email = f"zone-{kept.lower().replace('/', '-')}-{len(told)}@example.test"
    sent = {"email": email, "password1": PASSWORD, "password2": PASSWORD, "time_zone": told}

    assert client.post("/accounts/signup/", sent).status_code == 302
    assert User.objects.get(email=email).time_zone == kept


def test_every_zone_that_is_offered_exists() -> None:
    offered = [name for _, places in grouped_time_zones() for name, _ in places]

    assert offered == list(time_zones())
    assert len(offered) > 300
    assert all(str(find_zone(name)) == name for name in offered)
    assert str(find_zone("Mars/Olympus")) == "UTC"
