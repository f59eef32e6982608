from datetime import date, timedelta

import pytest

from integrations.providers.plaid_errors import MutationDuringPagination, NeedsReauth, RequestRejected
from integrations.providers.plaid_messages import Transaction
from tests.integrations.support import FIRST_HARBOR, LONG_HISTORY, Mirror, Sandbox, reply_of


def test_an_item_is_not_ready_at_first(slow_bank: Sandbox) -> None:
    token = slow_bank.link()
    page = slow_bank.client.sync_transactions(token, None)
    assert not page.is_ready
    assert (page.added, page.next_cursor, page.has_more) == ((), "", False)
    assert page.transactions_update_status == "NOT_READY"


def test_thirty_days_come_first_and_the_rest_later(slow_bank: Sandbox) -> None:
    token = slow_bank.link()
    slow_bank.clock.ahead = 101
    recent = Mirror().follow(slow_bank, token)
    assert recent.pages[-1].transactions_update_status == "INITIAL_UPDATE_COMPLETE"
    assert min(row.date for row in recent.rows.values()) > slow_bank.day - timedelta(days=31)
    slow_bank.clock.ahead = 201
    whole = recent.follow(slow_bank, token)
    assert whole.pages[-1].transactions_update_status == "HISTORICAL_UPDATE_COMPLETE"
    assert len(whole.rows) > 500
    assert whole.rows == Mirror().follow(slow_bank, token).rows


@pytest.mark.parametrize("count", [1, 100, 500])
def test_pages_hold_no_more_than_was_asked_for(count: int, bank: Sandbox) -> None:
    token = bank.link()
    page = bank.client.sync_transactions(token, None, count)
    assert len(page.added) == count
    assert page.has_more


@pytest.mark.parametrize("count", [0, 501, -1])
def test_a_count_out_of_bounds_is_refused(count: int, bank: Sandbox) -> None:
    token = bank.link()
    with pytest.raises(RequestRejected):
        bank.client.sync_transactions(token, None, count)


def test_a_page_is_the_same_when_it_is_asked_for_again(bank: Sandbox) -> None:
    token = bank.link()
    first = bank.client.sync_transactions(token, None, 200)
    again = bank.client.sync_transactions(token, first.next_cursor, 200)
    repeated = bank.client.sync_transactions(token, first.next_cursor, 200)
    assert (again.added, again.next_cursor) == (repeated.added, repeated.next_cursor)
    assert not {row.transaction_id for row in first.added} & {row.transaction_id for row in again.added}


def test_a_change_between_pages_starts_the_update_again(bank: Sandbox) -> None:
    token = bank.link()
    done = Mirror().follow(bank, token)
    bank.add_row(token)
    bank.add_row(token)
    first = bank.client.sync_transactions(token, done.cursor, 1)
    bank.add_row(token)
    with pytest.raises(MutationDuringPagination):
        bank.client.sync_transactions(token, first.next_cursor, 1)
    # The first cursor of the update is still good, and nothing is lost.
    assert len(bank.client.sync_transactions(token, done.cursor).added) == 3


def test_without_the_switch_a_change_between_pages_is_on_the_last_page(bank: Sandbox) -> None:
    object.__setattr__(bank.world.settings, "strict_pages", False)
    token = bank.link()
    first = bank.client.sync_transactions(token, None)
    bank.add_row(token, description="LATE")
    assert bank.client.sync_transactions(token, first.next_cursor).added[-1].name == "LATE"


def test_cursors_survive_a_restart_and_each_new_day_appends(bank: Sandbox) -> None:
    token = bank.link(LONG_HISTORY)
    mirror = Mirror().follow(bank, token)
    before = dict(mirror.rows)
    bank.restart()
    assert bank.client.sync_transactions(token, mirror.cursor).added == ()
    bank.day += timedelta(days=3)
    bank.restart()
    mirror.follow(bank, token)
    new = [row for key, row in mirror.rows.items() if key not in before]
    assert new
    assert max(row.date for row in new) > bank.day - timedelta(days=3)
    # Day by day it comes to the same rows as a fresh look at the last day.
    settled = {row.transaction_id: facts(row) for row in mirror.rows.values()}
    assert settled == {row.transaction_id: facts(row) for row in Mirror().follow(bank, token).rows.values()}


def facts(row: Transaction) -> tuple[object, ...]:
    return row.amount, row.date, row.account_id, row.pending, row.name


def test_a_pending_row_is_replaced_by_the_posted_one(bank: Sandbox) -> None:
    token = bank.link(LONG_HISTORY)
    mirror = Mirror().follow(bank, token)
    pending = {key: row for key, row in mirror.rows.items() if row.pending}
    assert pending
    bank.day += timedelta(days=6)
    page = bank.client.sync_transactions(token, mirror.cursor)
    assert set(pending) <= {row.transaction_id for row in page.removed}
    posted = {row.pending_transaction_id: row for row in page.added if row.pending_transaction_id in pending}
    assert posted
    for key, row in posted.items():
        assert row.amount == pending[str(key)].amount
        assert row.authorized_date == pending[str(key)].date
        assert row.date > pending[str(key)].date
        assert not row.pending


