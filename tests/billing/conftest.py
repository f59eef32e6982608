from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.integrations.sandbox.stripe.support import StripeSandbox


@pytest.fixture
def till(tmp_path: Path, settings: "Settings") -> "Iterator[StripeSandbox]":
    """A sandbox in this process that sells our plans; what the product calls Stripe is this one."""
    from billing.catalogue import sync_plans
    from config.env import Stripe
    from tests.integrations.sandbox.stripe.support import KEY, WEBHOOK_SECRET, StripeSandbox

    sandbox = StripeSandbox(tmp_path)
    settings.STRIPE = Stripe(sandbox.url, (sandbox.url,), KEY, (WEBHOOK_SECRET,))
    settings.BASE_URL = "http://testserver"
    sync_plans()
    yield sandbox
    sandbox.stop()
