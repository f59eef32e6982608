"""Whether the process lives and whether it can serve, told to anybody and telling nothing else. R92."""

import pytest
from django.db import connection, connections
from pytest_django import Settings

from config import health
from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_healthy_process_is_alive_and_ready(client: ScopeCheckingClient) -> None:
    assert client.get("/healthz").json() == {"alive": True}
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "missing": []}


def test_without_its_database_it_is_alive_and_not_ready(client: ScopeCheckingClient) -> None:
    connection.close()
    name = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = "counterfoil_nowhere"
    try:
        alive, ready = client.get("/healthz"), client.get("/readyz")
    finally:
        connection.settings_dict["NAME"] = name
        connections["default"].close()

    assert alive.status_code == 200
    assert ready.status_code == 503
    assert ready.json() == {"ready": False, "missing": ["database", "migrations"]}


def test_without_its_database_who_is_signed_in_gets_the_same_answers(alice: Persona) -> None:
    connection.close()
    name = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = "counterfoil_nowhere"
    try:
        alive, ready = alice.client.get("/healthz"), alice.client.get("/readyz")
    finally:
        connection.settings_dict["NAME"] = name
        connections["default"].close()

    assert (alive.status_code, ready.status_code) == (200, 503)


def test_without_redis_it_is_not_ready(client: ScopeCheckingClient, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "missing": ["redis"]}


def test_a_migration_that_is_not_applied_is_missed(
    client: ScopeCheckingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_migrations_on_disk", lambda: frozenset({("vault", "9999_not_there_yet")}))
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["missing"] == ["migrations"]
