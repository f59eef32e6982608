from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integrations.sandbox.stripe.support import StripeSandbox


@pytest.fixture
def pay(tmp_path: Path) -> "Iterator[StripeSandbox]":
    from tests.integrations.sandbox.stripe.support import StripeSandbox

    one = StripeSandbox(tmp_path)
    yield one
    one.stop()
