from datetime import date

import pytest

from audit.models import Event
from ledger.actions import recategorise_transactions, write_note
from ledger.actions.counterparties import NONE_READ
from ledger.currencies import UnknownCurrency
from ledger.feeds import UnknownAccount
from ledger.kinds import CategoryBy
from ledger.models import Account, Category, Counterparty, Transaction
from ledger.money import InexactAmount
from tests.ledger.counting import counted_statements
from tests.ledger.people import SYNC, Feed, category, feed_account
from tests.ledger.test_merging import differences

pytestmark = pytest.mark.django_db

MAY_3, JUNE_9 = date(2026, 5, 3), date(2026, 6, 9)


def test_a_page_inserts_rows_that_open_as_they_came(feed: Feed) -> None:
    applied = feed.apply(
        feed.row(
            MAY_3, -1250, "Flight to Oslo", provider_id="p1", counterparty="Widerøe", memo="LH1", hint="TRAVEL_FLIGHTS"
        )
    )
    assert (applied.inserted, applied.updated, applied.removed) == (1, 0, 0)
    assert applied.months == (date(2026, 5, 1),)
    row = feed.transaction("p1")
    assert (row.date, row.currency, row.status, row.category_by) == (MAY_3, "USD", "posted", CategoryBy.FEED)
    assert (row.feed.minor, row.feed.description, row.feed.memo) == (-1250, "Flight to Oslo", "LH1")
    assert row.category_id == category("travel").id
    assert Counterparty.objects.get(code=row.feed.counterparty).name == "Widerøe"
    assert differences() == []


def test_applying_a_page_twice_is_the_same_as_once(feed: Feed) -> None:
    rows = [feed.row(MAY_3, -100), feed.row(JUNE_9, 250)]
    feed.apply(*rows)
    before = {row.id: (row.provider_id, row.feed, row.category_id) for row in Transaction.objects.all()}
    again = feed.apply(*rows)
    assert (again.inserted, again.updated) == (0, 2)
    assert {row.id: (row.provider_id, row.feed, row.category_id) for row in Transaction.objects.all()} == before
    assert differences() == []


def test_a_changed_date_moves_a_row_to_its_new_month(feed: Feed) -> None:
    feed.apply(feed.row(MAY_3, -100, provider_id="p1"))
    applied = feed.apply(feed.row(JUNE_9, -100, provider_id="p1"))
    assert applied.months == (date(2026, 5, 1), date(2026, 6, 1))
    assert feed.transaction("p1").date == JUNE_9
    assert differences() == []


def test_a_removed_row_stays_with_its_reason(feed: Feed) -> None:
    feed.apply(feed.row(MAY_3, -100, provider_id="p1"))
    assert feed.apply(gone=("p1", "never-seen")).removed == 1
    row = feed.transaction("p1")
    assert row.is_removed
    assert row.get_deleted_because_display() == "Withdrawn by the bank"
    assert feed.apply(gone=("p1",)).removed == 0
    feed.apply(feed.row(MAY_3, -100, provider_id="p1"))
    assert not feed.transaction("p1").is_removed
    assert differences() == []


def test_posting_keeps_the_pending_rows_id_note_and_a_persons_category(feed: Feed) -> None:
    feed.apply(feed.row(MAY_3, -100, provider_id="p1", pending=True, hint="TRAVEL_FLIGHTS"))
    pending = feed.transaction("p1")
    write_note(actor=SYNC, transaction_id=pending.id, note="Ask Bob")
    recategorise_transactions(actor=SYNC, ids=[pending.id], category_id=category("rent").id)
    feed.apply(feed.row(JUNE_9, -120, provider_id="t1", replaces="p1", hint="TRAVEL_FLIGHTS"), gone=("p1",))
    posted = feed.transaction("t1")
    assert posted.id == pending.id
    assert (posted.status, posted.is_removed, posted.feed.minor) == ("posted", False, -120)
    assert posted.own
    assert posted.own.note == "Ask Bob"
    assert (posted.category_id, posted.category_by) == (category("rent").id, CategoryBy.PERSON)
    assert differences() == []


