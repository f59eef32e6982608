"""Settings › Alerts: who sees what, and where alerts are sent."""

from datetime import timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.permissions import Role
from audit.log import Target, record
from integrations.models import Connection, ItemFacts
from tests.support.people import Persona, make_member
from tests.trust.alerts.records import alerts_in, catch_up, follow
from trust.alerts.models import Alert, AlertFacts, Endpoint
from trust.alerts.reading import PAGE

# The worker of other tests in this process must not send what is counted here.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queue")]


@pytest.fixture(autouse=True)
def _caught_up(alice: Persona) -> None:
    catch_up()
    catch_up(alice.workspace.pk)


def address(persona: Persona, rest: str = "") -> str:
    return f"/w/{persona.workspace.slug}/settings/alerts/{rest}"


def connect(persona: Persona, bank: str = "First Harbor") -> None:
    with workspace_scope(persona.workspace.pk):
        made = Connection.objects.create(facts=ItemFacts(uuid4().hex, bank))
        target, detail = Target("connection", made.pk), {"institution": bank}
        record(actor=persona.actor, action="integrations.connection.created", target=target, detail=detail)
    follow(persona.workspace.pk)


def show(persona: Persona, rest: str = "") -> str:
    answer = persona.client.get(address(persona, rest))
    assert answer.status_code == 200
    return str(answer.content.decode())


def fill(persona: Persona, count: int) -> None:
    now = timezone.now()
    with workspace_scope(persona.workspace.pk):
        for number in range(count):
            at = now - timedelta(minutes=number)
            facts = AlertFacts("integrations.connection.created", "system", detail={"institution": f"Bank {number}."})
            Alert.objects.create(
                rule="connection_added",
                subject_id=uuid4(),
                count=1,
                first_event_id=uuid4(),
                last_event_id=uuid4(),
                first_at=at,
                last_at=at,
                told_at=at,
                facts=facts,
            )


def test_nothing_is_open_and_there_were_none(alice: Persona) -> None:
    assert "Nothing is open" in show(alice)
    assert "No alerts yet" in show(alice, "?show=all")


def test_an_alert_says_what_happened_what_it_means_and_what_to_do(alice: Persona) -> None:
    connect(alice)
    page = show(alice)

    assert "A bank or books were connected" in page
    assert "Alice connected First Harbor." in page
    assert "disconnect it on the Connections page" in page
    assert "Open (1)" in page
    assert "Acknowledge" in page


def test_times_are_those_of_the_person(alice: Persona) -> None:
    alice.user.time_zone = "Asia/Tokyo"
    alice.user.save()
    connect(alice)
    (alert,) = alerts_in(alice.workspace.pk)
    page = show(alice)

    assert "Times are in your time zone, Asia/Tokyo" in page
    assert f"{alert.last_at.astimezone(ZoneInfo('Asia/Tokyo')):%H:%M:%S}</time>" in page


def test_an_acknowledged_alert_says_by_whom_and_is_no_more_among_the_open(alice: Persona) -> None:
    connect(alice)
    (alert,) = alerts_in(alice.workspace.pk)

    answer = alice.client.post(address(alice, f"{alert.pk}/acknowledgement/"), follow=True)

    assert "Nothing is open" in answer.content.decode()
    assert "Acknowledged by Alice" in show(alice, "?show=all")
    again = alice.client.post(address(alice, f"{alert.pk}/acknowledgement/"), follow=True)
    assert "acknowledged this alert already" in again.content.decode()


def test_an_auditor_reads_and_changes_nothing(alice: Persona, bob: Persona) -> None:
    catch_up(alice.workspace.pk)
    connect(alice)
    (alert,) = [one for one in alerts_in(alice.workspace.pk) if one.rule == "connection_added"]
    page = show(bob)

    assert "A bank or books were connected" in page
    assert "acknowledgement" not in page
    assert "An Owner or Admin acknowledges it." in page
    assert "settings/alerts/webhook/" not in page
    assert bob.client.post(address(alice, f"{alert.pk}/acknowledgement/")).status_code == 403


@pytest.mark.parametrize("role", [Role.MANAGER, Role.STAFF])
def test_who_may_not_see_the_log_sees_no_alerts(role: Role, alice: Persona) -> None:
    carl = make_member("carl", alice.workspace, role)

    assert carl.client.get(address(alice)).status_code == 403
    assert "settings/alerts/" not in carl.client.get("/", follow=True).content.decode()
    assert "settings/alerts/" in alice.client.get("/", follow=True).content.decode()


