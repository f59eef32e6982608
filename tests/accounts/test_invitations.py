"""Invitations: by an address, for seven days, once, and nobody else's."""

import re
from datetime import timedelta
from secrets import token_hex

import pytest
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.actions import cancel_invitation, change_role, create_user, create_workspace, invite
from accounts.actions.invitations import MOST_A_DAY, MOST_MAILS
from accounts.models import Invitation, Membership, User, UserSession
from accounts.permissions import Role
from audit.models import Event
from tests.support.client import ScopeCheckingClient
from tests.support.limits import change_limit
from tests.support.mails import mails_to, waiting_mails
from tests.support.people import PASSWORD, SETUP, Persona, make_member, make_person, sign_in

pytestmark = pytest.mark.django_db

LINK = re.compile(r"http\S+/invitation/\?token=(\S+)")
GONE = "This invitation does not work any more"


def settings_of(person: Persona, page: str = "") -> str:
    return f"/w/{person.workspace.slug}/settings/{page}"


def send(owner: Persona, address: str, role: str = "staff") -> int:
    answer = owner.client.post(settings_of(owner, "invitations/"), {"email": address, "role": role})
    return int(answer.status_code)


def token_to(address: str, owner: Persona) -> str:
    """The token of the link in the last mail to an address."""
    found = LINK.search(str(mails_to(address, owner.workspace.pk)[-1].body))
    assert found
    return found[1]


def only_invitation(owner: Persona) -> Invitation:
    with workspace_scope(owner.workspace.pk):
        return Invitation.objects.get()


def role_in(owner: Persona, user: User) -> str:
    with workspace_scope(owner.workspace.pk):
        return Membership.objects.filter(user=user).values_list("role", flat=True).first() or ""


def accept(client: ScopeCheckingClient, token: str) -> str:
    """The words of the page that comes of opening the link and accepting."""
    client.get(f"/invitation/?token={token}")
    return client.post("/invitation/acceptance/", follow=True).content.decode()


def age(owner: Persona, by: timedelta) -> None:
    """Let an invitation be older than it is."""
    invitation = only_invitation(owner)
    with workspace_scope(owner.workspace.pk):
        Invitation.objects.filter(pk=invitation.pk).update(
            expires_at=invitation.expires_at - by, mailed_at=invitation.mailed_at - by
        )


def test_who_is_invited_joins_in_the_role_they_were_invited_to(alice: Persona) -> None:
    ines = make_person("ines")
    assert send(alice, ines.email.upper(), "manager") == 302
    client = sign_in(ines)
    first = client.get(f"/invitation/?token={token_to(ines.email, alice)}")
    page = client.get(first.headers["Location"]).content.decode()

    assert "token" not in first.headers["Location"]
    assert "Join Alder Works" in page
    assert "as Manager" in page
    answer = client.post("/invitation/acceptance/")
    assert answer.headers["Location"] == f"/w/{alice.workspace.slug}/"
    assert role_in(alice, ines) == "manager"
    assert client.get(f"/w/{alice.workspace.slug}/").status_code == 200
    with workspace_scope(alice.workspace.pk):
        written = set(Event.objects.filter(action__startswith="accounts.invitation").values_list("action", flat=True))
    assert written == {"accounts.invitation.created", "accounts.invitation.accepted"}


def test_an_invitation_works_once(alice: Persona) -> None:
    ines = make_person("ines")
    send(alice, ines.email)
    token = token_to(ines.email, alice)
    accept(sign_in(ines), token)
    with workspace_scope(alice.workspace.pk):
        Membership.objects.get(user=ines).delete()

    assert GONE in accept(sign_in(ines), token)
    assert role_in(alice, ines) == ""


def test_an_invitation_is_for_its_address_alone(alice: Persona, mallory: Persona) -> None:
    ines = make_person("ines")
    send(alice, ines.email)
    token = token_to(ines.email, alice)

    assert "for another address" in accept(mallory.client, token)
    assert role_in(alice, mallory.user) == ""
    # It still works for whom it is meant.
    accept(sign_in(ines), token)
    assert role_in(alice, ines) == "staff"


def test_a_link_that_was_never_sent_a_cancelled_one_and_an_expired_one_say_the_same(alice: Persona) -> None:
    ines = make_person("ines")
    send(alice, ines.email)
    token = token_to(ines.email, alice)
    client = sign_in(ines)
    open_page = client.get(f"/invitation/?token={token}", follow=True)
    age(alice, timedelta(days=7))
    expired = client.get(f"/invitation/?token={token}", follow=True)
    age(alice, -timedelta(days=7))
    with workspace_scope(alice.workspace.pk):
        cancel_invitation(actor=alice.actor, invitation_id=Invitation.objects.get().pk)
    cancelled = client.get(f"/invitation/?token={token}", follow=True)
    never = client.get(f"/invitation/?token={token_hex(20)}", follow=True)

    assert open_page.status_code == 200
    assert {answer.status_code for answer in (expired, cancelled, never)} == {404}
    # R43: also whose it was is not said.
    assert expired.content.count(b"<p>") == cancelled.content.count(b"<p>") == never.content.count(b"<p>")
    assert all(GONE in answer.content.decode() for answer in (expired, cancelled, never))
    assert b"Alder Works" in open_page.content
    assert b"Alder Works" not in never.content + cancelled.content + expired.content
    assert GONE in accept(client, token)


