"""The log tells which request and where it failed, and quotes neither rows nor queries."""

import logging
import sys

import pytest
from django.db import DataError, IntegrityError

from config.logs import LineFormatter
from tests.support.client import ScopeCheckingClient


def line_for(error: Exception) -> str:
    try:
        raise error
    except type(error):
        record = logging.LogRecord("counterfoil", logging.ERROR, __file__, 1, "it broke", None, sys.exc_info())
    return LineFormatter().format(record)


def test_an_error_of_our_own_is_shown_with_its_place() -> None:
    line = line_for(ValueError("the reason"))

    assert "ValueError: the reason" in line
    assert "test_logs.py" in line


# R91
def test_a_database_error_is_shown_without_the_row_that_it_quotes() -> None:
    line = line_for(IntegrityError("Key (email)=(maya@northwind.example) already exists."))

    assert "IntegrityError" in line
    assert "maya" not in line


def test_what_caused_an_error_is_shown_too() -> None:
    error = RuntimeError("outer")
    error.__cause__ = IntegrityError("inner")
    line = line_for(error)

    assert "RuntimeError: outer" in line
    assert "IntegrityError" in line
    assert "inner" not in line


def test_a_context_that_was_put_aside_is_not_shown() -> None:
    error = ValueError("no such account")
    error.__context__, error.__suppress_context__ = KeyError("Acme Payroll"), True

    assert "no such account" in line_for(error)
    assert "Acme" not in line_for(error)


def test_a_failed_tasks_line_names_the_error_and_does_not_quote_it() -> None:
    error = DataError("Acme Payroll")
    facts = {"name": "ledger.rebuild", "exc": repr(error)}
    try:
        raise error
    except DataError:
        failed = ("celery", logging.ERROR, __file__, 1, "Task %(name)s raised: %(exc)s", (facts,), sys.exc_info())
        line = LineFormatter().format(logging.LogRecord(*failed))

    assert "Task ledger.rebuild raised: DataError" in line
    assert "Acme" not in line


@pytest.mark.django_db
def test_a_request_is_one_line_with_its_route_and_without_its_query(
    client: ScopeCheckingClient, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/accounts/login/?next=/secret-place/")
    lines = [record.getMessage() for record in caplog.records if record.name == "counterfoil.access"]

    assert len(lines) == 1
    assert lines[0].startswith("GET /accounts/login/ 200 ")
    assert "secret" not in caplog.text