def test_posting_works_when_the_pending_row_went_on_an_earlier_page(feed: Feed) -> None:
    feed.apply(feed.row(MAY_3, -100, provider_id="p1", pending=True))
    pending = feed.transaction("p1")
    feed.apply(gone=("p1",))
    feed.apply(feed.row(MAY_3, -100, provider_id="t1", replaces="p1"))
    assert feed.transaction("t1").id == pending.id
    assert not feed.transaction("t1").is_removed


def test_a_pending_row_and_its_posting_in_one_page_are_one_row(feed: Feed) -> None:
    feed.apply(
        feed.row(MAY_3, -100, provider_id="p1", pending=True), feed.row(MAY_3, -100, provider_id="t1", replaces="p1")
    )
    assert [row.provider_id for row in Transaction.objects.all()] == ["t1"]


def test_two_postings_of_one_pending_row_are_two_rows(feed: Feed) -> None:
    feed.apply(feed.row(MAY_3, -100, provider_id="p1", pending=True))
    feed.apply(*(feed.row(MAY_3, -50, provider_id=one, replaces="p1") for one in ("t1", "t2")), gone=("p1",))
    assert sorted(row.provider_id for row in Transaction.objects.filter(deleted_at=None)) == ["t1", "t2"]
    assert differences() == []


def test_a_feed_changes_its_own_category_and_nobody_elses(feed: Feed) -> None:
    feed.apply(*(feed.row(MAY_3, -100, provider_id=one, hint="TRAVEL_FLIGHTS") for one in ("p1", "p2")))
    recategorise_transactions(actor=SYNC, ids=[feed.transaction("p1").id], category_id=None)
    feed.apply(*(feed.row(MAY_3, -100, provider_id=one, hint="RENT_AND_UTILITIES_RENT") for one in ("p1", "p2")))
    assert feed.transaction("p1").category_id is None
    assert feed.transaction("p2").category_id == category("rent").id


def test_counterparties_are_one_however_their_name_is_written(feed: Feed) -> None:
    feed.apply(
        *(feed.row(MAY_3, -100, counterparty=name) for name in ("Acme GmbH", "ACME  gmbh", "Ａcme GmbH", "Other"))
    )
    feed.apply(feed.row(MAY_3, -100, counterparty="acme gmbh"))
    assert sorted(one.name for one in Counterparty.objects.all()) == ["Acme GmbH", "Other"]
    assert len({one.code for one in Counterparty.objects.all()}) == 2


def test_a_later_page_reads_no_counterparty_again_and_learns_of_those_made_meanwhile(feed: Feed) -> None:
    first = feed.apply(feed.row(MAY_3, -100, counterparty="Acme"), merge=False)
    reads = list[int]()
    for known in (NONE_READ, first.counterparties):
        with counted_statements() as statements:
            feed.apply(feed.row(MAY_3, -100, counterparty="ACME"), merge=False, known=known)
        reads.append(sum("FROM ledger_counterparty" in one for one in statements))
    assert reads == [1, 0]
    # Another page, which knew of none, makes one of two that the next page names.
    feed.apply(feed.row(MAY_3, -100, counterparty="Beta"), merge=False)
    rows = [feed.row(MAY_3, -100, counterparty=name) for name in ("beta", "Gamma", "Acme")]
    last = feed.apply(*rows, merge=False, known=first.counterparties)
    names = {one.code: one.name for one in Counterparty.objects.all()}
    assert sorted(names.values()) == ["Acme", "Beta", "Gamma"]
    assert [names[feed.transaction(row.provider_id).feed.counterparty] for row in rows] == ["Beta", "Gamma", "Acme"]
    assert {names[code] for code in last.counterparties.codes.values()} == {"Acme", "Beta", "Gamma"}


def test_a_row_of_an_unknown_account_currency_or_size_is_refused_without_its_content(feed: Feed) -> None:
    with pytest.raises(UnknownAccount) as refusal:
        feed.apply(feed.row(MAY_3, -100, account="elsewhere"))
    assert "elsewhere" not in str(refusal.value)
    with pytest.raises(UnknownCurrency):
        feed.apply(feed.row(MAY_3, -100, currency="BTC"))
    with pytest.raises(InexactAmount):
        feed.apply(feed.row(MAY_3, 10**17))


