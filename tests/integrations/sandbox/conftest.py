from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integrations.support import Sandbox


@pytest.fixture
def bank(tmp_path: Path) -> "Iterator[Sandbox]":
    """A sandbox whose data is ready at once."""
    from tests.integrations.support import Sandbox

    one = Sandbox(tmp_path)
    yield one
    one.stop()


@pytest.fixture
def slow_bank(tmp_path: Path) -> "Iterator[Sandbox]":
    """A sandbox that needs 100 seconds for its recent rows and 200 for all; tests move its clock."""
    from tests.integrations.support import Sandbox

    one = Sandbox(tmp_path, ready_seconds=100.0)
    yield one
    one.stop()