def test_the_page_works_signed_out_and_leads_to_the_way_in(alice: Persona, client: ScopeCheckingClient) -> None:
    address = f"new-{token_hex(6)}@example.test"
    send(alice, address)
    page = client.get(f"/invitation/?token={token_to(address, alice)}", follow=True).content.decode()

    assert "/accounts/signup/?next=/invitation/" in page
    assert "/accounts/login/?next=/invitation/" in page
    assert "Accept" not in page.partition("<h1>")[2].partition("Sign in")[0]
    assert client.post("/invitation/acceptance/").headers["Location"].startswith("/accounts/login/")


def test_an_account_made_later_finds_its_invitation_in_the_same_browser(
    alice: Persona, client: ScopeCheckingClient
) -> None:
    address = f"new-{token_hex(6)}@example.test"
    send(alice, address)
    client.get(f"/invitation/?token={token_to(address, alice)}")
    user = create_user(actor=SETUP, email=address, password=PASSWORD)
    client.force_login(user)

    assert b"Accept" in client.get("/invitation/").content
    client.post("/invitation/acceptance/")
    assert role_in(alice, user) == "staff"


def test_only_a_digest_of_the_link_is_kept(alice: Persona) -> None:
    address = f"ines-{token_hex(6)}@example.test"
    send(alice, address)
    (waiting,) = waiting_mails(alice.workspace.pk)
    sealed_mail = bytes(vars(waiting)["facts"].data)
    token = token_to(address, alice)
    stored = only_invitation(alice)

    assert token.encode() not in bytes(stored.token_digest) + sealed_mail
    assert address.encode() not in bytes(vars(stored)["email"].data)
    assert waiting_mails(alice.workspace.pk) == []


def test_another_mail_has_another_link_and_the_first_works_no_more(alice: Persona) -> None:
    ines = make_person("ines")
    send(alice, ines.email)
    first = token_to(ines.email, alice)
    again = settings_of(alice, f"invitations/{only_invitation(alice).pk}/mail/")
    too_soon = alice.client.post(again, follow=True).content.decode()
    age(alice, timedelta(days=8))
    alice.client.post(again)
    second = token_to(ines.email, alice)

    assert "Wait a minute" in too_soon
    assert first != second
    assert GONE in accept(sign_in(ines), first)
    accept(sign_in(ines), second)
    assert role_in(alice, ines) == "staff"


def test_mails_to_strangers_have_a_bound(alice: Persona) -> None:
    address = f"ines-{token_hex(6)}@example.test"
    send(alice, address)
    again = settings_of(alice, f"invitations/{only_invitation(alice).pk}/mail/")
    with workspace_scope(alice.workspace.pk):
        Invitation.objects.update(mails=MOST_MAILS, mailed_at=timezone.now() - timedelta(hours=1))
    assert "Enough mails" in alice.client.post(again, follow=True).content.decode()
    with workspace_scope(alice.workspace.pk):
        Invitation.objects.update(mails=MOST_A_DAY)

    assert send(alice, f"other-{token_hex(6)}@example.test") == 422


# However old an invitation is, what counts is when mail went out.
@pytest.mark.parametrize(("mailed", "status"), [(timedelta(hours=23), 422), (timedelta(hours=25), 302)])
def test_the_bound_of_a_day_counts_mails_by_when_they_were_sent(alice: Persona, mailed: timedelta, status: int) -> None:
    send(alice, f"ines-{token_hex(6)}@example.test")
    now = timezone.now()
    with workspace_scope(alice.workspace.pk):
        Invitation.objects.update(mails=MOST_A_DAY, created_at=now - timedelta(days=3), mailed_at=now - mailed)

    assert send(alice, f"other-{token_hex(6)}@example.test") == status


def test_the_same_address_is_not_invited_twice_nor_a_member(alice: Persona, bob: Persona) -> None:
    address = f"ines-{token_hex(6)}@example.test"

    assert send(alice, address) == 302
    assert send(alice, address) == 422
    assert send(alice, bob.user.email) == 422
    age(alice, timedelta(days=8))
    assert send(alice, address) == 302


# No enumeration: whether somebody has an account is not to be learned by inviting them.
def test_an_address_with_an_account_and_one_without_are_answered_alike(alice: Persona) -> None:
    known, unknown = make_person("ines").email, f"ines-{token_hex(6)}@example.test"
    answers = [
        alice.client.post(settings_of(alice, "invitations/"), {"email": address, "role": "staff"}, follow=True)
        for address in (known, unknown)
    ]
    pages = [
        re.sub(r'value="[^"]{40,}"|nonce="[^"]+"|[0-9a-f-]{36}', "", answer.content.decode())
        .replace(known, "address")
        .replace(unknown, "address")
        for answer in answers
    ]

    assert pages[0].count("is invited") == pages[1].count("is invited") == 1
    assert len(waiting_mails(alice.workspace.pk)) == 2


