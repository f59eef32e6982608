"""The books at the end of a day, ready to be listed. Built once, then only read."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from typing import Any

from integrations.sandbox.zoho.books.entries import Entry, entries
from integrations.sandbox.zoho.books.facts import Account, Contact, Facts, Line, Waiting
from integrations.sandbox.zoho.books.state import Standing, standings

FIRST_HOUR, HOURS = 9, 8
ID_DIGITS = 13


def id_of(organization_id: str, kind: str, key: str) -> str:
    """Nineteen digits, more than a double can hold; those of one organisation begin alike, as Zoho's do."""
    digest = hashlib.blake2b(f"{organization_id}:{kind}:{key}".encode(), digest_size=8).digest()
    return f"{organization_id[-6:]}{int.from_bytes(digest) % 10**ID_DIGITS:0{ID_DIGITS}}"


@dataclass(frozen=True, slots=True)
class Posted:
    """A line of an account with the entry it belongs to; `position` is the line's place in the entry."""

    entry: Entry
    line: Line
    position: int


@dataclass
class Books:
    """`touched` are the moments at which things were changed from outside, by key; `kept` is for lists made of it."""

    facts: Facts
    day: date
    touched: Mapping[str, datetime] = field(default_factory=dict)
    kept: dict[tuple[object, ...], Any] = field(default_factory=dict)

    @cached_property
    def standing(self) -> dict[str, Standing]:
        return standings(self.facts, self.day)

    @cached_property
    def standing_of(self) -> dict[str, list[Standing]]:
        """The documents of each contact."""
        found: dict[str, list[Standing]] = defaultdict(list)
        for one in self.standing.values():
            found[one.document.contact].append(one)
        return dict(found)

    @cached_property
    def uncategorized(self) -> dict[str, list[Waiting]]:
        """What the bank has given for each account and nobody has booked yet."""
        found: dict[str, list[Waiting]] = defaultdict(list)
        for one in self.facts.waiting:
            if one.date <= self.day < one.until:
                found[one.account].append(one)
        return dict(found)

    @cached_property
    def accounts(self) -> dict[str, Account]:
        return {one.key: one for one in self.facts.accounts}

    @cached_property
    def contacts(self) -> dict[str, Contact]:
        return {one.key: one for one in self.facts.contacts}

    @cached_property
    def entries(self) -> list[Entry]:
        """By date."""
        found = entries(self.facts, self.standing, self.day)
        return sorted(found, key=lambda one: (one.date, one.source, one.kind))

    @cached_property
    def ledger(self) -> dict[str, list[Posted]]:
        """The lines of each account by date."""
        found: dict[str, list[Posted]] = defaultdict(list)
        for entry in self.entries:
            for position, line in enumerate(entry.lines):
                found[line.account].append(Posted(entry, line, position))
        return dict(found)

    @cached_property
    def balances(self) -> dict[tuple[str, str], tuple[int, int]]:
        """By account key and currency: what its lines come to, in that currency and in the base currency."""
        found: dict[tuple[str, str], tuple[int, int]] = {}
        for key, lines in self.ledger.items():
            for one in lines:
                place = key, one.entry.currency
                minor, base = found.get(place, (0, 0))
                found[place] = minor + one.line.minor, base + one.line.base
        return found

    def base_balance(self, account: str) -> int:
        return sum(base for (key, _), (_, base) in self.balances.items() if key == account)

    def own_balance(self, account: str) -> int:
        """What an account holds in its own currency: lines of other currencies count with what they are worth in base."""
        own = self.accounts[account].currency
        if own == self.facts.organization.currency:
            return self.base_balance(account)
        return self.balances.get((account, own), (0, 0))[0]

    def id(self, kind: str, key: str) -> str:
        return id_of(self.facts.organization.id, kind, key)

    def created(self, key: str, day: date) -> datetime:
        """Within the first working hours of the organisation's own day."""
        seconds = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=4).digest()) % (HOURS * 3600 // 2)
        opening = datetime(day.year, day.month, day.day, FIRST_HOUR, tzinfo=zone(self.facts.organization.offset))
        return opening + timedelta(seconds=seconds)

    def modified(self, key: str, day: date) -> datetime:
        """In the afternoon of `day`, the last on which something was done to it, or when it was changed from outside."""
        done = self.created(key, day) + timedelta(hours=HOURS // 2)
        return max(done, self.touched[key]) if key in self.touched else done


def zone(offset: str) -> timezone:
    """The zone of an offset like -0500."""
    return timezone(timedelta(hours=int(offset[:3]), minutes=int(offset[0] + offset[3:])))
