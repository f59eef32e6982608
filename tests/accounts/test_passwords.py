"""New passwords: forgotten, changed, and looked up among those that leaked. R17-R21, R36, R64."""

import re
import threading
from collections.abc import Iterator
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psycopg
import pytest
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.test import override_settings

from accounts.access import workspace_scope
from accounts.actions import create_user
from accounts.breaches import Answer, looking_up
from accounts.models import User
from audit.log import open_detail
from audit.models import Event
from config.demo.local import REPOSITORY
from tests.accounts.test_sign_up import CODE_PAGE, COUNTED, CountingArgon2, new_address, sign_up, without_tokens
from tests.support.client import ScopeCheckingClient
from tests.support.environment import Workplace
from tests.support.limits import change_limit
from tests.support.mails import code_to, mails_to, waiting_mails
from tests.support.people import PASSWORD, SETUP, Persona, sign_in
from vault.tenancy import SITE_ID

pytestmark = pytest.mark.django_db

SETTINGS_PAGE = "/settings/security/password/"
REQUEST, CONFIRM, CHOOSE = "/accounts/password/", "/accounts/password/code/", "/accounts/password/new/"
NEW = "quite another passphrase"
LEAKED = "breached-in-the-sandbox"


def is_signed_in(client: ScopeCheckingClient) -> bool:
    return client.get("/settings/profile/").status_code == 200


def change(client: ScopeCheckingClient, new: str, old: str = PASSWORD, again: str | None = None) -> Any:
    return client.post(SETTINGS_PAGE, {"old_password": old, "password1": new, "password2": again or new})


def reset(client: ScopeCheckingClient, person: User, new: str) -> Any:
    client.post(REQUEST, {"email": person.email})
    client.post(CONFIRM, {"code": code_to(person.email)})
    return client.post(CHOOSE, {"password1": new, "password2": new})


def lookups() -> list[dict[str, object]]:
    with workspace_scope(SITE_ID):
        events = Event.objects.filter(action="accounts.password.looked_up").order_by("occurred_at")
        return [open_detail(event) for event in events]


# R36
def test_a_changed_password_ends_the_other_sessions_and_tells_by_mail(alice: Persona) -> None:
    other = sign_in(alice.user)
    answer = change(alice.client, NEW)

    assert answer.status_code == 302
    assert is_signed_in(alice.client)
    assert not is_signed_in(other)
    assert User.objects.get(pk=alice.user.pk).check_password(NEW)
    assert [message.subject for message in mails_to(alice.user.email)] == ["Your password was changed"]


@pytest.mark.parametrize(
    ("old", "new", "again", "says"),
    [
        ("not the old one", NEW, NEW, "This is not your current password."),
        (PASSWORD, NEW, "something else", "This is not the same as the new password above."),
        (PASSWORD, "short", "short", "at least 12 characters"),
        (PASSWORD, "password1234", "password1234", "known from data leaks"),
    ],
)
def test_a_wrong_or_weak_password_changes_nothing(alice: Persona, old: str, new: str, again: str, says: str) -> None:
    answer = change(alice.client, new, old, again)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert User.objects.get(pk=alice.user.pk).check_password(PASSWORD)


