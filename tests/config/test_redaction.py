"""What looks like a secret does not come out of a log, and what only looks a little like one does."""

import logging

import pytest

from config.logs import LineFormatter
from config.redaction import SHAPES, Shape, redact
from tests.support.commands import run_command, run_script
from tests.support.environment import Workplace

SHAPE = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)

FIND = "from config.redaction_check import find_leaks\nprint('\\n'.join(find_leaks()))"

ORDINARY = (
    "GET /w/<slug:slug>/transactions/ 200 15 ms",
    "Task ledger.rebuild_months[5f1c3b2e-0d4a-4c55-9e1b-2f6a7c8d9e0f] succeeded in 0.0213 s",
    "Mail 5f1c3b2e-0d4a-4c55-9e1b-2f6a7c8d9e0f could not be sent: TimeoutError",
    'File "/srv/counterfoil/ledger/sheets/reading.py", line 151, in open_month',
    "2026-11-21 22:37:56,312 listening at 127.0.0.1:59591, 20000 rows, 1024 kB",
    "KeyError: 'code'",
    "request 45abaeceb7ad925c came from nowhere",
    "4242 4242 4242 4241 passes no check",
)


# R90
def test_at_least_nine_kinds_are_known() -> None:
    assert len({shape.name for shape in SHAPES}) >= 9


@SHAPE
def test_each_kind_is_found_and_named(shape: Shape) -> None:
    written = redact(f"it was {shape.sample} there")

    assert shape.secret in shape.sample
    assert shape.secret not in written
    assert f"[{shape.name}]" in written
    assert written.startswith("it was ")
    assert written.endswith(" there")


@pytest.mark.parametrize("line", ORDINARY)
def test_an_ordinary_line_stays_as_it_is(line: str) -> None:
    assert redact(line) == line


def test_several_in_one_line_all_go() -> None:
    line = " and ".join(shape.sample for shape in SHAPES)

    assert not [shape.name for shape in SHAPES if shape.secret in redact(line)]


# In time that grows with the line, not with its square: strangers choose what stands in some.
@SHAPE
@pytest.mark.parametrize("line", ["aa://" + ":" * 300_000, "the code is" + " " * 300_000], ids=["colons", "spaces"])
def test_each_kind_is_looked_for_in_a_hostile_line(shape: Shape, line: str) -> None:
    assert shape.expression.sub("", line) == line


def test_what_is_very_long_is_cut_and_says_so() -> None:
    assert redact("a " * 50_000).endswith("[80000 characters more]")


# R90, R91
def test_the_self_test_finds_nothing(workplace: Workplace) -> None:
    status, out, complaints = run_command("check_redaction", environment=workplace.environment())

    assert (status, complaints) == (0, "")
    assert "nothing came through" in out


def test_the_self_test_finds_a_handler_that_redacts_nothing(workplace: Workplace) -> None:
    careless = "import logging\nlogging.getLogger('celery.task').addHandler(logging.StreamHandler())\n"
    status, out, _ = run_script(careless + FIND, environment=workplace.environment())

    assert status == 0
    assert set(out.splitlines()) == {f"{shape.name}, in a line of celery.task" for shape in SHAPES}


def test_the_self_test_does_not_pass_where_nothing_is_written(workplace: Workplace) -> None:
    silent = "import logging\nlogging.getLogger('gunicorn.error').propagate = False\n"
    status, _, complaints = run_script(silent + FIND, environment=workplace.environment())

    assert status == 1
    assert "NothingWasWritten: The logger gunicorn.error wrote nothing of the self-test" in complaints


def test_an_error_that_another_handler_rendered_is_rendered_anew() -> None:
    try:
        raise ValueError(SHAPES[0].sample)
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "it broke", None, (ValueError, error, None))
        record.exc_text = f"ValueError: {SHAPES[0].sample}"

    assert SHAPES[0].secret not in LineFormatter().format(record)
