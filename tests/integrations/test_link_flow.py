"""Linking a bank end to end, through the pages, the hosted page and the queue. R49, R81, R83, R95."""

import pytest

from tests.integrations.linked import TaskQueue, assert_synced, ledger_months, link_bank, linked_page, page_of
from tests.integrations.support import Sandbox
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_linked_bank_is_synced(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    connection = link_bank(alice, harbor, queue)
    run = assert_synced(alice, connection)
    assert run.rows_added > 500
    print(run.__dict__, len(ledger_months(alice.workspace.pk, connection)))
