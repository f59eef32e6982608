"""Ways back from Zoho that are not good: each is refused and on record, and nothing leaves. R49; ruling 4.

Everything that this process connects to is recorded meanwhile; the way back that is good shows that the recording hears.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.models import Membership
from accounts.permissions import Role
from integrations.models import GrantVisit
from integrations.queues import FINISH_GRANT
from tests.integrations.linked import TaskQueue
from tests.integrations.support import Sandbox, raw_server
from tests.integrations.zoho.visits import changed, come_back, connections_of, leave_for_zoho, refusals_of, visit_of
from tests.support.people import Persona, make_member, sign_in
from tests.support.traffic import recorded_traffic

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])


@pytest.fixture
def way_back(alice: Persona, zoho: Sandbox) -> str:
    """The good way back of alice's, not yet taken."""
    return come_back(leave_for_zoho(alice))


@pytest.fixture
def stranger() -> Iterator[str]:
    """Somebody's own server that listens for codes and secrets."""
    with raw_server(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")) as origin:
        yield origin


def refuse(persona: Persona, queue: TaskQueue, address: str) -> str:
    """Take a way back that is refused: nothing leaves, nothing is asked of the worker, nothing is connected."""
    with recorded_traffic() as traffic:
        answer = persona.client.get(address)
        assert queue.work() == []
    assert traffic.is_silent
    assert answer.status_code == 400
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    page = answer.content.decode()
    assert "Nothing was connected" in page
    return page


# The positive control of all the others: the recording hears what leaves, by name and by number.
def test_the_good_way_back_is_heard_leaving(alice: Persona, zoho: Sandbox, queue: TaskQueue, way_back: str) -> None:
    with recorded_traffic() as traffic:
        assert alice.client.get(way_back).status_code == 302
    assert traffic.is_silent
    with recorded_traffic() as traffic:
        assert queue.work(1) == [FINISH_GRANT]
    place = urlsplit(zoho.url)
    assert set(traffic.reached) == {(place.hostname, place.port)}
    assert traffic.resolved == [place.hostname] * len(traffic.resolved) != []
    assert len(connections_of(alice)) == 1


@pytest.mark.parametrize("address", ["https://accounts.zoho.evil.test", "https://accounts.zoho.com.evil.test"])
def test_a_strangers_accounts_server(
    address: str, alice: Persona, zoho: Sandbox, queue: TaskQueue, way_back: str
) -> None:
    page = refuse(alice, queue, changed(way_back, accounts_server=address))
    assert "names an address that is not one of Zoho’s" in page
    assert refusals_of(alice) == ["zoho_place"]
    # It was good once: the true way back is worth nothing any more.
    refuse(alice, queue, way_back)
    assert visit_of(alice).state == "refused"


def test_a_strangers_accounts_server_that_listens_hears_nothing(
    stranger: str, alice: Persona, zoho: Sandbox, queue: TaskQueue, way_back: str
) -> None:
    refuse(alice, queue, changed(way_back, accounts_server=stranger))
    refuse(alice, queue, changed(come_back(leave_for_zoho(alice)), accounts_server=f"{zoho.url}@{stranger[7:]}"))


@pytest.mark.parametrize("location", ["xx", "US", "us.evil.test", "../us"])
def test_a_place_that_is_not_in_the_table(
    location: str, alice: Persona, zoho: Sandbox, queue: TaskQueue, way_back: str
) -> None:
    refuse(alice, queue, changed(way_back, location=location))
    assert refusals_of(alice) == ["zoho_place"]


@pytest.mark.parametrize("location", ["eu", "none"])
def test_another_place_of_the_table_or_none_is_good(
    location: str, alice: Persona, zoho: Sandbox, queue: TaskQueue
) -> None:
    assert alice.client.get(come_back(leave_for_zoho(alice), location=location)).status_code == 302
    queue.work(1)
    assert visit_of(alice).state == "connected"


@pytest.mark.parametrize("state", ["", "x", "A" * 43, "A" * 5000])
def test_a_wrong_state(state: str, alice: Persona, zoho: Sandbox, queue: TaskQueue, way_back: str) -> None:
    page = refuse(alice, queue, changed(way_back, state=state))
    assert "not known here" in page
    assert refusals_of(alice, at_site=True) == ["zoho_unknown"]
    assert visit_of(alice).state == "open"


def test_a_state_that_is_too_old(alice: Persona, zoho: Sandbox, queue: TaskQueue, way_back: str) -> None:
    with workspace_scope(alice.workspace.pk):
        GrantVisit.objects.update(expires_at=timezone.now())
    page = refuse(alice, queue, way_back)
    assert "open for more than ten minutes" in page
    assert refusals_of(alice) == ["zoho_expired"]
    assert visit_of(alice).state == "expired"


def test_a_state_that_was_used(alice: Persona, zoho: Sandbox, queue: TaskQueue, way_back: str) -> None:
    assert alice.client.get(way_back).status_code == 302
    # Before the worker has been there, and after.
    waiting = queue.discard()
    assert "was used before" in refuse(alice, queue, way_back)
    assert refusals_of(alice) == ["zoho_used"]
    for name, ids in waiting:
        queue.run(name, *ids)
    queue.discard()
    assert "was used before" in refuse(alice, queue, way_back)
    assert refusals_of(alice, at_site=True) == ["zoho_unknown"]
    assert len(connections_of(alice)) == 1


def test_a_strangers_state(alice: Persona, mallory: Persona, zoho: Sandbox, queue: TaskQueue, way_back: str) -> None:
    page = refuse(mallory, queue, way_back)
    # Nobody learns whose it is.
    assert "not known here" in page
    assert refusals_of(mallory, at_site=True) == ["zoho_another_person"]
    assert refusals_of(alice) == refusals_of(mallory) == []
    assert visit_of(alice).state == "open"
    assert alice.client.get(way_back).status_code == 302


def test_a_colleagues_state(alice: Persona, zoho: Sandbox, queue: TaskQueue, way_back: str) -> None:
    ada = make_member("ada", alice.workspace, Role.ADMIN)
    assert "not known here" in refuse(ada, queue, way_back)
    assert refusals_of(ada) == ["zoho_another_person"]
    assert visit_of(alice).state == "open"


def test_a_strangers_code_with_ones_own_state_needs_the_verifier(
    alice: Persona, mallory: Persona, zoho: Sandbox, queue: TaskQueue, way_back: str
) -> None:
    theirs = come_back(leave_for_zoho(mallory))
    code = theirs.partition("code=")[2].partition("&")[0]
    assert alice.client.get(changed(way_back, code=code)).status_code == 302
    assert queue.work(1) == [FINISH_GRANT]
    assert visit_of(alice).end == "spent"
    assert connections_of(alice) == []


def test_a_session_whose_key_was_renewed_meanwhile_is_the_one_it_was(
    alice: Persona, zoho: Sandbox, queue: TaskQueue, way_back: str
) -> None:
    # As when the person confirms something else in a second tab.
    session = alice.client.session
    before = session.session_key
    session.cycle_key()
    assert session.session_key not in (None, before)
    alice.client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    assert alice.client.get(way_back).status_code == 302
    assert queue.work(1) == [FINISH_GRANT]
    assert len(connections_of(alice)) == 1


def test_the_same_person_in_another_session(alice: Persona, zoho: Sandbox, queue: TaskQueue, way_back: str) -> None:
    elsewhere = Persona(alice.user, alice.workspace, sign_in(alice.user))
    page = refuse(elsewhere, queue, way_back)
    assert "in another session" in page
    assert refusals_of(alice) == ["zoho_another_session"]
    assert alice.client.get(way_back).status_code == 302


def test_a_person_who_may_no_longer_connect(alice: Persona, zoho: Sandbox, queue: TaskQueue, way_back: str) -> None:
    with workspace_scope(alice.workspace.pk):
        Membership.objects.filter(user=alice.user).update(role=Role.AUDITOR)
    refuse(alice, queue, way_back)
    assert refusals_of(alice) == ["zoho_not_allowed"]


@pytest.mark.parametrize("code", ["", "short", "1000." + "a" * 500, "1000.aa bb cc dd", "1000.ääääääää"])
def test_a_code_that_is_none(code: str, alice: Persona, zoho: Sandbox, queue: TaskQueue, way_back: str) -> None:
    refuse(alice, queue, changed(way_back, code=code))
    assert refusals_of(alice) == ["zoho_code"]


def test_nobody_who_is_not_signed_in(zoho: Sandbox, way_back: str, queue: TaskQueue, client: object) -> None:
    from tests.support.client import ScopeCheckingClient

    with recorded_traffic() as traffic:
        answer = ScopeCheckingClient().get(way_back)
    assert answer["Location"].startswith("/accounts/login/")
    assert queue.work() == []
    assert traffic.is_silent


def test_a_way_back_is_only_looked_at(alice: Persona, zoho: Sandbox, way_back: str) -> None:
    assert alice.client.post(way_back).status_code == 405
    assert visit_of(alice).state == "open"
