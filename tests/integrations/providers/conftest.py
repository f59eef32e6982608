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
