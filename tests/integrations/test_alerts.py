"""One mail when a bank needs a person: over real SMTP, to those who can help, once for a trouble, and telling nothing."""

from collections.abc import Iterator
from datetime import timedelta
from email.message import Message

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.access import workspace_scope
from accounts.permissions import Role
from integrations.models import Alert, AlertState, Connection
from integrations.queues import SEND_ALERT
from tests.integrations.faults import Answer, Died, dying, error, interpose
from tests.integrations.linked import TaskQueue, link_bank, opened, page_of, reconnect
from tests.integrations.support import Sandbox
from tests.integrations.test_sync import sync_now
from tests.integrations.test_webhooks import Post, item_of
from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona, make_member
from tests.support.smtp import MailServer, receiving_mail

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])

LOST, GONE = error("ITEM_LOGIN_REQUIRED"), error("ITEM_NOT_FOUND")


@pytest.fixture
def mail(settings: Settings) -> Iterator[MailServer]:
    """The mail server that the product's settings lead to."""
    with receiving_mail() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, False
        yield server


@pytest.fixture
def linked(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> Connection:
    return link_bank(alice, harbor, queue)


def fail(persona: Persona, bank: Sandbox, queue: TaskQueue, connection: Connection, answer: Answer = LOST) -> None:
    with interpose(bank, accounts__get=[answer]):
        sync_now(persona, queue, connection)


def alerts_of(persona: Persona) -> list[Alert]:
    with workspace_scope(persona.workspace.pk):
        return list(Alert.objects.order_by("created_at"))


def text_of(message: Message) -> str:
    return str(message.get_payload(decode=False))


@pytest.mark.parametrize("answer", [LOST, GONE], ids=["login lost", "access ended"])
def test_those_who_can_help_get_one_mail(
    answer: Answer, alice: Persona, harbor: Sandbox, queue: TaskQueue, mail: MailServer
) -> None:
    linked = link_bank(alice, harbor, queue)
    admin = make_member("ada", alice.workspace, Role.ADMIN)
    others = [make_member("x", alice.workspace, role) for role in (Role.MANAGER, Role.STAFF, Role.AUDITOR)]
    fail(alice, harbor, queue, linked, answer)
    assert len(mail.to(alice.user.email)) == len(mail.to(admin.user.email)) == 1
    assert [mail.to(other.user.email) for other in others] == [[], [], []]
    (message,) = mail.to(alice.user.email)
    assert message["Subject"] == "A bank connection needs you"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "http://testserver" + page_of(alice, "connections") in text_of(message)
    assert {one.state for one in alerts_of(alice)} == {AlertState.SENT}


def test_a_mail_tells_nothing_of_the_bank(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection, mail: MailServer
) -> None:
    fail(alice, harbor, queue, linked)
    (message,) = mail.to(alice.user.email)
    with opened(alice, linked) as now:
        bank = now.facts.institution
    sealed = [bank, "2217", "Business Checking"]
    whole = message.as_string()
    assert [word for word in sealed if word in whole] == []
    # The search is right: the page, which is behind the sign-in, does tell.
    shown = alice.client.get(page_of(alice, "connections")).content.decode()
    assert [word for word in sealed if word in shown] == sealed


def test_the_same_trouble_is_not_told_twice_and_the_next_one_is(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection, mail: MailServer
) -> None:
    for _ in range(3):
        fail(alice, harbor, queue, linked)
    assert len(mail.to(alice.user.email)) == 1
    reconnect(alice, harbor, queue, linked)
    pass_a_day(alice)
    fail(alice, harbor, queue, linked)
    assert len(mail.to(alice.user.email)) == 2


def test_a_trouble_that_comes_and_goes_is_one_mail_a_day_and_the_last_is_told_when_the_day_is_over(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection, mail: MailServer
) -> None:
    for _ in range(4):
        fail(alice, harbor, queue, linked)
        reconnect(alice, harbor, queue, linked)
    fail(alice, harbor, queue, linked)
    assert queue.sweep(alice) == []
    assert len(mail.to(alice.user.email)) == 1
    *dropped, waits = alerts_of(alice)[1:]
    assert {one.state for one in dropped} == {AlertState.DROPPED}
    assert waits.due_at is not None
    assert timedelta(hours=23) < waits.due_at - timezone.now() <= timedelta(days=1)
    expire_alerts(alice)
    queue.sweep(alice)
    assert len(mail.to(alice.user.email)) == 2


def test_trouble_that_passes_by_itself_is_nobodys_mail(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection, mail: MailServer
) -> None:
    fail(alice, harbor, queue, linked, error("INTERNAL_SERVER_ERROR", "API_ERROR", 500))
    assert alerts_of(alice) == []
    assert mail.mails == []


def test_an_end_that_is_near_is_told_and_its_coming_too(
    alice: Persona,
    client: ScopeCheckingClient,
    harbor: Sandbox,
    queue: TaskQueue,
    mail: MailServer,
) -> None:
    linked = link_bank(alice, harbor, queue)
    for _ in range(2):
        Post(client, harbor).tell(
            webhook_type="ITEM", webhook_code="PENDING_DISCONNECT", item_id=item_of(alice, linked)
        )
        queue.work()
    assert [one["Subject"] for one in mail.to(alice.user.email)] == ["A bank connection will end soon"]
    fail(alice, harbor, queue, linked)
    assert [one["Subject"] for one in mail.to(alice.user.email)][1:] == ["A bank connection needs you"]


def test_a_mail_server_that_is_away_is_tried_again_ever_more_rarely(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection, mail: MailServer
) -> None:
    mail.refusals = 2
    fail(alice, harbor, queue, linked)
    waits = []
    for attempts in (1, 2):
        (alert,) = alerts_of(alice)
        assert (alert.state, alert.attempts) == (AlertState.DUE, attempts)
        assert alert.due_at is not None
        waits.append(alert.due_at - timezone.now())
        assert queue.sweep(alice) == []
        expire_alerts(alice)
        assert queue.sweep(alice) == [SEND_ALERT]
    assert timedelta(seconds=40) < waits[0] < waits[1]
    assert len(mail.to(alice.user.email)) == 1


def test_a_worker_that_dies_before_its_note_sends_the_mail_again_under_the_same_id(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection, mail: MailServer
) -> None:
    with pytest.raises(Died), dying(lambda sql: sql.startswith('UPDATE "integrations_alert"') and '"sent_at"' in sql):
        fail(alice, harbor, queue, linked)
    expire_alerts(alice)
    assert queue.sweep(alice) == [SEND_ALERT]
    first, second = mail.to(alice.user.email)
    assert first["Message-ID"] == second["Message-ID"]
    expire_alerts(alice)
    assert queue.sweep(alice) == []


def test_a_lost_task_is_found_by_the_clock(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection, mail: MailServer
) -> None:
    alice.client.post(page_of(alice, "create_sync", connection_id=linked.pk))
    with interpose(harbor, accounts__get=[LOST]):
        queue.work(1)
    assert [name for name, _ in queue.discard()] == [SEND_ALERT]
    expire_alerts(alice)
    assert queue.sweep(alice) == [SEND_ALERT]
    assert len(mail.to(alice.user.email)) == 1


def test_a_mail_that_is_no_longer_needed_is_not_sent(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection, mail: MailServer
) -> None:
    mail.refusals = 1
    fail(alice, harbor, queue, linked)
    reconnect(alice, harbor, queue, linked)
    assert [one.state for one in alerts_of(alice)] == [AlertState.DROPPED]
    expire_alerts(alice)
    queue.sweep(alice)
    assert mail.mails == []


def test_somebody_who_may_no_longer_help_is_not_written_to(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, linked: Connection, mail: MailServer
) -> None:
    admin = make_member("ada", alice.workspace, Role.ADMIN)
    mail.refusals = 2
    fail(alice, harbor, queue, linked)
    admin.user.is_active = False
    admin.user.save(update_fields=["is_active"])
    expire_alerts(alice)
    queue.sweep(alice)
    assert mail.to(admin.user.email) == []
    assert len(mail.to(alice.user.email)) == 1


def pass_a_day(persona: Persona) -> None:
    """Since the mails that were sent."""
    with workspace_scope(persona.workspace.pk):
        Alert.objects.filter(state=AlertState.SENT).update(sent_at=timezone.now() - timedelta(hours=25))


def expire_alerts(persona: Persona) -> None:
    with workspace_scope(persona.workspace.pk):
        Alert.objects.filter(state=AlertState.DUE).update(due_at=timezone.now())
