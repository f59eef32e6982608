"""Workers that are killed while they send a mail: what the next one makes of it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.mail import request_mail
from accounts.mailing import ANSWER_SECONDS, CLAIM, send_mail
from accounts.models import Mail
from config.demo.local import REPOSITORY
from tests.accounts.test_double_clicks import is_waited_for
from tests.support.environment import Workplace
from tests.support.people import Persona
from tests.support.smtp import MailServer, receiving_mail
from tests.support.waiting import SECONDS, wait_until
from vault.tenancy import enter_workspace

pytestmark = pytest.mark.django_db(transaction=True)

PLAIN = {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": "127.0.0.1"}
WORKER = """
import sys
from uuid import UUID

import django
from django.conf import settings

django.setup()
settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER, settings.EMAIL_TIMEOUT = False, "", 120
settings.EMAIL_PORT = int(sys.argv[1])
from accounts.mailing import send_mail

send_mail(UUID(sys.argv[2]), UUID(sys.argv[3]))
"""


@contextmanager
def worker(workplace: Workplace, server: MailServer, place: UUID, mail_id: UUID) -> Iterator[subprocess.Popen[bytes]]:
    """A process that sends one mail; killed with SIGKILL at the end of the block."""
    environment = {**os.environ, **workplace.environment(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", WORKER, str(server.port), str(place), str(mail_id)]
    process = subprocess.Popen(command, env=environment, cwd=REPOSITORY)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def address() -> str:
    return f"guest-{token_hex(6)}@example.test"


@pytest.fixture
def waiting(alice: Persona, address: str) -> tuple[UUID, UUID]:
    """A workspace and a mail of its own that is due."""
    place = alice.workspace.pk
    with workspace_scope(place):
        request_mail(kind="password_changed", address=address)
        return place, Mail.objects.get().pk


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with receiving_mail() as server:
        for name, value in PLAIN.items():
            setattr(settings, name, value)
        settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER, settings.EMAIL_PORT = False, "", server.port
        yield server


def send_what_is_left(place: UUID) -> None:
    """What the clock has done once the dead worker's claim is over."""
    with workspace_scope(place):
        Mail.objects.update(due_at=timezone.now())
        left = list(Mail.objects.values_list("pk", flat=True))
    for mail_id in left:
        send_mail(place, mail_id)


def ids_of(server: MailServer, address: str) -> list[str]:
    return [str(message["Message-ID"]) for message in server.to(address)]


def test_killed_before_the_mail_was_handed_over_it_is_sent_once(
    workplace: Workplace, server: MailServer, waiting: tuple[UUID, UUID], address: str
) -> None:
    server.stands_at = "GREETING"
    with worker(workplace, server, *waiting):
        assert server.stands.wait(SECONDS)
        # Another worker leaves it alone meanwhile.
        send_mail(*waiting)
    assert ids_of(server, address) == []

    send_what_is_left(waiting[0])
    assert len(ids_of(server, address)) == 1


def test_killed_while_taking_leave_of_the_server_it_was_sent_once(
    workplace: Workplace, server: MailServer, waiting: tuple[UUID, UUID], address: str
) -> None:
    server.stands_at = "QUIT"
    with worker(workplace, server, *waiting):
        assert server.stands.wait(SECONDS)

    send_what_is_left(waiting[0])
    assert len(ids_of(server, address)) == 1


# SMTP cannot do better: nobody knows whether the server has it.
def test_killed_before_the_servers_thanks_it_is_sent_again_with_the_same_id(
    workplace: Workplace, server: MailServer, waiting: tuple[UUID, UUID], address: str
) -> None:
    server.stands_at = "TAKEN"
    with worker(workplace, server, *waiting):
        assert server.stands.wait(SECONDS)

    send_what_is_left(waiting[0])
    first, second = ids_of(server, address)
    assert first == second == f"<mail-{waiting[1]}@{first.rpartition('@')[2]}"


def test_killed_between_the_thanks_and_the_note_it_is_sent_again_with_the_same_id(
    workplace: Workplace, server: MailServer, waiting: tuple[UUID, UUID], address: str
) -> None:
    place, mail_id = waiting
    server.stands_at = "GREETING"
    with worker(workplace, server, place, mail_id) as process:
        assert server.stands.wait(SECONDS)
        with transaction.atomic(), enter_workspace(place):
            # The note cannot be made while this is held.
            Mail.objects.select_for_update().get(pk=mail_id)
            server.may_go.set()
            wait_until(lambda: server.thanks == 1 and is_waited_for(), "the worker waits to note it")
            process.kill()
            process.wait()

    send_what_is_left(place)
    first, second = ids_of(server, address)
    assert first == second


def test_all_answers_that_are_waited_for_take_less_than_the_claim(settings: Any) -> None:
    before, after = 5 * settings.EMAIL_TIMEOUT, 4 * ANSWER_SECONDS

    assert settings.EMAIL_TIMEOUT < ANSWER_SECONDS
    assert before + after < CLAIM.total_seconds()