def test_feed_records_show_no_content_in_their_repr(feed: Feed) -> None:
    row = feed.row(MAY_3, -123456, "Secret supplier", counterparty="Hidden", memo="Quiet", hint="TRAVEL_FLIGHTS")
    assert row.provider_id in repr(row)
    for content in ("123456", "Secret", "Hidden", "Quiet", "TRAVEL"):
        assert content not in repr(row)
    assert "The checking account" not in repr(feed_account())


def test_yen_and_dinars_keep_their_own_minor_units(feed: Feed) -> None:
    feed.save(feed_account("yen", currency="JPY"), feed_account("dinar", currency="KWD"))
    feed.apply(
        feed.row(MAY_3, -1234, account="yen", currency="JPY", provider_id="p1"),
        feed.row(MAY_3, -1234, account="dinar", currency="KWD", provider_id="p2"),
    )
    assert [(feed.transaction(one).currency, feed.transaction(one).feed.minor) for one in ("p1", "p2")] == [
        ("JPY", -1234),
        ("KWD", -1234),
    ]
    assert differences() == []


def test_an_empty_page_writes_nothing_and_a_full_one_records_itself(feed: Feed) -> None:
    events = Event.objects.filter(action="ledger.feed_page.applied")
    assert feed.apply().months == ()
    assert events.count() == 0
    feed.apply(feed.row(MAY_3, -100))
    assert events.count() == 1


def test_the_number_of_statements_does_not_grow_with_the_page(feed: Feed) -> None:
    feed.apply(feed.row(MAY_3, -100, counterparty="Acme"))
    counts = []
    for size in (1, 400):
        rows = [feed.row(MAY_3, -100, counterparty="Acme") for _ in range(size)]
        with counted_statements() as statements:
            feed.apply(*rows)
        counts.append(len(statements))
    assert counts[0] == counts[1] < 25


def test_accounts_are_saved_refreshed_and_closed_when_the_list_is_complete(feed: Feed) -> None:
    from ledger.actions import save_accounts

    feed.save(feed_account("checking", current=5), feed_account("card"))
    assert sorted(one.code for one in Account.objects.all()) == [1, 2]
    assert Account.objects.get(provider_id="checking").balances.current == 5
    save_accounts(actor=SYNC, connection_id=feed.connection_id, accounts=[feed_account("card")], complete=True)
    assert Account.objects.get(provider_id="checking").closed_at
    feed.save(feed_account("checking"))
    assert Account.objects.get(provider_id="checking").closed_at is None
    with pytest.raises(UnknownCurrency):
        feed.save(feed_account("third"), feed_account("coin", currency="BTC"))
    assert Account.objects.filter(provider_id="third").count() == 0


def test_the_first_accounts_bring_the_categories_and_the_next_do_not_again(feed: Feed) -> None:
    count = Category.objects.count()
    feed.save(feed_account("another"))
    assert count == Category.objects.count() == 37
    assert category("sales").name == "Sales"


def test_a_pending_row_that_came_and_went_within_a_page_is_not_counted(feed: Feed) -> None:
    feed.apply(feed.row(MAY_3, -100, provider_id="first", pending=True))
    row = feed.transaction("first")
    write_note(actor=SYNC, transaction_id=row.id, note="Ours")
    feed.apply(
        feed.row(MAY_3, -110, provider_id="second", pending=True, replaces="first"),
        feed.row(MAY_3, -120, provider_id="posted", replaces="second"),
        gone=("first", "second"),
    )
    (posted,) = Transaction.objects.filter(deleted_at=None)
    assert (posted.id, posted.provider_id, posted.feed.minor) == (row.id, "posted", -120)
    assert posted.own is not None
    assert posted.own.note == "Ours"
    assert differences() == []


def test_a_row_that_a_page_changes_and_withdraws_is_withdrawn(feed: Feed) -> None:
    feed.apply(feed.row(MAY_3, -100, provider_id="p1"), feed.row(MAY_3, -7, provider_id="p2"))
    applied = feed.apply(feed.row(JUNE_9, -250, provider_id="p1"), gone=("p1",))
    assert (applied.updated, applied.removed) == (0, 1)
    assert feed.transaction("p1").is_removed
    assert not feed.transaction("p2").is_removed
    assert differences() == []
