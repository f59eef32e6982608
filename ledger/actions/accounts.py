"""Accounts and their balances, as a connection tells them."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.log import Actor, Target, record
from ledger.actions.categories import create_default_categories
from ledger.codes import lock_codes, take_codes
from ledger.currencies import find_currency
from ledger.feeds import FeedAccount
from ledger.models import Account, AccountBalances, AccountFacts, CodeSequence


@transaction.atomic
def save_accounts(
    *, actor: Actor, connection_id: UUID, accounts: tuple[FeedAccount, ...] | list[FeedAccount], complete: bool = False
) -> None:
    """Write a connection's accounts with the balances they have now; the workspace's first get it its categories.

    `complete` says that these are all the connection has: others are closed. One that comes back is open again.
    Raises UnknownCurrency before anything is written.
    """
    for feed in accounts:
        find_currency(feed.currency)
    create_default_categories(actor=actor)
    lock_codes(CodeSequence.Kind.ACCOUNT)
    known = {account.provider_id: account for account in Account.objects.filter(connection_id=connection_id)}
    feeds = {feed.provider_id: feed for feed in accounts}
    new = [feed for provider_id, feed in feeds.items() if provider_id not in known]
    for feed in feeds.values():
        if feed.provider_id in known:
            _fill(known[feed.provider_id], feed).save(force_update=True)
    for code, feed in zip(take_codes(CodeSequence.Kind.ACCOUNT, len(new)), new, strict=True):
        account = Account(connection_id=connection_id, provider_id=feed.provider_id, code=code)
        _fill(account, feed).save(force_insert=True)
    gone = [one for provider_id, one in known.items() if provider_id not in feeds and not one.closed_at]
    closed = _close(gone) if complete else 0
    record(
        actor=actor,
        action="ledger.accounts.saved",
        target=Target("connection", connection_id),
        detail={"added": len(new), "refreshed": len(feeds) - len(new), "closed": closed},
    )


@transaction.atomic
def adopt_accounts(*, actor: Actor, connection_id: UUID, pairs: Mapping[str, UUID]) -> None:
    """Give a connection's accounts the provider ids by which a new link of the same bank names them.

    `pairs` gives the account's id by the new provider id, as `matching.pair_accounts` does.
    """
    new_ids = {account_id: provider_id for provider_id, account_id in pairs.items()}
    for account in Account.objects.filter(connection_id=connection_id, id__in=new_ids):
        account.provider_id = new_ids[account.id]
        account.save(update_fields=["provider_id"])
    record(
        actor=actor,
        action="ledger.accounts.adopted",
        target=Target("connection", connection_id),
        detail={"adopted": len(pairs)},
    )


def _fill(account: Account, feed: FeedAccount) -> Account:
    known = None if account._state.adding else account.facts.persistent_id
    account.kind, account.subtype, account.currency = feed.kind, feed.subtype, feed.currency
    account.facts = AccountFacts(feed.name, feed.official_name, feed.mask, feed.persistent_id or known)
    account.balances = AccountBalances(feed.current_minor, feed.available_minor, feed.limit_minor, timezone.now())
    account.closed_at = None
    return account


def _close(accounts: list[Account]) -> int:
    return Account.objects.filter(id__in=[account.id for account in accounts]).update(closed_at=timezone.now())
