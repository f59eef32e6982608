"""Runs a company's activities day by day from its first day on, and tells how its bank rows stand on any day.

Deterministic: each day has its own random numbers, drawn from the seed, the bank and the date alone.
"""

import random
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec

from integrations.sandbox.bank import AccountSpec, Change, Row
from integrations.sandbox.company.calendar import bank_day_after
from integrations.sandbox.company.movement import Activity, Movement, Today

SEED = "counterfoil"
VOID_AFTER, REFINED_AFTER = 3, 2


@dataclass(frozen=True, slots=True)
class Booked:
    """A movement with its key and the days on which its row changes; `posted` is None for one that is void."""

    key: str
    made: date
    posted: date | None
    vanished: date | None
    refined: date | None
    currency: str
    movement: Movement

    def state(self, day: date) -> Row | None:
        """Its row at the end of `day`, if there is one."""
        if self.made > day or (self.vanished is not None and self.vanished <= day):
            return None
        pending = self.posted is None or self.posted > day
        return self.row(pending, known=self.refined is None or self.refined <= day)

    def row(self, pending: bool, known: bool) -> Row:
        m = self.movement
        was_pending = self.posted is None or self.posted > self.made
        return Row(
            key=f"{self.key}p" if pending else self.key,
            account=m.account,
            minor=m.minor,
            currency=self.currency,
            date=self.made if pending or self.posted is None else self.posted,
            authorized=self.made if was_pending else None,
            pending=pending,
            replaces=None,
            name=m.party if known and m.party_type == "merchant" else m.text,
            text=m.text,
            merchant=m.party if known and m.party_type == "merchant" else None,
            party=m.party if known else None,
            party_type=m.party_type,
            category=m.category if known else "GENERAL_MERCHANDISE_OTHER_GENERAL_MERCHANDISE",
            confidence="VERY_HIGH" if known else "LOW",
            channel=m.channel,
            city=m.city,
            region=m.region,
            method=m.method,
            reference=m.reference,
            check_number=m.check_number,
        )


@dataclass(slots=True)
class _Run:
    """How far the company was run."""

    next_day: date
    balances: dict[str, int]
    booked: list[Booked]
    by_day: dict[date, list[Booked]]


class CompanyBank:
    """A bank with one customer, the company that does `activities`. `opening` is in minor units on `first_day`."""

    def __init__(
        self,
        *,
        bank_id: str,
        name: str,
        blurb: str,
        accounts: tuple[AccountSpec, ...],
        opening: Mapping[str, int],
        activities: tuple[Activity, ...],
        first_day: date,
        history_days: int | None,
    ) -> None:
        self.id, self.name, self.blurb = bank_id, name, blurb
        self.accounts, self.history_days = accounts, history_days
        self._currencies = {account.key: account.currency for account in accounts}
        self._opening = dict(opening)
        self._activities = activities
        self._run = _Run(first_day, dict(opening), [], defaultdict(list))
        self._lock = threading.Lock()

    def rows(self, day: date) -> Iterator[Row]:
        standing = (booked.state(day) for booked in self._until(day))
        return iter(sorted((row for row in standing if row is not None), key=lambda row: (row.date, row.key)))

    def changes(self, day: date) -> Iterator[Change]:
        self._until(day)
        touched = self._run.by_day.get(day, [])
        eve = day - timedelta(days=1)
        for booked in touched:
            if (before := booked.state(eve)) is not None and before.pending:
                yield Change("removed", before)
        for booked in touched:
            before, after = booked.state(eve), booked.state(day)
            if after is None:
                continue
            if before is None or before.pending:
                yield Change("added", msgspec.structs.replace(after, replaces=before.key if before else None))
            elif before != after:
                yield Change("modified", after)

    def balances(self, day: date) -> Mapping[str, int]:
        totals = dict(self._opening)
        for booked in self._until(day):
            if booked.posted is not None and booked.posted <= day:
                totals[booked.movement.account] += booked.movement.minor
        return totals

    def _until(self, day: date) -> list[Booked]:
        with self._lock:
            while self._run.next_day <= day:
                self._live(self._run.next_day)
                self._run.next_day += timedelta(days=1)
            return self._run.booked

    def _live(self, day: date) -> None:
        run = self._run
        dice = random.Random(f"{SEED}:{self.id}:{day}")  # noqa: S311  repeatable on purpose, and nothing secret
        today = Today(day, dice, dict(run.balances))
        number = 0
        for activity in self._activities:
            for movement in activity(today):
                booked = _book(movement, f"{day:%y%m%d}{number:03d}", day, self._currencies[movement.account])
                number += 1
                run.booked.append(booked)
                for changed in {booked.made, booked.posted, booked.vanished, booked.refined}:
                    if changed is not None:
                        run.by_day[changed].append(booked)
                if not movement.is_void:
                    run.balances[movement.account] += movement.minor


def _book(movement: Movement, key: str, day: date, currency: str) -> Booked:
    if movement.is_void:
        return Booked(key, day, None, day + timedelta(days=VOID_AFTER), None, currency, movement)
    posted = bank_day_after(day, movement.lag)
    refined = posted + timedelta(days=REFINED_AFTER) if movement.is_vague else None
    return Booked(key, day, posted, None, refined, currency, movement)