def test_a_hold_goes_away_without_being_posted(bank: Sandbox) -> None:
    token = bank.link(LONG_HISTORY)
    mirror = Mirror().follow(bank, token)
    bank.day += timedelta(days=60)
    mirror.follow(bank, token)
    changes = mirror.pages[1:]
    removed = {row.transaction_id for page in changes for row in page.removed}
    replaced = {row.pending_transaction_id for page in changes for row in page.added}
    assert removed - replaced
    assert all(not row.pending or row.date > bank.day - timedelta(days=7) for row in mirror.rows.values())


def test_a_vague_row_is_modified_once_its_merchant_is_known(bank: Sandbox) -> None:
    token = bank.link(LONG_HISTORY)
    mirror = Mirror().follow(bank, token)
    bank.day += timedelta(days=30)
    page = bank.client.sync_transactions(token, mirror.cursor)
    assert page.modified
    assert all(row.merchant_name and row.personal_finance_category for row in page.modified)
    assert not any(row.pending for row in page.modified)


def test_balances_are_what_the_rows_come_to(bank: Sandbox) -> None:
    token = bank.link(LONG_HISTORY)
    mirror = Mirror().follow(bank, token)
    before = {one.account_id: one for one in bank.client.get_accounts(token).accounts}
    posted = {key for key, row in mirror.rows.items() if not row.pending}
    bank.day += timedelta(days=9)
    mirror.follow(bank, token)
    for account in bank.client.get_accounts(token).accounts:
        moved = sum(
            row.amount
            for key, row in mirror.rows.items()
            if row.account_id == account.account_id and not row.pending and key not in posted
        )
        was, now = before[account.account_id].balances.current, account.balances.current
        assert was is not None
        assert now == (was + moved if account.type == "credit" else was - moved)


def test_only_the_chosen_accounts_are_seen(bank: Sandbox) -> None:
    token = bank.link(LONG_HISTORY, accounts="payroll,euro")
    assert [one.name for one in bank.client.get_accounts(token).accounts] == ["Payroll", "Euro Account"]
    rows = Mirror().follow(bank, token).rows.values()
    assert {row.currency for row in rows} == {"USD", "EUR"}
    assert len({row.account_id for row in rows}) == 2


def test_first_harbor_gives_730_days_and_long_history_36_months(bank: Sandbox) -> None:
    for name, days in ((FIRST_HARBOR, 730), (LONG_HISTORY, 1096)):
        rows = Mirror().follow(bank, bank.link(name)).rows.values()
        oldest = min(row.date for row in rows)
        assert bank.day - timedelta(days=days) <= oldest < bank.day - timedelta(days=days - 10)


def test_ids_of_one_item_are_not_those_of_another(bank: Sandbox) -> None:
    first, second = (Mirror().follow(bank, bank.link()).rows for _ in range(2))
    assert len(first) == len(second)
    assert not first.keys() & second.keys()


def test_a_cursor_of_another_item_is_refused(bank: Sandbox) -> None:
    cursor = Mirror().follow(bank, bank.link()).cursor
    with pytest.raises(RequestRejected):
        bank.client.sync_transactions(bank.link(), cursor)


def test_cursors_are_short_and_say_nothing(bank: Sandbox) -> None:
    page = bank.client.sync_transactions(bank.link(), None)
    assert 0 < len(page.next_cursor) <= 256


def test_a_lost_login_stops_the_data_until_it_is_given_again(bank: Sandbox) -> None:
    token = bank.link()
    bank.post("/sandbox/item/reset_login", access_token=token.reveal())
    with pytest.raises(NeedsReauth) as caught:
        bank.client.sync_transactions(token, None)
    assert caught.value.error_code == "ITEM_LOGIN_REQUIRED"
    error = bank.client.get_item(token).item.error
    assert error is not None
    assert error.error_code == "ITEM_LOGIN_REQUIRED"
    again = bank.start_link(access_token=token)
    bank.choose(again, "")
    assert bank.client.sync_transactions(token, None).added
    assert bank.client.get_link(again.link_token).is_finished
    assert bank.banks(again) == ()


def test_the_log_cannot_be_changed(bank: Sandbox) -> None:
    Mirror().follow(bank, bank.link())
    assert reply_of(bank.world, "SELECT count(*) FROM event") > 500
    for statement in ("UPDATE event SET minor = 0", "DELETE FROM event"):
        with pytest.raises(Exception, match="events stay"):
            bank.world.store.run(statement)


def test_original_descriptions_are_given_when_asked_for(bank: Sandbox) -> None:
    token = bank.link()
    with_text = bank.client.sync_transactions(token, None).added[0]
    without = bank.post("/transactions/sync", access_token=token.reveal()).json()["added"][0]
    assert with_text.original_description
    assert "original_description" not in without


def test_the_future_brings_rows_without_end(bank: Sandbox) -> None:
    bank.day = date(2031, 3, 3)
    balances = bank.client.get_accounts(bank.link(LONG_HISTORY)).accounts
    assert all(one.balances.current is not None and one.balances.current > 0 for one in balances)
