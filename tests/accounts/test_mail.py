"""Mails: a sealed row first, words only as they are sent, and tried again while the server is away."""

import re
from datetime import timedelta
from secrets import token_hex
from typing import Any

import pytest
from django.core import mail
from django.template import TemplateDoesNotExist
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.actions.mails import MOST_ATTEMPTS
from accounts.mail import request_mail
from accounts.mailing import find_due, render_mail, send_mail
from accounts.models import Mail
from audit.log import open_detail
from audit.models import Event
from config.demo.local import REPOSITORY
from tests.support.mails import mails_to, waiting_mails
from tests.support.people import Persona
from tests.support.smtp import receiving_mail
from vault.tenancy import SITE_ID

pytestmark = pytest.mark.django_db

# What the templates put into addresses, and a code.
SAMPLE: dict[str, str | int] = {"code": "AB12-CD34", "slug": "some-slug", "token": "a-token", "title": "Keys destroyed"}
WITH_CODES = {"email_confirmation", "email_confirmation_signup", "password_reset_code"}
OURS = sorted(
    path.stem for path in (REPOSITORY / "templates" / "mail").glob("*.txt") if path.read_text().startswith("Subject")
)


def only_mail() -> Mail:
    (waiting,) = waiting_mails()
    return waiting


def test_a_mail_goes_to_the_address_that_its_person_has_when_it_is_sent(alice: Persona) -> None:
    request_mail(kind="password_changed", user_id=alice.user.pk)
    new = f"alice-{token_hex(4)}@example.test"
    type(alice.user).objects.filter(pk=alice.user.pk).update(email=new)

    assert len(mails_to(new)) == 1
    assert waiting_mails() == []


def test_a_mail_that_was_asked_for_in_a_workspace_belongs_to_it(alice: Persona) -> None:
    with workspace_scope(alice.workspace.pk):
        request_mail(kind="password_changed", address="guest@example.test")
    assert waiting_mails() == []
    assert len(mails_to("guest@example.test", alice.workspace.pk)) == 1
    with workspace_scope(alice.workspace.pk):
        assert Event.objects.filter(action="accounts.mail.sent").count() == 1


def test_address_and_detail_are_sealed(alice: Persona) -> None:
    request_mail(kind="password_reset_code", address="guest@example.test", detail={"code": "AB12-CD34"})
    stored = bytes(vars(only_mail())["facts"].data)
    assert b"guest" not in stored
    assert b"AB12" not in stored
    assert only_mail_detail() == {"code": "AB12-CD34"}


def only_mail_detail() -> dict[str, Any]:
    with workspace_scope(SITE_ID):
        return Mail.objects.get().facts.detail


@pytest.mark.parametrize("kind", OURS)
def test_every_kind_has_a_subject_and_words(kind: str) -> None:
    subject, body = render_mail(kind, SAMPLE)
    assert subject
    assert body.strip()
    assert "AB12-CD34" in body or kind not in WITH_CODES


def test_a_kind_without_words_is_an_error() -> None:
    with pytest.raises(TemplateDoesNotExist):
        render_mail("no_such_kind", {})


def test_a_mail_is_sent_once_though_its_task_comes_twice(alice: Persona) -> None:
    request_mail(kind="password_changed", user_id=alice.user.pk)
    waiting = only_mail()
    for _ in range(2):
        send_mail(SITE_ID, waiting.pk)
    assert len(mail.outbox) == 1


def test_a_code_that_would_come_too_late_is_not_sent(alice: Persona) -> None:
    request_mail(kind="password_reset_code", address=alice.user.email, detail={"code": "AB12"})
    with workspace_scope(SITE_ID):
        Mail.objects.filter(pk=only_mail_id()).update(created_at=timezone.now() - timedelta(minutes=16))
    assert mails_to(alice.user.email) == []
    assert waiting_mails() == []


def only_mail_id() -> Any:
    return Mail.objects.get().pk


def test_a_server_that_refuses_is_tried_again_and_then_no_more(alice: Persona, settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = False, ""
    request_mail(kind="password_changed", user_id=alice.user.pk)
    waiting = only_mail()
    with receiving_mail() as server:
        settings.EMAIL_PORT, server.refusals = server.port, 1
        send_mail(SITE_ID, waiting.pk)
        assert server.to(alice.user.email) == []
        make_due(waiting)
        send_mail(SITE_ID, waiting.pk)
        assert len(server.to(alice.user.email)) == 1

    request_mail(kind="password_changed", user_id=alice.user.pk)
    lost = only_mail()
    for _ in range(MOST_ATTEMPTS):
        make_due(lost)
        send_mail(SITE_ID, lost.pk)
    assert waiting_mails() == []
    with workspace_scope(SITE_ID):
        given_up = Event.objects.get(action="accounts.mail.given_up", target_id=alice.user.pk)
        assert open_detail(given_up) == {"kind": "password_changed"}


def make_due(waiting: Mail) -> None:
    with workspace_scope(SITE_ID):
        Mail.objects.filter(pk=waiting.pk).update(due_at=timezone.now())


@pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])
def test_the_clock_finds_what_is_due_in_every_workspace_and_nothing_else(alice: Persona) -> None:
    with workspace_scope(alice.workspace.pk):
        request_mail(kind="password_changed", user_id=alice.user.pk)
        due = Mail.objects.get()
    assert (alice.workspace.pk, due.pk) not in set(find_due())
    with workspace_scope(alice.workspace.pk):
        Mail.objects.filter(pk=due.pk).update(due_at=timezone.now())
    assert (alice.workspace.pk, due.pk) in set(find_due())
    send_mail(alice.workspace.pk, due.pk)
    assert (alice.workspace.pk, due.pk) not in set(find_due())


def sources() -> str:
    return "".join(
        path.read_text() for app in ("accounts", "integrations") for path in (REPOSITORY / app).rglob("*.py")
    )


def test_every_mail_that_is_asked_for_has_words() -> None:
    asked = set(re.findall(r'request_mail\(\s*kind="(\w+)"', sources()))
    assert "password_changed" in asked
    assert asked - set(OURS) == set()


def test_no_words_stand_without_somebody_who_asks_for_them() -> None:
    named_by_allauth = {
        "email_confirmation",
        "email_confirmation_signup",
        "account_already_exists",
        "password_reset_code",
    }
    assert [kind for kind in OURS if kind not in named_by_allauth and f'"{kind}"' not in sources()] == []