@pytest.mark.parametrize(
    ("role", "given", "status"),
    [
        (Role.ADMIN, "admin", 302),
        (Role.ADMIN, "owner", 422),
        (Role.OWNER, "owner", 422),
        (Role.OWNER, "root", 422),
        (Role.MANAGER, "staff", 403),
        (Role.AUDITOR, "staff", 403),
        (Role.STAFF, "staff", 403),
    ],
)
def test_nobody_invites_to_more_than_they_may_give(alice: Persona, role: Role, given: str, status: int) -> None:
    person = make_member("carol", alice.workspace, role)

    assert send(person, f"ines-{token_hex(6)}@example.test", given) == status


def test_who_may_invite_no_more_has_invited_nobody(alice: Persona) -> None:
    ines, adam = make_person("ines"), make_member("adam", alice.workspace, Role.ADMIN)
    send(adam, ines.email)
    token = token_to(ines.email, alice)
    with workspace_scope(alice.workspace.pk):
        membership = Membership.objects.get(user=adam.user)
        change_role(actor=alice.actor, membership_id=membership.pk, role=Role.STAFF)

    assert only_invitation(alice).state == "cancelled"
    assert GONE in accept(sign_in(ines), token)


def test_an_invitation_is_worth_no_more_than_its_inviter_could_give_now(alice: Persona) -> None:
    ines, adam = make_person("ines"), make_member("adam", alice.workspace, Role.ADMIN)
    send(adam, ines.email)
    token = token_to(ines.email, alice)
    User.objects.filter(pk=adam.user.pk).update(is_active=False)

    accept(sign_in(ines), token)
    assert role_in(alice, ines) == ""


def test_the_invited_may_decline(alice: Persona) -> None:
    ines = make_person("ines")
    send(alice, ines.email)
    client = sign_in(ines)
    client.get(f"/invitation/?token={token_to(ines.email, alice)}")

    assert client.post("/invitation/refusal/").status_code == 302
    assert only_invitation(alice).state == "declined"
    assert GONE in client.get("/invitation/").content.decode()


def test_members_who_may_see_invitations_see_their_state(alice: Persona, bob: Persona) -> None:
    address = f"ines-{token_hex(6)}@example.test"
    send(alice, address)
    assert "Waiting" in bob.client.get(settings_of(alice, "members/")).content.decode()
    age(alice, timedelta(days=8))

    assert "Expired" in alice.client.get(settings_of(alice, "members/")).content.decode()
    assert "Send again" not in bob.client.get(settings_of(alice, "members/")).content.decode()


def test_an_invitation_of_elsewhere_cannot_be_touched(alice: Persona, mallory: Persona) -> None:
    send(alice, f"ines-{token_hex(6)}@example.test")
    for deed in ("mail", "cancellation"):
        address = settings_of(mallory, f"invitations/{only_invitation(alice).pk}/{deed}/")
        assert mallory.client.post(address).status_code == 404
    assert only_invitation(alice).state == "open"


def test_the_mail_names_nobody_and_no_company(alice: Persona) -> None:
    address = f"ines-{token_hex(6)}@example.test"
    with workspace_scope(alice.workspace.pk):
        invite(actor=alice.actor, email=address, role=Role.STAFF)
    (message,) = mails_to(address, alice.workspace.pk)
    words = f"{message.subject} {message.body}"

    assert "Alder" not in words
    assert alice.user.email not in words
    assert "Alice" not in words


# The bound of a workspace is no bound for who makes many.
def test_mails_that_one_person_asks_for_have_a_bound_across_workspaces(
    alice: Persona, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_limit(monkeypatch, "invite", count=2)
    second = create_workspace(actor=SETUP, owner=alice.user, name="Another", base_currency="USD")
    places = [alice, Persona(alice.user, second, alice.client), alice]
    assert [send(place, f"{token_hex(6)}@example.test") for place in places] == [302, 302, 429]


def test_a_link_that_somebody_made_up_leaves_no_session(alice: Persona, client: ScopeCheckingClient) -> None:
    before = UserSession.objects.count()
    assert client.get("/invitation/?token=made-up").headers["Location"] == "/invitation/"
    assert UserSession.objects.count() == before

    send(alice, address := f"{token_hex(6)}@example.test")
    client.get(f"/invitation/?token={token_to(address, alice)}")
    assert UserSession.objects.count() == before + 1


def test_a_link_that_is_over_does_not_show_the_one_opened_before(alice: Persona, client: ScopeCheckingClient) -> None:
    send(alice, address := f"{token_hex(6)}@example.test")
    client.get(f"/invitation/?token={token_to(address, alice)}")
    assert client.get("/invitation/").status_code == 200

    assert client.get("/invitation/?token=made-up", follow=True).status_code == 404
