"""Every call that leaves is counted for its workspace, and so is every call that was not let out. R82."""

import pytest

from accounts.access import workspace_scope
from config.outbound import Call, OutboundRefused, OutboundSession
from integrations.calls import count_call
from integrations.gateway import plaid_for
from integrations.providers.plaid import allow_plaid
from integrations.providers.plaid_errors import RequestRejected
from integrations.providers.secret import Secret
from integrations.reports.calls import CallsMade, read_calls
from tests.integrations.support import Sandbox
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)


def made(persona: Persona) -> CallsMade:
    with workspace_scope(persona.workspace.pk):
        return read_calls()


def test_calls_are_counted_for_the_workspace_they_were_made_for(
    alice: Persona, mallory: Persona, harbor: Sandbox
) -> None:
    with plaid_for(alice.workspace.pk) as client:
        for _ in range(3):
            with pytest.raises(RequestRejected):
                client.get_link(Secret("link-unknown"))
    assert [(one.endpoint, one.calls) for one in made(alice).endpoints] == [("/link/token/get", 3)]
    assert made(mallory).endpoints == ()


def test_a_call_that_is_not_on_the_list_is_stopped_and_counted(alice: Persona, harbor: Sandbox) -> None:
    def on_call(call: Call) -> None:
        count_call(alice.workspace.pk, "plaid", call)

    with OutboundSession(allow_plaid(harbor.url, production=False), on_call) as session:
        with pytest.raises(OutboundRefused):
            session.post_json(f"{harbor.url}/transfer/create", b"{}", {})
        # The same session lets out what is on the list.
        assert session.post_json(f"{harbor.url}/item/get", b"{}", {}).status == 400
    counts = {one.endpoint: (one.calls, one.writes, one.refused) for one in made(alice).endpoints}
    assert counts == {"/transfer/create": (0, 0, 1), "/item/get": (1, 0, 0)}


def test_a_call_that_would_write_is_counted_as_such(alice: Persona) -> None:
    wrote = Call(host="bank.test", method="POST", path="/transfer/create", status=200, wrote=True, refused=False)
    count_call(alice.workspace.pk, "plaid", wrote)
    assert (made(alice).calls, made(alice).writes) == (1, 1)
