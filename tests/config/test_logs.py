"""The log tells which request and where it failed, and quotes neither rows nor queries."""

import json
import logging
import sys
from datetime import UTC, datetime

import pytest
from django.db import DataError, IntegrityError

from config.logs import JsonFormatter, LineFormatter, request_id
from tests.support.client import ScopeCheckingClient
from tests.support.commands import run_script
from tests.support.environment import Workplace

# As the worker sets itself up, and a task of it that fails with a secret in its hands.
FAILING_TASK = """
from config.celery import app
app.log.setup("INFO", redirect_stdouts=True)

@app.task(name="tests.fail")
def fail(token):
    raise RuntimeError("refused: " + token)

task_id = fail.apply(["access-sandbox-11111111-0d4a-4c55-9e1b-2f6a7c8d9e0f"]).id
print(task_id.replace("-", "")[:16])
"""
UNCAUGHT = "raise RuntimeError('it was maya@northwind.example')"


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


def test_errors_that_caused_each_other_are_shown_once_each() -> None:
    error, cause = RuntimeError("outer"), ValueError("inner")
    error.__cause__, cause.__cause__ = cause, error
    line = line_for(error)

    assert line.count("RuntimeError: outer") == line.count("ValueError: inner") == 1


def test_a_context_that_was_put_aside_is_not_shown() -> None:
    error = ValueError("no such account")
    error.__context__, error.__suppress_context__ = KeyError("Acme Payroll"), True

    assert "no such account" in line_for(error)
    assert "Acme" not in line_for(error)


# As Django tells of what fails after a commit.
def test_a_database_error_that_a_line_quotes_is_named_only() -> None:
    told = ("Error calling %s (%s)", ("_note", IntegrityError("Key (name)=(Acme Payroll) already exists.")))
    line = LineFormatter().format(logging.LogRecord("django", logging.ERROR, __file__, 1, *told, None))

    assert line.endswith("Error calling _note (IntegrityError)")


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


# R91
def test_a_failed_task_is_told_by_its_id_and_shows_no_secret(workplace: Workplace) -> None:
    status, out, logged = run_script(FAILING_TASK, environment=workplace.environment())

    assert status == 0
    assert f"[{out.strip()}] Task tests.fail" in logged
    assert "RuntimeError: refused: [Plaid token]" in logged
    assert "access-sandbox" not in logged


def test_what_ends_a_program_is_told_like_anything_else(workplace: Workplace) -> None:
    status, _, logged = run_script(UNCAUGHT, environment=workplace.environment())

    assert status == 1
    assert "CRITICAL counterfoil [-] Ended by an error" in logged
    assert "RuntimeError: it was [e-mail address]" in logged


def test_in_production_each_event_is_one_json_object_on_one_line() -> None:
    try:
        raise ValueError("of maya@northwind.example\nand more")
    except ValueError:
        record = logging.LogRecord("counterfoil", logging.ERROR, __file__, 1, "it %s", ("broke",), sys.exc_info())
    line = JsonFormatter().format(record)
    told = json.loads(line)

    assert "\n" not in line
    assert (told["level"], told["logger"], told["message"]) == ("ERROR", "counterfoil", "it broke")
    assert told["request"] == request_id.get()
    assert told["error"].endswith("ValueError: of [e-mail address]\nand more")
    assert datetime.fromisoformat(told["time"]).tzinfo == UTC
