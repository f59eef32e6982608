"""Alerts across the site, on the operators' pages."""

from typing import Any
from uuid import uuid4

import pytest

from accounts.access import workspace_scope
from audit.log import Target, record
from tests.support.people import SETUP, Persona
from tests.trust.alerts.records import alerts_in, catch_up, follow
from tests.trust.operators.people import ALIASES, make_operator
from vault.tenancy import SITE_ID

# The worker of other tests in this process must not send what is counted here.
pytestmark = [pytest.mark.django_db(transaction=True, databases=ALIASES), pytest.mark.usefixtures("queue")]
PAGE = "/operators/alert/"


@pytest.fixture
def olive(alice: Persona, settings: Any) -> Persona:
    catch_up()
    catch_up(alice.workspace.pk)
    return make_operator(settings, alice)


def test_an_alert_of_the_site_is_listed_and_none_of_a_workspace(alice: Persona, olive: Persona) -> None:
    subject = uuid4()
    with workspace_scope(SITE_ID):
        record(actor=SETUP, action="accounts.person_key.destroyed", target=Target("user", subject))
    with workspace_scope(alice.workspace.pk):
        record(actor=SETUP, action="integrations.connection.created", target=Target("connection", uuid4()))
    follow(alice.workspace.pk)
    assert alerts_in(alice.workspace.pk)

    page = olive.client.get(PAGE).content.decode()

    assert "The key of a person was destroyed" in page
    assert "find out who ran the command" in page
    assert "A bank or books were connected" not in page


def test_an_operator_acknowledges_it(alice: Persona, olive: Persona) -> None:
    with workspace_scope(SITE_ID):
        record(actor=SETUP, action="accounts.person_key.destroyed", target=Target("user", uuid4()))
    follow()
    alert = alerts_in(SITE_ID, "person_key_destroyed")[-1]

    answer = olive.client.post(PAGE, {"action": "acknowledge", "_selected_action": str(alert.pk)}, follow=True)

    assert "The key of a person was destroyed: acknowledged." in answer.content.decode()
    acknowledged = next(one for one in alerts_in(SITE_ID) if one.pk == alert.pk)
    assert (acknowledged.state, acknowledged.acknowledged_by_id) == ("acknowledged", olive.user.pk)


def test_nobody_else_finds_the_page(alice: Persona) -> None:
    assert alice.client.get(PAGE).status_code == 404
