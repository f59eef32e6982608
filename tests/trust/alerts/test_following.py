"""Each event is looked at once, whatever happens to the worker; alerts count, mails come once a window. R121."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.actions import destroy_workspace_key, grant_operator
from accounts.models import Workspace
from accounts.permissions import Role
from audit.chain import link_events
from audit.log import Original, Target, record
from audit.models import Event
from tests.support.environment import Workplace
from tests.support.mails import mails_to, waiting_mails
from tests.support.people import SETUP, Persona, listed_operator, make_member
from tests.trust.alerts.records import alerts_in, catch_up, follow
from trust.alerts import following, raising
from trust.alerts.actions import AcknowledgedAlready, acknowledge_alert
from trust.alerts.following import find_news
from trust.alerts.models import Alert, Follower
from trust.alerts.rules import RULES
from vault import roles
from vault.tenancy import SITE_ID, enter_workspace

# The worker of other tests in this process must not send what is counted here.
pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "scheduler", "owner"]),
    pytest.mark.usefixtures("queue"),
]
CONNECTED, REFUSED = "integrations.connection.created", "accounts.session.refused"
THING = UUID(int=7)


@pytest.fixture(autouse=True)
def _caught_up(alice: Persona) -> None:
    catch_up()
    catch_up(alice.workspace.pk)


def connect(persona: Persona, target: UUID = THING) -> Event:
    with workspace_scope(persona.workspace.pk):
        return record(actor=persona.actor, action=CONNECTED, target=Target("connection", target))


def refuse(persona: Persona, times: int = 1, at: datetime | None = None) -> None:
    with workspace_scope(SITE_ID):
        for _ in range(times):
            when = Original(uuid4(), at) if at else None
            record(actor=SETUP, action=REFUSED, target=Target("user", persona.user.pk), original=when)


def mails_of(persona: Persona) -> int:
    with workspace_scope(persona.workspace.pk):
        return sum(
            mail.kind == "alert" and mail.user_id == persona.user.pk for mail in waiting_mails(persona.workspace.pk)
        )


def move_back(alert: Alert, by: timedelta, *fields: str) -> None:
    with workspace_scope(alert.workspace_id):
        Alert.objects.filter(pk=alert.pk).update(**{name: getattr(alert, name) - by for name in fields})


def test_an_event_is_looked_at_once(alice: Persona) -> None:
    connect(alice)
    for _ in range(3):
        follow(alice.workspace.pk)

    (alert,) = alerts_in(alice.workspace.pk)
    assert (alert.rule, alert.count, alert.state) == ("connection_added", 1, "open")


def test_a_worker_that_dies_amid_it_leaves_nothing_out_and_counts_nothing_twice(
    alice: Persona, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = [connect(alice, UUID(int=number)) for number in range(1, 4)]
    carried: list[Any] = []

    def die_at_the_second(decision: Any) -> None:
        if carried:
            raise KeyboardInterrupt
        carried.append(decision)
        before(decision)

    before = raising.carry_out
    monkeypatch.setattr("trust.alerts.following.carry_out", die_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        follow(alice.workspace.pk)
    monkeypatch.undo()
    assert alerts_in(alice.workspace.pk) == []

    follow(alice.workspace.pk)

    assert [alert.first_event_id for alert in alerts_in(alice.workspace.pk)] == [event.pk for event in events]
    assert {alert.count for alert in alerts_in(alice.workspace.pk)} == {1}


def test_what_another_linked_is_found_by_the_clock(alice: Persona) -> None:
    assert alice.workspace.pk not in find_news()
    connect(alice)
    assert alice.workspace.pk in find_news()

    with transaction.atomic(), enter_workspace(alice.workspace.pk):
        link_events()
    assert alice.workspace.pk in find_news()

    follow(alice.workspace.pk)
    # The alert itself is an event, which is looked at too.
    follow(alice.workspace.pk)
    assert alice.workspace.pk not in find_news()


def test_a_workspace_that_was_never_looked_at_is_found(mallory: Persona) -> None:
    with transaction.atomic(), enter_workspace(mallory.workspace.pk):
        link_events()
        assert not Follower.objects.exists()

    assert mallory.workspace.pk in find_news()


def test_a_record_that_another_worker_looks_at_is_left_to_it(alice: Persona, workplace: Workplace) -> None:
    connect(alice)
    with psycopg.connect(workplace.servers.role_url(roles.WEB, workplace.database)) as other:
        other.execute("SELECT set_config('app.workspace_id', %s, true)", [str(alice.workspace.pk)])
        other.execute("SELECT 1 FROM alerts_follower FOR UPDATE")
        follow(alice.workspace.pk)
        assert alerts_in(alice.workspace.pk) == []

    follow(alice.workspace.pk)

    assert [alert.count for alert in alerts_in(alice.workspace.pk)] == [1]


def test_history_is_no_news(alice: Persona) -> None:
    with workspace_scope(alice.workspace.pk):
        old = Original(uuid4(), timezone.now() - following.OLDEST - timedelta(hours=1))
        record(actor=SETUP, action=CONNECTED, target=Target("connection", THING), original=old)
    follow(alice.workspace.pk)

    assert alerts_in(alice.workspace.pk) == []


def test_more_of_the_same_is_counted_in_the_open_alert_and_mailed_once_a_window(alice: Persona) -> None:
    for _ in range(4):
        connect(alice)
        follow(alice.workspace.pk)

    (alert,) = alerts_in(alice.workspace.pk)
    assert (alert.count, mails_of(alice)) == (4, 1)

    move_back(alert, RULES["connection_added"].window, "told_at")
    connect(alice)
    follow(alice.workspace.pk)

    (alert,) = alerts_in(alice.workspace.pk)
    assert (alert.count, mails_of(alice)) == (5, 2)


def test_another_subject_has_an_alert_of_its_own(alice: Persona) -> None:
    connect(alice)
    connect(alice, UUID(int=8))
    follow(alice.workspace.pk)

    assert [alert.count for alert in alerts_in(alice.workspace.pk)] == [1, 1]


def test_what_comes_after_somebody_has_looked_is_a_new_alert(alice: Persona) -> None:
    connect(alice)
    follow(alice.workspace.pk)
    (alert,) = alerts_in(alice.workspace.pk)
    with workspace_scope(alice.workspace.pk):
        acknowledge_alert(actor=alice.actor, alert_id=alert.pk)
        with pytest.raises(AcknowledgedAlready):
            acknowledge_alert(actor=alice.actor, alert_id=alert.pk)
        told = Event.objects.get(action="alerts.alert.acknowledged")
        assert (told.actor_id, told.target_id) == (alice.user.pk, alert.pk)

    connect(alice)
    follow(alice.workspace.pk)

    assert [alert.state for alert in alerts_in(alice.workspace.pk)] == ["acknowledged", "open"]
    assert mails_of(alice) == 2


def test_a_spike_that_was_acknowledged_needs_as_many_again(alice: Persona) -> None:
    refuse(alice, RULES["failed_sign_ins"].threshold)
    follow()
    (alert,) = alerts_in(alice.workspace.pk)
    with workspace_scope(alice.workspace.pk):
        acknowledge_alert(actor=alice.actor, alert_id=alert.pk)

    refuse(alice)
    follow()
    assert len(alerts_in(alice.workspace.pk)) == 1

    refuse(alice, RULES["failed_sign_ins"].threshold - 1)
    follow()
    assert [one.count for one in alerts_in(alice.workspace.pk)] == [10, 10]


def test_one_failure_long_after_a_spike_is_none(alice: Persona) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    refuse(alice, RULES["failed_sign_ins"].threshold, at=yesterday)
    follow()
    refuse(alice, at=yesterday + timedelta(minutes=30))
    follow()
    assert [one.count for one in alerts_in(alice.workspace.pk)] == [11]

    refuse(alice)
    follow()

    assert [one.count for one in alerts_in(alice.workspace.pk)] == [11]


def test_admins_are_mailed_and_nobody_else(alice: Persona) -> None:
    adam = make_member("adam", alice.workspace, Role.ADMIN)
    manny = make_member("manny", alice.workspace, Role.MANAGER)
    catch_up(alice.workspace.pk)
    connect(alice)
    follow(alice.workspace.pk)

    (message,) = mails_to(alice.user.email, alice.workspace.pk)
    rule = RULES["connection_added"]
    assert message.subject == rule.title
    assert rule.meaning in str(message.body)
    assert rule.to_do in str(message.body)
    assert f"/w/{alice.workspace.slug}/settings/alerts/" in str(message.body)
    with workspace_scope(alice.workspace.pk):
        assert Workspace.objects.get().name not in str(message.body)
    assert len(mails_to(adam.user.email, alice.workspace.pk)) == 1
    assert mails_to(manny.user.email, alice.workspace.pk) == []


def test_operators_are_those_who_are_flagged_and_listed(alice: Persona) -> None:
    olive, oscar = listed_operator(0), listed_operator(1)
    grant_operator(actor=SETUP, user_id=olive.pk)
    catch_up()
    before = {mail.pk for mail in waiting_mails()}
    with workspace_scope(SITE_ID):
        for alert in Alert.objects.filter(state="open"):
            acknowledge_alert(actor=alice.actor, alert_id=alert.pk)
        record(actor=SETUP, action="trust.redaction.failed", detail={"leaks": 1, "first": "a kind"})
    follow()

    asked = [mail.user_id for mail in waiting_mails() if mail.pk not in before and mail.kind == "alert"]
    assert olive.pk in asked
    assert oscar.pk not in asked


def test_the_admins_of_a_workspace_whose_key_was_destroyed_are_told_by_the_site(alice: Persona) -> None:
    destroy_workspace_key(actor=SETUP, workspace_id=alice.workspace.pk)
    follow(alice.workspace.pk)

    told = [mail for mail in waiting_mails() if mail.kind == "alert" and mail.user_id == alice.user.pk]
    assert len(told) == 1
    assert [alert.rule for alert in alerts_in(SITE_ID) if alert.subject_id == alice.workspace.pk] == [
        "workspace_key_destroyed"
    ]


def test_a_hundred_events_that_alert_nobody_cost_as_many_statements_as_one(alice: Persona) -> None:
    def statements(events: int) -> int:
        with workspace_scope(alice.workspace.pk):
            for _ in range(events):
                record(actor=SETUP, action="tests.thing.done")
        with transaction.atomic(), enter_workspace(alice.workspace.pk):
            link_events()
        with CaptureQueriesContext(connection) as asked:
            following.follow_record(alice.workspace.pk)
        return len(asked)

    assert statements(1) == statements(100)
