"""Waiting for whoever may still write by what they read before."""

import threading

import psycopg
import pytest
from django.db import connection

from tests.support.environment import Workplace
from vault import roles
from vault.waiting import StillOpen, wait_for_open_transactions

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def web_url(workplace: Workplace) -> str:
    return workplace.servers.role_url(roles.WEB, workplace.database)


def test_nobody_is_waited_for_when_no_transaction_is_open(web_url: str) -> None:
    with psycopg.connect(web_url, autocommit=True) as idle:
        idle.execute("SELECT 1")
        wait_for_open_transactions(seconds=120)


def test_a_transaction_that_is_open_is_waited_for_and_a_later_one_is_not(web_url: str) -> None:
    with psycopg.connect(web_url) as before, psycopg.connect(web_url) as after:
        before.execute("SELECT 1")
        ended = []

        def end() -> None:
            after.execute("SELECT 1")
            ended.append(True)
            before.commit()

        ending = threading.Timer(0.3, end)
        ending.start()
        wait_for_open_transactions(seconds=120)
        ending.join()
        assert ended


def test_one_that_never_ends_is_told_of_in_words(web_url: str) -> None:
    with psycopg.connect(web_url) as endless:
        endless.execute("SELECT 1")
        with pytest.raises(StillOpen, match="has been open for more than"):
            wait_for_open_transactions(seconds=0.2)
    assert not connection.in_atomic_block


def test_a_backup_that_reads_for_hours_holds_up_nothing(workplace: Workplace) -> None:
    with psycopg.connect(workplace.servers.role_url(roles.BACKUP, workplace.database)) as backup:
        backup.execute("SELECT 1")
        wait_for_open_transactions(seconds=120)
