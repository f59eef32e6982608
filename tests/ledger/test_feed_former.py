"""Rows of a bank that was connected before are found again, each once, or retired."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ledger.actions.accounts import adopt_accounts, save_accounts
from ledger.actions.feed import apply_feed_page
from ledger.actions.feed_former import Retired, move_accounts, retire_former_rows
from ledger.actions.feed_plan import Link
from ledger.feeds import FeedAccount, FeedPage, FeedTransaction
from ledger.matching import pair_accounts
from ledger.models import Account, Transaction
from tests.ledger.people import SYNC, Feed, connect_bank, feed_account

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
AGAIN = Link(generation=2, is_matching=True)


def tell_again(feed: Feed, *rows: FeedTransaction) -> None:
    page = FeedPage(upserts=rows, removals=())
    apply_feed_page(actor=SYNC, connection_id=feed.connection_id, page=page, merge=True, link=AGAIN)


def begin(feed: Feed) -> None:
    """The rows there are were told before the link that is matching."""
    Transaction.objects.filter(connection_id=feed.connection_id).update(created_at=LONG_AGO)


def retire(feed: Feed) -> Retired:
    return retire_former_rows(
        actor=SYNC, connection_id=feed.connection_id, generation=2, since=LONG_AGO + timedelta(days=1)
    )


def told(feed: Feed) -> dict[str, str]:
    """The live rows' provider ids by the id that each had at first."""
    return {str(row.id): row.provider_id for row in Transaction.objects.filter(deleted_at=None)}


def test_the_row_of_the_same_words_is_taken_before_one_of_the_same_amount(feed: Feed) -> None:
    feed.save()
    feed.apply(feed.row(MONDAY, -500, "Coffee", provider_id="a"), feed.row(MONDAY, -500, "Tea", provider_id="b"))
    ids = {one: feed.transaction(one).id for one in ("a", "b")}
    tell_again(
        feed, feed.row(MONDAY, -500, "Juice", provider_id="x"), feed.row(MONDAY, -500, "Coffee", provider_id="y")
    )
    assert {feed.transaction("y").id, feed.transaction("x").id} == {ids["a"], ids["b"]}
    assert feed.transaction("y").id == ids["a"]


def test_two_equal_rows_are_two_and_a_third_is_new(feed: Feed) -> None:
    feed.save()
    feed.apply(*(feed.row(MONDAY, -500, "Coffee", provider_id=one) for one in ("a", "b")))
    before = set(told(feed))
    tell_again(feed, *(feed.row(MONDAY, -500, "Coffee", provider_id=one) for one in ("x", "y", "z")))
    assert len(told(feed)) == 3
    assert before < set(told(feed))


def test_another_day_amount_or_account_is_another_row(feed: Feed) -> None:
    feed.save(feed_account(), feed_account("card"))
    feed.apply(feed.row(MONDAY, -500, "Coffee", provider_id="a"))
    tell_again(
        feed,
        feed.row(TUESDAY, -500, "Coffee", provider_id="x"),
        feed.row(MONDAY, -501, "Coffee", provider_id="y"),
        feed.row(MONDAY, -500, "Coffee", provider_id="z", account="card"),
    )
    assert len(told(feed)) == 4


def test_a_row_that_still_counts_is_taken_before_one_that_was_taken_back(feed: Feed) -> None:
    feed.save()
    feed.apply(*(feed.row(MONDAY, -500, "Coffee", provider_id=one) for one in ("a", "b")))
    feed.apply(gone=("a",))
    live = feed.transaction("b").id
    tell_again(feed, feed.row(MONDAY, -500, "Coffee", provider_id="x"))
    assert feed.transaction("x").id == live
    assert len(told(feed)) == 1


def test_nothing_is_matched_once_matching_is_over(feed: Feed) -> None:
    feed.save()
    feed.apply(feed.row(MONDAY, -500, "Coffee", provider_id="a"))
    page = FeedPage(upserts=(feed.row(MONDAY, -500, "Coffee", provider_id="x"),), removals=())
    apply_feed_page(actor=SYNC, connection_id=feed.connection_id, page=page, merge=True, link=Link(2))
    assert len(told(feed)) == 2


def test_what_is_told_no_more_is_retired_within_the_time_told_of(feed: Feed) -> None:
    feed.save(feed_account(), feed_account("card"))
    feed.apply(
        feed.row(date(2026, 1, 5), -100, "Old", provider_id="old"),
        feed.row(TUESDAY, -200, "Gone", provider_id="gone"),
        feed.row(MONDAY, -300, "Kept", provider_id="kept"),
        feed.row(TUESDAY, -400, "Silent", provider_id="silent", account="card"),
    )
    begin(feed)
    tell_again(feed, feed.row(MONDAY, -300, "Kept", provider_id="x"))
    assert retire(feed) == Retired(removed=1, kept=0)
    # Nothing was told of the card, so nothing is known to be gone from it.
    assert set(told(feed).values()) == {"old", "x", "silent"}
    assert retire(feed) == Retired(removed=0, kept=0)


