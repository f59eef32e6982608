"""docs/ALERTS.md and docs/INCIDENTS.md say what is there."""

import re
from typing import Any

import pytest
from django.core.management import get_commands

from integrations.providers.secret import Secret
from tests.support.alerts_page import PAGE, draw_table, read_table
from trust.alerts.actions import deliveries
from trust.alerts.signing import EVENT_HEADER, HEADER, sign_message

INCIDENTS = PAGE.with_name("INCIDENTS.md")


def test_the_page_has_the_table_of_rules() -> None:
    assert read_table() == draw_table()


def documented() -> Any:
    text = PAGE.read_text()
    code = re.search(r"<!-- verify -->\n```python\n(.*?)```", text, re.DOTALL)
    assert code is not None
    namespace: dict[str, Any] = {}
    exec(code[1], namespace)  # noqa: S102 - what the page tells people to write
    return namespace["is_from_counterfoil"]


@pytest.mark.parametrize("number", [0, 1])
def test_what_the_page_says_verifies_what_is_sent(number: int) -> None:
    secrets = [Secret("one-secret"), Secret("another-secret")]
    header = sign_message(b'{"a":1}', secrets, at=1_800_000_000)
    verify = documented()

    assert verify(header, b'{"a":1}', secrets[number].reveal(), now=1_800_000_010.0)
    assert not verify(header, b'{"a":2}', secrets[number].reveal(), now=1_800_000_010.0)
    assert not verify(header, b'{"a":1}', "a third", now=1_800_000_010.0)
    assert not verify(header, b'{"a":1}', secrets[number].reveal(), now=1_800_000_301.0)


def test_the_page_names_headers_and_bounds_as_they_are() -> None:
    text = PAGE.read_text()

    assert f"{HEADER}: t=" in text
    assert f"{EVENT_HEADER}: " in text
    assert (deliveries.MOST_ATTEMPTS, deliveries.MOST_WAITING) == (8, 100)


def test_each_command_that_the_incident_page_names_is_there() -> None:
    text = INCIDENTS.read_text()
    named = set(re.findall(r"manage\.py (\w+)", text)) | set(re.findall(r"`(verify_\w+)`", text))

    assert {"verify_audit", "deactivate_person", "rotate_keys"} <= named
    assert named <= set(get_commands())


@pytest.mark.parametrize("page", [PAGE, INCIDENTS], ids=lambda page: page.name)
def test_links_lead_to_pages_that_are_there(page: Any) -> None:
    found = re.findall(r"\]\(([A-Z_]+\.md)\)", page.read_text())

    assert found
    assert [name for name in found if not (PAGE.parent / name).exists()] == []
