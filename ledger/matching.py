"""Knowing an account again that is connected a second time, and got another id from the provider with it."""

from collections.abc import Collection, Iterable
from uuid import UUID

from ledger.feeds import FeedAccount
from ledger.models import Account


def pair_accounts(
    known: Iterable[Account], told: Iterable[FeedAccount], elsewhere: Collection[UUID] = ()
) -> dict[str, UUID]:
    """The known account's id by the new provider id, for each account told that is known already.

    The bank's own persistent id decides where both sides have it; else mask, name, kind, subtype and currency together,
    which without a mask say nothing. Of accounts that look alike the open ones are paired first, then in the order they
    came. Accounts of the connections `elsewhere`, at another bank, are known by the persistent id alone.
    """
    free = sorted(known, key=lambda one: (one.closed_at is not None, one.code))
    pairs: dict[str, UUID] = {}
    feeds = list(told)
    for is_same in (_has_same_id, _looks_same):
        here = [one for one in free if is_same is _has_same_id or one.connection_id not in elsewhere]
        for feed in feeds:
            found = next((one for one in here if is_same(one, feed)), None) if feed.provider_id not in pairs else None
            if found is not None:
                here.remove(found)
                pairs[feed.provider_id] = found.id
                free.remove(found)
    return pairs


def _has_same_id(known: Account, told: FeedAccount) -> bool:
    return told.persistent_id is not None and known.facts.persistent_id == told.persistent_id


def _looks_same(known: Account, told: FeedAccount) -> bool:
    if not told.mask or (known.facts.persistent_id and told.persistent_id):
        return False
    here = (known.facts.mask, known.facts.name.casefold(), known.kind, known.subtype, known.currency)
    return here == (told.mask, told.name.casefold(), told.kind, told.subtype, told.currency)