def test_an_account_of_which_hardly_any_row_is_found_again_keeps_them_all(feed: Feed) -> None:
    feed.save(feed_account(), feed_account("card"))
    feed.apply(
        *(feed.row(TUESDAY, -100 - number, "Rent", provider_id=f"r{number}") for number in range(19)),
        *(feed.row(TUESDAY, -100 - number, "Rent", provider_id=f"c{number}", account="card") for number in range(19)),
    )
    begin(feed)
    tell_again(
        feed,
        feed.row(MONDAY, -9, "Another's", provider_id="x0"),
        # One of nineteen is chance, two are a tenth.
        feed.row(TUESDAY, -100, "Rent", provider_id="x1"),
        feed.row(MONDAY, -9, "Mine", provider_id="y0", account="card"),
        *(feed.row(TUESDAY, -100 - number, "Rent", provider_id=f"y{number}", account="card") for number in (1, 2)),
    )
    assert retire(feed) == Retired(removed=17, kept=18)
    accounts = dict(Account.objects.values_list("provider_id", "id"))
    live = Transaction.objects.filter(deleted_at=None)
    assert live.filter(account_id=accounts["checking"]).count() == 20
    assert live.filter(account_id=accounts["card"]).count() == 3


def test_accounts_that_move_take_their_rows_with_them_as_rows_of_before(feed: Feed) -> None:
    feed.save()
    feed.apply(feed.row(MONDAY, -500, "Coffee", provider_id="a"))
    row = feed.transaction("a").id
    other = connect_bank(feed.workspace)
    accounts = list(Account.objects.values_list("id", flat=True))
    move_accounts(actor=SYNC, account_ids=accounts, connection_id=other.connection_id, generation=2)
    tell_again(other, other.row(MONDAY, -500, "Coffee", provider_id="x"))
    assert other.transaction("x").id == row
    assert list(Account.objects.values_list("connection_id", flat=True)) == [other.connection_id]
    assert Transaction.objects.count() == 1


def account(provider_id: str, persistent_id: str | None, mask: str | None = "1234") -> FeedAccount:
    return replace(feed_account(provider_id), name="Current", persistent_id=persistent_id, mask=mask)


def test_accounts_are_known_by_the_banks_own_id_else_by_their_looks(feed: Feed) -> None:
    feed.save(account("a", "bank-1"), account("b", "bank-2"), account("c", None, "7777"))
    ids = dict(Account.objects.values_list("provider_id", "id"))
    again = [account("x", "bank-2", "9999"), account("y", "bank-1"), account("z", None, "7777")]
    pairs = pair_accounts(Account.objects.all(), again)
    assert pairs == {"x": ids["b"], "y": ids["a"], "z": ids["c"]}
    assert pair_accounts(Account.objects.all(), [account("w", "bank-9")]) == {}
    adopt_accounts(actor=SYNC, connection_id=feed.connection_id, pairs=pairs)
    now = dict(Account.objects.values_list("provider_id", "id"))
    assert {one: now[one] for one in pairs} == pairs


def test_accounts_that_look_alike_are_paired_once_each_open_ones_first(feed: Feed) -> None:
    feed.save(account("a", None), account("b", None))
    save_accounts(actor=SYNC, connection_id=feed.connection_id, accounts=[account("b", None)], complete=True)
    ids = dict(Account.objects.values_list("provider_id", "id"))
    assert pair_accounts(Account.objects.all(), [account("x", None)]) == {"x": ids["b"]}
    both = pair_accounts(Account.objects.all(), [account("x", None), account("y", None), account("z", None)])
    assert both == {"x": ids["b"], "y": ids["a"]}


def test_looks_without_a_mask_say_nothing(feed: Feed) -> None:
    feed.save(account("a", None, None), account("b", "bank-2", None))
    known = dict(Account.objects.values_list("provider_id", "id"))
    assert pair_accounts(Account.objects.all(), [account("x", None, None)]) == {}
    assert pair_accounts(Account.objects.all(), [account("y", "bank-2", None)]) == {"y": known["b"]}


def test_at_another_bank_only_its_own_id_makes_an_account_the_same(feed: Feed) -> None:
    feed.save(account("a", None), account("b", "bank-2"))
    known = dict(Account.objects.values_list("provider_id", "id"))
    again = [account("x", None), account("y", "bank-2")]
    assert pair_accounts(Account.objects.all(), again) == {"x": known["a"], "y": known["b"]}
    assert pair_accounts(Account.objects.all(), again, {feed.connection_id}) == {"y": known["b"]}


def test_an_account_keeps_the_banks_own_id_when_a_page_does_not_repeat_it(feed: Feed) -> None:
    feed.save(account("a", "bank-1"))
    feed.save(account("a", None))
    assert Account.objects.get(provider_id="a").facts.persistent_id == "bank-1"
