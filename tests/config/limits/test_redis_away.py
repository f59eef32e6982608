"""Redis is killed, falls silent and comes back: what needs it says so, everything else goes on, and nothing is lost."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
import requests
from celery import current_app
from django.db import connection as database
from django.utils import timezone

from accounts.access import workspace_scope
from accounts.mailing import find_due
from accounts.models import Mail
from accounts.queues import SEND_MAIL
from config.demo import programs
from config.demo.ports import find_free_port
from config.redis_client import circuit
from integrations.models import SyncRun
from integrations.sync.due import find_due as find_due_work
from tests.accounts.test_sign_up import new_address
from tests.config.limits.fragile import FragileRedis, FragileSite, Visitor, environment_of, start_site
from tests.support.connections import make_connection
from tests.support.environment import Workplace
from tests.support.people import PASSWORD, Persona, make_person
from tests.support.routes import list_routes
from tests.support.waiting import wait_until
from vault.tenancy import SITE_ID

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "scheduler"]),
    pytest.mark.xdist_group("redis"),
]

LOGIN = "/accounts/login/"


@pytest.fixture(scope="module")
def fragile(workplace: Workplace, django_db_setup: None) -> Iterator[FragileSite]:
    redis = FragileRedis.make(workplace.folder / "fragile")
    redis.start()
    port = find_free_port()
    site = start_site(workplace, redis, port)
    environment = environment_of(workplace, redis, port)
    yield FragileSite(environment["BASE_URL"], redis, environment)
    site.stop()
    redis.kill()


@pytest.fixture(autouse=True)
def _redis_is_there(fragile: FragileSite) -> Iterator[None]:
    if fragile.redis.child is None:
        fragile.redis.start()
    # Also for the process that rests from asking it.
    wait_until(lambda: sign_in(fragile, new_address()).status_code == 200, "sign-in works")
    yield
    if fragile.redis.child is None:
        fragile.redis.start()


def sign_in(fragile: FragileSite, email: str, password: str = "not the password") -> requests.Response:
    return Visitor(fragile.address).post(LOGIN, {"login": email, "password": password})


def test_signing_in_is_refused_with_a_page_and_works_again_afterwards(fragile: FragileSite) -> None:
    nora = make_person("nora", has_factor=False)
    given = {"login": nora.email, "password": PASSWORD}
    assert Visitor(fragile.address).post(LOGIN, given).status_code == 302

    fragile.redis.kill()
    away = [Visitor(fragile.address).post(LOGIN, given) for _ in range(6)]
    assert {answer.status_code for answer in away} == {503}
    assert {answer.headers["Retry-After"] for answer in away} == {"15"}
    assert "This cannot be done just now" in away[0].text
    assert "You can try again in 15 seconds" in away[0].text
    assert PASSWORD not in away[0].text

    fragile.redis.start()
    wait_until(lambda: Visitor(fragile.address).post(LOGIN, given).status_code == 302, "sign-in works again")


def test_the_limits_hold_again_once_it_is_back(fragile: FragileSite) -> None:
    fragile.redis.kill()
    assert sign_in(fragile, new_address()).status_code == 503
    fragile.redis.start()
    email = new_address()
    answers: list[int] = []

    # One process after the other asks Redis again; what it refuses until then is not counted.
    def is_held() -> bool:
        answers.append(sign_in(fragile, email).status_code)
        return len([status for status in answers if status != 503]) == 6

    wait_until(is_held, "six tries are answered")
    assert [status for status in answers if status != 503] == [200, 200, 200, 200, 429, 429]


def test_every_page_that_only_shows_goes_on(fragile: FragileSite, alice: Persona) -> None:
    visitor = Visitor(fragile.address, alice.client.cookies)
    paths = [route.address(slug=alice.workspace.slug) for route in list_routes() if route.path != "readyz"]
    before = {path: visitor.get(path).status_code for path in paths}
    assert 200 in before.values()

    fragile.redis.kill()
    away = {path: visitor.get(path).status_code for path in paths}
    # The way back from a bank costs a call to it, and is closed.
    assert away.pop("/oauth/zoho/") == 503
    assert {path: (before[path], status) for path, status in away.items() if status != before[path]} == {}


def test_what_is_silent_is_not_waited_for_again_and_again(fragile: FragileSite, alice: Persona) -> None:
    visitor = Visitor(fragile.address, alice.client.cookies)
    fragile.redis.hold()
    try:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: sign_in(fragile, new_address()).status_code, range(16)))
        pages = [visitor.get(f"/w/{alice.workspace.slug}/").status_code for _ in range(5)]
    finally:
        fragile.redis.let_go()
    assert set(answers) == {503}
    assert set(pages) == {200}


# A limit that is open then, and a task that cannot be asked for: the run is there, and the clock finds it.
def test_a_sync_that_is_asked_for_is_not_lost(fragile: FragileSite, alice: Persona) -> None:
    bank = make_connection(alice.workspace)
    visitor = Visitor(fragile.address, alice.client.cookies)
    seen_on = f"/w/{alice.workspace.slug}/connections/"
    fragile.redis.kill()
    answer = visitor.post(f"{seen_on}{bank}/syncs/", seen_on=seen_on)

    assert answer.status_code == 302
    with workspace_scope(alice.workspace.pk):
        run = SyncRun.objects.get(connection_id=bank)
        SyncRun.objects.filter(pk=run.pk).update(due_at=timezone.now())
    assert (alice.workspace.pk, run.pk) in {(due.workspace_id, due.object_id) for due in find_due_work()}


def test_a_mail_that_is_asked_for_is_not_lost(fragile: FragileSite, alice: Persona) -> None:
    visitor = Visitor(fragile.address, alice.client.cookies)
    page = "/settings/profile/"
    fragile.redis.kill()
    assert visitor.get(page).status_code == 200
    before = set(waiting())
    # In this process as in the web server: what is enqueued after the commit fails, and the commit stands.
    ask_for_mail_without_a_queue()
    (asked,) = set(waiting()) - before
    with workspace_scope(SITE_ID):
        Mail.objects.filter(pk=asked).update(due_at=timezone.now())
    assert (SITE_ID, asked) in set(find_due())


def ask_for_mail_without_a_queue() -> None:
    from accounts.mail import request_mail

    circuit.open()
    request_mail(kind="unknown_account", address=new_address())
    assert not database.in_atomic_block


def test_the_worker_comes_back_by_itself(fragile: FragileSite, workplace: Workplace) -> None:
    worker = programs.start_worker(
        environment=fragile.environment, logs=workplace.folder / "fragile", beat=None, processes="1"
    )
    try:
        programs.wait_for_worker(worker)
        fragile.redis.kill()
        wait_until(lambda: "Trying again" in worker.log.read_text(), "the worker has noticed")
        fragile.redis.start()
        before = set(waiting())
        ask_for_mail_without_a_queue()
        (asked,) = set(waiting()) - before
        with current_app.connection_for_write(url=fragile.redis.valkey.url()) as queue:
            current_app.send_task(SEND_MAIL, [str(SITE_ID), str(asked)], connection=queue)
        # It belongs to nobody, and is dropped as soon as a worker takes it.
        wait_until(lambda: asked not in set(waiting()), "the worker has taken a task")
    finally:
        worker.stop()


def waiting() -> list[UUID]:
    with workspace_scope(SITE_ID):
        return list(Mail.objects.values_list("pk", flat=True))