def test_an_alert_of_another_workspace_is_not_there(alice: Persona, mallory: Persona) -> None:
    connect(alice)
    (alert,) = alerts_in(alice.workspace.pk)

    assert mallory.client.post(address(mallory, f"{alert.pk}/acknowledgement/")).status_code == 404
    assert "First Harbor" not in show(mallory, "?show=all")


def test_pages_go_on_where_the_one_before_ended(alice: Persona) -> None:
    fill(alice, 2 * PAGE + 1)

    def banks(page: str) -> list[int]:
        return [number for number in range(2 * PAGE + 1) if f"Bank {number}." in page]

    seen, where = [], ""
    for _ in range(3):
        answer = alice.client.get(address(alice, where))
        seen.append(banks(answer.content.decode()))
        where = f"?after={answer.context['page'].older}"
    assert seen == [list(range(PAGE)), list(range(PAGE, 2 * PAGE)), [2 * PAGE]]
    back = alice.client.get(address(alice, f"?before={answer.context['page'].newer}"))
    assert banks(back.content.decode()) == seen[1]


def test_twenty_alerts_ask_the_database_no_more_often_than_two(alice: Persona) -> None:
    fill(alice, 2)
    with CaptureQueriesContext(connection) as few:
        show(alice)
    fill(alice, 20)
    with CaptureQueriesContext(connection) as many:
        show(alice)

    assert len(few) == len(many)


def test_an_address_that_makes_no_sense_is_said_so(alice: Persona) -> None:
    connect(alice)
    answer = alice.client.get(address(alice, "?after=no-id"))

    assert answer.status_code == 422
    assert "A bank or books were connected" in answer.content.decode()


def test_a_webhook_is_set_and_its_secret_shown_once(alice: Persona) -> None:
    assert "Set an address" in show(alice, "webhook/")
    answer = alice.client.post(address(alice, "webhook/"), {"url": "https://hooks.example.com/counterfoil"})
    page = answer.content.decode()
    with workspace_scope(alice.workspace.pk):
        endpoint = Endpoint.objects.get()
        assert endpoint.url == "https://hooks.example.com/counterfoil"
        secret = endpoint.secret
        assert secret is not None

    assert secret.reveal() in page
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Encoding" not in alice.client.post(
        address(alice, "webhook/secrets/"), headers={"Accept-Encoding": "gzip"}
    )
    later = show(alice, "webhook/")
    assert "https://hooks.example.com/counterfoil" in later
    assert secret.reveal() not in later
    assert "Former secret" in later


def test_a_test_and_a_removal_are_asked_for_by_buttons(alice: Persona) -> None:
    alice.client.post(address(alice, "webhook/"), {"url": "https://hooks.example.com"})

    assert "on its way" in alice.client.post(address(alice, "webhook/tests/"), follow=True).content.decode()
    assert "Waiting" in show(alice, "webhook/")
    assert "Mails go on" in alice.client.post(address(alice, "webhook/removal/"), follow=True).content.decode()
    assert "No address is set" in alice.client.post(address(alice, "webhook/tests/"), follow=True).content.decode()


@pytest.mark.parametrize(
    "url",
    [
        *("http://hooks.example.com/", "ftp://hooks.example.com/", "hooks.example.com", "https://", ""),
        *("https://hooks.example.com:8443/", "https://me:secret@hooks.example.com/", "https://hooks.example.com/?a=b"),
        *("https://127.0.0.1/", "https://10.0.0.8/", "https://169.254.169.254/latest/", "https://[::1]/"),
        *("https://[::ffff:10.0.0.1]/", "https://100.64.0.1/", "https://localhost/", "https://db.internal/"),
        *("https://intranet/", "https://hooks.example.com/ x", f"https://hooks.example.com/{'x' * 300}"),
    ],
)
def test_an_address_that_is_not_on_the_public_web_is_refused(url: str, alice: Persona) -> None:
    answer = alice.client.post(address(alice, "webhook/"), {"url": url})

    assert answer.status_code == 422
    with workspace_scope(alice.workspace.pk):
        assert not Endpoint.objects.exists()


def test_the_one_exception_of_this_installation_may_be_set(alice: Persona, settings: Any) -> None:
    settings.ALERT_WEBHOOK_SANDBOX = "http://127.0.0.1:8765"

    assert alice.client.post(address(alice, "webhook/"), {"url": "http://127.0.0.1:8765/"}).status_code == 200
    assert alice.client.post(address(alice, "webhook/"), {"url": "http://127.0.0.1:8766/"}).status_code == 422


def test_a_name_that_ends_in_a_full_stop_ends_the_sentence(alice: Persona) -> None:
    connect(alice, "Harbor & Sons, Inc.")
    page = show(alice)
    assert "connected Harbor &amp; Sons, Inc." in page
    assert "Inc.." not in page
