"""Signing in with a second factor, and getting one. R24–R29, R32."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.access import workspace_scope
from accounts.actions.factors import make_backup_codes
from accounts.actions.proving import FAILURES_TO_TELL
from accounts.mailing import render_mail
from accounts.models import BackupCodes, EmailDevice, Mail, TotpDevice, User, UserSession
from accounts.reports.factors import list_factors
from accounts.second_factor import FactorKind, proof_of, read_proof
from tests.support.client import ScopeCheckingClient
from tests.support.people import PASSWORD, Persona, code_of, make_person, prove, sign_in
from vault.tenancy import SITE_ID

pytestmark = pytest.mark.django_db

LOGIN, STAGE = "/accounts/login/", "/accounts/login/second-factor/"
FACTORS, CONFIRM = "/settings/security/two-factor/", "/settings/security/confirm/"


def give_password(client: ScopeCheckingClient, user: User, password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"login": user.email, "password": password})


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def mails_of(user: User) -> list[tuple[str, dict[str, str | int]]]:
    """Mails about factors that were asked for, in their order."""
    with workspace_scope(SITE_ID):
        mails = Mail.objects.filter(user_id=user.pk).exclude(kind="new_device").order_by("created_at")
        return [(mail.kind, mail.facts.detail) for mail in mails]


def last_code(user: User) -> str:
    return str(next(detail["code"] for kind, detail in reversed(mails_of(user)) if kind == "second_factor_code"))


def enrol_email(user: User) -> EmailDevice:
    return EmailDevice.objects.create(user=user, key=b"k" * 20, confirmed=True)


def test_the_password_alone_opens_nothing(alice: Persona, client: ScopeCheckingClient) -> None:
    answer = give_password(client, alice.user)

    assert answer.headers["Location"] == STAGE
    page = client.get(reverse("ledger:overview", kwargs={"slug": alice.workspace.slug}))
    assert page.status_code == 302
    assert page.headers["Location"].startswith(LOGIN)
    assert client.get(FACTORS).headers["Location"].startswith(LOGIN)


def test_a_code_of_the_app_opens_the_way(alice: Persona, client: ScopeCheckingClient) -> None:
    give_password(client, alice.user)
    page = client.get(STAGE)
    assert 'name="token"' in page.content.decode()
    assert 'autocomplete="one-time-code"' in page.content.decode()

    answer = client.post(STAGE, {"token": code_of(alice.user)})

    assert answer.status_code == 302
    assert client.get(reverse("ledger:overview", kwargs={"slug": alice.workspace.slug})).status_code == 200


def test_the_session_gets_a_new_key_and_says_what_it_was_proven_by(alice: Persona, client: ScopeCheckingClient) -> None:
    give_password(client, alice.user)
    before = client.session.session_key
    client.post(STAGE, {"token": code_of(alice.user)})

    proof = read_proof(client.session)
    assert client.session.session_key != before
    assert proof is not None
    assert proof.kind == FactorKind.TOTP
    device = TotpDevice.objects.get(user=alice.user)
    assert proof.factor == str(device.pk)
    assert UserSession.objects.filter(user=alice.user, factor=str(device.pk)).exists()


def test_a_wrong_code_is_answered_and_the_failure_stays_counted(alice: Persona, client: ScopeCheckingClient) -> None:
    give_password(client, alice.user)
    typed = wrong(code_of(alice.user))
    answer = client.post(STAGE, {"token": typed})

    assert answer.status_code == 422
    assert "That code did not work" in answer.content.decode()
    assert typed not in answer.content.decode()
    assert TotpDevice.objects.get(user=alice.user).throttling_failure_count == 1
    assert client.get(FACTORS).headers["Location"].startswith(LOGIN)


def test_a_code_cannot_be_replayed_at_a_second_sign_in(alice: Persona) -> None:
    code = code_of(alice.user)
    for expected in (302, 422):
        client = ScopeCheckingClient()
        give_password(client, alice.user)
        assert client.post(STAGE, {"token": code}).status_code == expected


def test_the_second_step_is_for_nobody_without_the_first(client: ScopeCheckingClient, alice: Persona) -> None:
    for address in (STAGE, f"{STAGE}challenge/", f"{STAGE}mail/"):
        answer = client.post(address, {"token": code_of(alice.user)})
        assert answer.headers["Location"] == LOGIN


def test_a_backup_code_signs_in_once_and_a_mail_says_so(alice: Persona) -> None:
    codes = make_backup_codes(actor=alice.actor, user=alice.user)
    for expected in (302, 422):
        client = ScopeCheckingClient()
        give_password(client, alice.user)
        assert "Use a backup code instead" in " ".join(client.get(STAGE).content.decode().split())
        assert client.post(STAGE, {"token": codes[0], "kind": "backup"}).status_code == expected
    assert [kind for kind, _ in mails_of(alice.user)] == ["backup_code_used"]


def test_a_backup_code_is_known_by_its_looks(alice: Persona, client: ScopeCheckingClient) -> None:
    codes = make_backup_codes(actor=alice.actor, user=alice.user)
    give_password(client, alice.user)

    assert client.post(STAGE, {"token": codes[0]}).status_code == 302
    assert TotpDevice.objects.get(user=alice.user).throttling_failure_count == 0


def test_many_wrong_codes_are_told_to_the_person(alice: Persona, client: ScopeCheckingClient) -> None:
    give_password(client, alice.user)
    for _ in range(FAILURES_TO_TELL):
        client.post(STAGE, {"token": wrong(code_of(alice.user))})
        TotpDevice.objects.filter(user=alice.user).update(throttling_failure_timestamp=None)
    assert [kind for kind, _ in mails_of(alice.user)] == ["factor_failures"]


# R26, C7
def test_who_has_only_codes_by_mail_is_sent_one(client: ScopeCheckingClient) -> None:
    user = make_person("carol", has_factor=False)
    enrol_email(user)
    give_password(client, user)

    assert client.post(STAGE, {"token": last_code(user)}).status_code == 302
    proof = read_proof(client.session)
    assert proof is not None
    assert proof.kind == FactorKind.EMAIL


def test_a_code_by_mail_works_once_and_only_the_last_one_sent(client: ScopeCheckingClient) -> None:
    user = make_person("carol", has_factor=False)
    enrol_email(user)
    give_password(client, user)
    first = last_code(user)
    EmailDevice.objects.filter(user=user).update(sent_at=None)
    client.post(f"{STAGE}mail/")
    second = last_code(user)

    assert first != second
    assert client.post(STAGE, {"token": first}).status_code == 422
    EmailDevice.objects.filter(user=user).update(throttling_failure_count=0)
    assert client.post(STAGE, {"token": second}).status_code == 302


def test_a_second_mail_waits_a_minute(client: ScopeCheckingClient) -> None:
    user = make_person("carol", has_factor=False)
    enrol_email(user)
    give_password(client, user)
    client.post(f"{STAGE}mail/")

    assert [kind for kind, _ in mails_of(user)] == ["second_factor_code"]


# C7: whoever reads the mail could get a new password too.
def test_nobody_with_something_stronger_is_offered_or_sent_a_code(alice: Persona, client: ScopeCheckingClient) -> None:
    enrol_email(alice.user)
    give_password(client, alice.user)
    client.post(f"{STAGE}mail/")

    assert "by e-mail" not in client.get(STAGE).content.decode()
    assert mails_of(alice.user) == []


def test_who_has_no_factor_is_signed_in_without_proof(client: ScopeCheckingClient) -> None:
    user = make_person("carol", has_factor=False)
    answer = give_password(client, user)

    assert answer.headers["Location"] == "/"
    assert read_proof(client.session) is None


def test_next_leads_back_to_where_one_was_going(alice: Persona, client: ScopeCheckingClient) -> None:
    target = f"/w/{alice.workspace.slug}/transactions/"
    client.post(LOGIN, {"login": alice.user.email, "password": PASSWORD, "next": target})

    assert client.post(STAGE, {"token": code_of(alice.user)}).headers["Location"] == target


def test_an_app_is_set_up_with_a_picture_and_its_secret_as_text() -> None:
    user = make_person("carol", has_factor=False)
    client = ScopeCheckingClient()
    give_password(client, user)

    page = client.post(f"{FACTORS}apps/", follow=True)

    html = page.content.decode()
    device = TotpDevice.objects.get(user=user)
    secret = re.sub(r"<[^>]+>|\s", "", re.search(r'id="secret">(.*?)</code>', html)[1])  # type: ignore[index] # it is there
    from base64 import b32decode

    assert b32decode(secret) == device.key
    assert "<svg" in html
    assert "style=" not in html
    assert page.headers["Cache-Control"] == "no-store, private"


def test_the_first_factor_comes_with_ten_backup_codes_shown_once() -> None:
    user = make_person("carol", has_factor=False)
    client = ScopeCheckingClient()
    give_password(client, user)
    address = client.post(f"{FACTORS}apps/", {"next": "/workspaces/new/"}).headers["Location"]
    before = client.session.session_key

    answer = client.post(address, {"token": fresh_code(user), "next": "/workspaces/new/"})

    html = answer.content.decode()
    codes = re.findall(r"<code>([a-z0-9-]{19})</code>", html)
    assert len(set(codes)) == 10
    assert 'href="/workspaces/new/"' in html
    assert "no-store" in answer.headers["Cache-Control"]
    assert client.session.session_key != before
    assert not any(code in client.get(FACTORS).content.decode() for code in codes)
    assert ("factor_added", {"kind": "Authenticator app"}) in mails_of(user)


def test_codes_by_mail_are_set_up_by_the_first_of_them() -> None:
    user = make_person("carol", has_factor=False)
    client = ScopeCheckingClient()
    give_password(client, user)
    address = client.post(f"{FACTORS}e-mail/").headers["Location"]
    assert list_factors(user) == ()

    answer = client.post(address, {"token": last_code(user)})

    assert answer.headers["Location"] == FACTORS
    assert [line.kind for line in list_factors(user)] == [FactorKind.EMAIL]


def test_a_factor_is_renamed_and_removed(alice: Persona) -> None:
    device = TotpDevice.objects.get(user=alice.user)
    alice.client.post(f"{FACTORS}{device.pk}/name/", {"name": "Blue phone"})
    assert "Blue phone" in alice.client.get(FACTORS).content.decode()
    assert "your last strong factor" in alice.client.get(f"{FACTORS}{device.pk}/removal/").content.decode()

    alice.client.post(f"{FACTORS}{device.pk}/removal/")

    assert list_factors(alice.user) == ()
    assert read_proof(alice.client.session) is None


def test_removing_a_factor_ends_the_other_sessions_it_had_proven(alice: Persona) -> None:
    other, by_another = sign_in(alice.user), sign_in(alice.user, FactorKind.PASSKEY)
    device = TotpDevice.objects.get(user=alice.user)
    assert other.get("/settings/profile/").status_code == 200

    alice.client.post(f"{FACTORS}{device.pk}/removal/")

    assert other.get("/settings/profile/").status_code == 302
    assert by_another.get("/settings/profile/").status_code == 200
    assert alice.client.get("/settings/profile/").status_code == 200


def said(client: ScopeCheckingClient, address: str, data: dict[str, str] | None = None) -> str:
    """The words of the page of factors, where an address without a factor leads."""
    answer = client.get(address) if data is None else client.post(address, data)
    assert answer.headers["Location"] == FACTORS
    return client.get(FACTORS).content.decode()


def test_a_factor_of_somebody_else_is_answered_like_one_that_is_gone(alice: Persona, mallory: Persona) -> None:
    device = TotpDevice.objects.get(user=alice.user)
    gone = "no such second factor any more"
    for factor_id in (device.pk, uuid4()):
        assert gone in said(mallory.client, f"{FACTORS}{factor_id}/name/", {"name": "Mine"})
        assert gone in said(mallory.client, f"{FACTORS}{factor_id}/removal/")
        assert gone in said(mallory.client, f"{FACTORS}{factor_id}/removal/", {})
        for kind in ("apps", "e-mail"):
            again = said(mallory.client, f"{FACTORS}{kind}/{factor_id}/", {"token": "000000"})
            assert "begun anew in another window" in again
    assert TotpDevice.objects.get(user=alice.user).name == "Phone"


def test_a_window_left_behind_says_what_became_of_its_factor() -> None:
    user = make_person("carol", has_factor=False)
    client = ScopeCheckingClient()
    give_password(client, user)
    left, going_on = (client.post(f"{FACTORS}apps/").headers["Location"] for _ in range(2))
    assert "begun anew in another window" in said(client, left)

    client.post(going_on, {"token": fresh_code(user)})

    assert "It works already" in said(client, going_on)
    factor = f"{FACTORS}{TotpDevice.objects.get(user=user).pk}/"
    client.post(f"{factor}removal/")
    assert "no such second factor any more" in said(client, f"{factor}removal/", {})
    assert "no such second factor any more" in said(client, f"{factor}name/", {"name": "Blue phone"})


def fresh_code(user: User) -> str:
    from django_otp.oath import totp

    return f"{totp(TotpDevice.objects.get(user=user).key):06}"


def test_a_mark_that_is_not_ours_is_no_proof(rf: Any) -> None:
    request = rf.get("/")
    for mark in (None, "totp", {"kind": "magic", "factor": "1", "at": 1}, {"kind": "totp"}):
        request.session = {"second_factor": mark}
        assert proof_of(request) is None


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("second_factor_code", {"code": "123456", "minutes": 10}),
        ("factor_added", {"kind": "Passkey"}),
        ("factor_removed", {"kind": "Passkey"}),
        ("backup_code_used", {}),
        ("factor_failures", {}),
        ("team_policy", {"day": "1 March 2027"}),
        ("recovery_requested", {}),
        ("recovery_asked", {"slug": "aspen-coast-1234"}),
        ("recovery_confirmed", {"days": 3}),
        ("recovery_refused", {}),
        ("recovery_completed", {}),
    ],
)
def test_each_mail_has_words_and_a_link_to_this_site(kind: str, detail: dict[str, str | int]) -> None:
    subject, body = render_mail(kind, detail)

    assert subject
    assert settings.BASE_URL in body
    assert all(str(value) in body for value in detail.values())


def test_who_knew_the_key_before_the_password_does_not_stand_at_the_second_step(
    alice: Persona, client: ScopeCheckingClient
) -> None:
    client.post("/accounts/password/", {"email": alice.user.email})
    planted = client.cookies[settings.SESSION_COOKIE_NAME].value
    give_password(client, alice.user)
    assert client.get(STAGE).status_code == 200

    thief = ScopeCheckingClient()
    thief.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert thief.get(STAGE).headers["Location"] == LOGIN


@pytest.mark.parametrize("closed", [False, True])
def test_who_waits_there_while_the_password_changes_or_the_account_closes_starts_again(
    alice: Persona, client: ScopeCheckingClient, closed: bool
) -> None:
    give_password(client, alice.user)
    assert client.get(STAGE).status_code == 200
    user = User.objects.get(pk=alice.user.pk)
    user.is_active = not closed
    if not closed:
        user.set_password("another one altogether")
    user.save()

    assert client.post(STAGE, {"token": code_of(alice.user)}).headers["Location"] == LOGIN
    assert client.get(FACTORS).headers["Location"].startswith(LOGIN)


def backup_client(user: User) -> ScopeCheckingClient:
    """A client proven by one of the person's backup codes."""
    client = sign_in(user, None)
    prove(client, FactorKind.BACKUP, BackupCodes.objects.get(user=user).pk)
    return client


def test_with_the_backup_codes_goes_what_they_had_proven(alice: Persona) -> None:
    make_backup_codes(actor=alice.actor, user=alice.user)
    here, elsewhere = backup_client(alice.user), backup_client(alice.user)
    overview = reverse("ledger:overview", kwargs={"slug": alice.workspace.slug})
    assert here.get(overview).status_code == 200

    here.post(f"{FACTORS}{TotpDevice.objects.get(user=alice.user).pk}/removal/")

    assert read_proof(here.session) is None
    assert here.get(overview).headers["Location"].startswith(f"{FACTORS}needed/")
    assert elsewhere.get("/settings/profile/").headers["Location"].startswith(LOGIN)


def test_new_backup_codes_end_what_an_old_one_opened(alice: Persona) -> None:
    make_backup_codes(actor=alice.actor, user=alice.user)
    elsewhere, by_app = backup_client(alice.user), sign_in(alice.user)

    alice.client.post(f"{FACTORS}backup-codes/")

    assert elsewhere.get("/settings/profile/").headers["Location"].startswith(LOGIN)
    assert by_app.get("/settings/profile/").status_code == 200
