"""The environment replaces embedded parts, each with all that belongs to it or not at all."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.demo.local import Local
from config.demo.plan import PlanImpossible, make_plan
from config.demo.ports import find_free_port


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Local]:
    before = os.umask(0o022)
    yield Local(tmp_path / "local")
    os.umask(before)


def test_without_anything_given_every_part_is_embedded(local: Local) -> None:
    plan = make_plan(local, {})

    assert plan.postgres
    assert plan.valkey
    assert plan.sandbox_port
    assert plan.place == "embedded"
    assert plan.base_url == f"http://127.0.0.1:{plan.web_port}"
    assert plan.plaid["PLAID_BASE_URL"] == f"http://127.0.0.1:{plan.sandbox_port}"
    assert make_plan(local, {}) == plan


def test_an_administrators_address_makes_the_roles_addresses(local: Local) -> None:
    port = find_free_port()
    address = "postgresql://boss:word@db.test:5433/postgres?sslmode=require"
    plan = make_plan(local, {"PORT": str(port), "DATABASE_URL": address})
    password = local.secrets()["web"]

    assert plan.web_port == port
    assert plan.postgres is None
    assert plan.admin_url == address
    assert plan.urls.web == f"postgresql://counterfoil_web:{password}@db.test:5433/counterfoil?sslmode=require"
    assert plan.place == "db.test:5433/counterfoil"


def test_a_database_that_is_named_is_the_one_that_is_used(local: Local) -> None:
    plan = make_plan(local, {"DATABASE_URL": "postgresql://boss:word@db.test/books"})

    assert plan.database == "books"
    assert plan.urls.owner.endswith("@db.test/books")


def test_with_an_owners_address_all_addresses_are_used_as_they_are(local: Local) -> None:
    given = {
        "DATABASE_URL": "postgresql://web@db.test/books",
        "OWNER_DATABASE_URL": "postgresql://owner@db.test/books",
        "SCHEDULER_DATABASE_URL": "postgresql://scheduler@db.test/books",
        "BACKUP_DATABASE_URL": "postgresql://backup@db.test/books",
    }
    plan = make_plan(local, given)

    assert plan.admin_url is None
    assert plan.urls.web == given["DATABASE_URL"]
    assert plan.urls.backup == given["BACKUP_DATABASE_URL"]
    with pytest.raises(PlanImpossible, match="SCHEDULER_DATABASE_URL"):
        make_plan(local, {name: url for name, url in given.items() if not name.startswith("SCHEDULER")})


def test_a_real_bank_needs_its_keys(local: Local) -> None:
    with pytest.raises(PlanImpossible, match="PLAID_LINK_ORIGIN, PLAID_CLIENT_ID, PLAID_SECRET"):
        make_plan(local, {"PLAID_BASE_URL": "https://sandbox.plaid.com"})


def test_showing_a_plan_shows_no_secret(local: Local) -> None:
    plan = make_plan(local, {})

    assert "embedded" in plan.place
    assert not any(secret in repr(plan) for secret in local.secrets().values())


def test_the_sandbox_plays_the_books_too(local: Local) -> None:
    plan = make_plan(local, {})
    assert plan.zoho["ZOHO_ACCOUNTS_URL"] == plan.plaid["PLAID_BASE_URL"] + "/zoho"
    assert plan.zoho["ZOHO_API_URL"].endswith("/zoho/books/v3")
    assert len(plan.zoho["ZOHO_CLIENT_SECRET"]) > 40


def test_with_a_given_bank_the_books_are_given_too_or_left_out(local: Local) -> None:
    names = ("PLAID_BASE_URL", "PLAID_LINK_ORIGIN", "PLAID_CLIENT_ID", "PLAID_SECRET")
    bank = dict.fromkeys(names, "https://sandbox.plaid.com")
    assert set(make_plan(local, bank).zoho.values()) == {""}
    books = {"ZOHO_CLIENT_ID": "1000.ABC", "ZOHO_CLIENT_SECRET": "word"}
    assert make_plan(local, bank | books).zoho | books == make_plan(local, bank | books).zoho
