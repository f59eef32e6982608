"""Settings, Workspace: its name and fiscal year; its currency stays."""

import pytest

from accounts.access import workspace_scope
from accounts.models import Workspace
from audit.log import open_detail
from audit.models import Event
from tests.support.people import Persona

pytestmark = pytest.mark.django_db


def address(person: Persona) -> str:
    return f"/w/{person.workspace.slug}/settings/workspace/"


def test_name_and_fiscal_year_are_changed_and_recorded(alice: Persona) -> None:
    data = {"name": "Birch Works", "fiscal_year_start_month": "7", "base_currency": "JPY", "slug": "mine"}
    assert alice.client.post(address(alice), data).status_code == 302
    with workspace_scope(alice.workspace.pk):
        now = Workspace.objects.get()
        assert (now.name, now.fiscal_year_start_month) == ("Birch Works", 7)
        assert (now.base_currency, now.slug) == ("USD", alice.workspace.slug)
        told = open_detail(Event.objects.get(action="accounts.workspace.changed"))

    assert told["after"] == {"name": "Birch Works", "fiscal_year_start_month": 7}
    assert "Birch Works" in alice.client.get(address(alice)).content.decode()


def test_what_did_not_change_is_not_recorded(alice: Persona) -> None:
    with workspace_scope(alice.workspace.pk):
        name = Workspace.objects.get().name
    alice.client.post(address(alice), {"name": name, "fiscal_year_start_month": "1"})

    with workspace_scope(alice.workspace.pk):
        assert not Event.objects.filter(action="accounts.workspace.changed").exists()


@pytest.mark.parametrize("wrong", [{"name": ""}, {"fiscal_year_start_month": "13"}])
def test_what_cannot_be_is_asked_for_again(alice: Persona, wrong: dict[str, str]) -> None:
    answer = alice.client.post(address(alice), {"name": "Birch", "fiscal_year_start_month": "7", **wrong})

    assert answer.status_code == 422