# R64
def test_changing_a_password_is_throttled(alice: Persona) -> None:
    answers = [change(alice.client, "short", "guess").status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_a_forgotten_password_is_replaced_by_a_code_and_ends_every_session(alice: Persona, client: Any) -> None:
    answer = reset(client, alice.user, NEW)

    assert answer.headers["Location"] == "/accounts/password/done/"
    # It does not sign in: a second factor would be passed by.
    assert not is_signed_in(client)
    assert not is_signed_in(alice.client)
    assert User.objects.get(pk=alice.user.pk).check_password(NEW)
    assert mails_to(alice.user.email)[-1].subject == "Your password was changed"


def test_a_known_and_an_unknown_address_get_the_same_answer_and_cost_the_same(alice: Persona) -> None:
    seen = []
    for address in (alice.user.email, new_address()):
        client, mails = ScopeCheckingClient(), len(waiting_mails())
        CountingArgon2.worked = 0
        with COUNTED:
            answer = client.post(REQUEST, {"email": address})
        page = client.get(CONFIRM).content.decode().replace(address, "")
        wrong = client.post(CONFIRM, {"code": "WRONG"}).content.decode().replace(address, "")
        asked = len(waiting_mails()) - mails
        seen.append((answer.headers["Location"], CountingArgon2.worked, asked, *map(without_tokens, (page, wrong))))
        if address != alice.user.email:
            assert mails_to(address) == []
    assert seen[0] == seen[1]
    assert seen[0][2] == 1


def test_no_code_passes_for_an_address_without_an_account(client: ScopeCheckingClient) -> None:
    client.post(REQUEST, {"email": new_address()})
    for guess in ("", "0", "None"):
        assert client.post(CONFIRM, {"code": guess}).headers.get("Location") != CHOOSE
    assert client.get(CHOOSE).status_code == 302


# What a request says of its own host is in no mail.
def test_a_poisoned_host_header_is_in_no_mail(alice: Persona, client: ScopeCheckingClient) -> None:
    poison = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    assert client.post(REQUEST, {"email": alice.user.email}, headers=poison).status_code == 400
    client.post(REQUEST, {"email": alice.user.email}, headers={"X-Forwarded-Host": "evil.example"})
    with override_settings(ALLOWED_HOSTS=["*"], BASE_URL="https://good.example"):
        sign_up(ScopeCheckingClient(), alice.user.email)
        ScopeCheckingClient().post(REQUEST, {"email": alice.user.email}, headers=poison)
        texts = [str(message.body) for message in mails_to(alice.user.email)]
    assert any("https://good.example" in text for text in texts)
    assert not any("evil.example" in text for text in texts)


def test_the_sandbox_knows_a_password_that_no_list_has(sandbox: str, client: ScopeCheckingClient) -> None:
    address = new_address()
    answer = sign_up(client, address, LEAKED)

    assert "known from data leaks" in answer.content.decode()
    assert not User.objects.filter(email=address).exists()
    assert lookups()[-1] == {"source": "service", "breached": True}
    assert sign_up(client, address).headers["Location"] == CODE_PAGE
    assert lookups()[-1] == {"source": "service", "breached": False}


# R20: at registration, and also at change and reset.
def test_change_and_reset_ask_the_service_too(sandbox: str, alice: Persona, client: ScopeCheckingClient) -> None:
    assert "known from data leaks" in change(alice.client, LEAKED).content.decode()
    assert "known from data leaks" in reset(client, alice.user, LEAKED).content.decode()
    assert [one["source"] for one in lookups()[-2:]] == ["service", "service"]
    assert User.objects.get(pk=alice.user.pk).check_password(PASSWORD)


def test_a_person_made_by_a_command_gets_no_common_password() -> None:
    with pytest.raises(ValidationError, match="known from data leaks"):
        create_user(actor=SETUP, email=new_address(), password="password12345")


def test_the_form_says_what_is_asked_of_a_password() -> None:
    assert any("data leaks" in text for text in password_validators_help_texts())


class Service:
    """A range service that notes what it was asked, and how many transactions stood open meanwhile."""

    def __init__(self, admin_url: str, database: str) -> None:
        self.asked: list[tuple[str, str]] = []
        self.open_transactions: list[int] = []
        self.status, self.body = 200, b""
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service.asked.append((self.path, self.headers["Add-Padding"]))
                with psycopg.connect(admin_url) as watcher:
                    row = watcher.execute(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND state LIKE 'idle in transaction%%'",
                        [database],
                    ).fetchone()
                service.open_transactions.append(row[0] if row else -1)
                self.send_response(service.status)
                self.end_headers()
                self.wfile.write(service.body)

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def service(workplace: Workplace) -> Iterator[Service]:
    made = Service(workplace.servers.postgres.admin_url, workplace.database)
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    with override_settings(PWNED_URL=made.url):
        yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def test_five_digits_leave_and_the_answer_is_padded(service: Service) -> None:
    with looking_up(LEAKED) as answer:
        assert answer == Answer(breached=False, source="service")
    ((path, padding),) = service.asked
    assert len(path) == len("/range/12345")
    assert padding == "true"


def test_padding_counts_for_nothing(service: Service) -> None:
    with looking_up(LEAKED):
        pass
    rest = sha1(LEAKED.encode(), usedforsecurity=False).hexdigest().upper()[5:]
    for count, breached in ((0, False), (3, True)):
        service.body = f"{rest}:{count}\r\n".encode()
        with looking_up(LEAKED) as answer:
            assert answer.breached is breached


@pytest.mark.parametrize(("status", "body"), [(503, b""), (200, b"not a list"), (200, b"\xff:1")])
def test_a_service_that_fails_leaves_it_to_the_list(service: Service, status: int, body: bytes) -> None:
    service.status, service.body = status, body
    with looking_up("password12345") as answer:
        assert answer == Answer(breached=True, source="list")
    with looking_up(NEW) as answer:
        assert answer == Answer(breached=False, source="list")


# Ruling: nothing is asked while a transaction is open.
@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_service_is_asked(service: Service, alice: Persona) -> None:
    sign_up(ScopeCheckingClient(), new_address())
    change(alice.client, NEW)
    assert service.open_transactions == [0, 0]


# Each is a call to a service and a line in the record, for somebody who has not signed in.
@pytest.mark.parametrize("page", [CHOOSE, "/accounts/signup/"])
def test_looking_up_passwords_without_an_account_is_throttled(
    client: ScopeCheckingClient, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    change_limit(monkeypatch, "sign_up_address", count=2)
    change_limit(monkeypatch, "choose_password_address", count=2)
    answers = [client.post(page, {"password1": f"guess number {n}"}).status_code for n in range(3)]
    assert answers[2] == 429
    assert 429 not in answers[:2]
    assert len(lookups()) == 2


# ASVS 6.2.8: blanks at the ends, capitals and the last of many characters all count, and no kind of them is asked for.
@pytest.mark.parametrize(
    "chosen",
    ["  of blanks and Capitals  ", "nothing but small letters", "ключ от дома 山", " and ".join(map(str, range(30)))],
)
def test_a_password_is_taken_exactly_as_it_was_typed(alice: Persona, chosen: str) -> None:
    assert change(alice.client, chosen).status_code == 302
    user = User.objects.get(pk=alice.user.pk)
    assert user.check_password(chosen)
    others = {chosen.strip(), chosen.swapcase(), chosen[:-1], chosen[:72]} - {chosen}
    assert others
    assert not [other for other in others if user.check_password(other)]

    answers = [
        ScopeCheckingClient().post("/accounts/login/", {"login": user.email, "password": typed}).status_code
        for typed in (chosen[:-1], chosen)
    ]
    assert answers == [200, 302]


# ASVS 6.2.6, 6.2.7
def test_password_boxes_are_masked_and_open_to_password_managers(alice: Persona, client: ScopeCheckingClient) -> None:
    asked = {"/accounts/login/": client, "/accounts/signup/": client, SETTINGS_PAGE: alice.client}
    for page, who in asked.items():
        boxes = re.findall(r"<input[^>]*password[^>]*>", who.get(page).content.decode())
        assert boxes
        assert all('type="password"' in box for box in boxes)
        assert all(re.search(r'autocomplete="(current|new)-password"', box) for box in boxes)
    scripts = [path.read_text() for path in (REPOSITORY / "static" / "js").glob("*.js")]
    assert scripts
    assert not [script for script in scripts if "paste" in script]


# ASVS 6.4.3
def test_a_new_password_by_mail_does_not_lead_past_the_second_factor(
    alice: Persona, client: ScopeCheckingClient
) -> None:
    reset(client, alice.user, NEW)
    assert not is_signed_in(client)
    answer = client.post("/accounts/login/", {"login": alice.user.email, "password": NEW})
    assert answer.headers["Location"] == "/accounts/login/second-factor/"
    assert not is_signed_in(client)
