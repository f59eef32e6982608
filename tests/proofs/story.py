"""A company with two banks, its people and its workers, to which steps happen one after the other."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import msgspec

from accounts.access import workspace_scope
from integrations.actions import request_sync
from integrations.actions.connections import ITEM_ROUTE
from integrations.models import Connection, ItemFacts, Trigger
from integrations.sandbox.bank import Row
from integrations.sandbox.plaid.signing import sign
from integrations.sandbox.switches import clear_switches
from ledger.actions import create_category_reversal, recategorise_transactions, write_note
from ledger.models import Category, Transaction
from tests.integrations.faults import expire_lease
from tests.integrations.linked import TaskQueue, assert_synced, page_of, runs_of
from tests.integrations.support import Sandbox
from tests.proofs import steps
from tests.proofs.hands import Hand
from tests.proofs.small_bank import Item
from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona, make_owner
from vault.routing import add_route

MOST_SWEEPS = 10
# A row of a bank, whatever ids it goes by: pending and posted it is the same to a person.
Line = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """A category that a person chose for a row, and by which change."""

    category_id: UUID | None
    change_id: UUID


@dataclass
class Wishes:
    """What the person wants to find in the end. `kept` is the ledger's row on which they left something."""

    notes: dict[Line, str] = field(default_factory=dict)
    choices: dict[Line, Choice] = field(default_factory=dict)
    kept: dict[Line, UUID] = field(default_factory=dict)
    changes: list[tuple[UUID, dict[Line, Choice | None]]] = field(default_factory=list)

    def choose(self, lines: list[Line], choice: Choice) -> None:
        self.changes.append((choice.change_id, {line: self.choices.get(line) for line in lines}))
        self.choices |= dict.fromkeys(lines, choice)

    def take_back(self, number: int) -> UUID:
        """Choices made since stay."""
        change_id, former = self.changes.pop(number)
        for line, choice in former.items():
            if (now := self.choices.get(line)) and now.change_id == change_id:
                del self.choices[line]
                if choice is not None:
                    self.choices[line] = choice
        return change_id


@dataclass
class Linked:
    """A connection of the company, and its other end."""

    item: Item
    connection: Connection
    settled: set[str] = field(default_factory=set)

    def choose(self, which: int, **wanted: Any) -> Row | None:
        """A row of the bank's that has not been settled by another."""
        rows = [row for key, row in self.item.rows.items() if key not in self.settled and _has(row, wanted)]
        return rows[which % len(rows)] if rows else None


@dataclass
class Story:
    """`hands` are the workers that are at a task, by number."""

    owner: Persona
    bank: Sandbox
    queue: TaskQueue
    banks: list[Linked]
    hands: dict[int, Hand] = field(default_factory=dict)
    wishes: Wishes = field(default_factory=Wishes)
    tally: Counter[str] = field(default_factory=Counter)

    @classmethod
    def begin(cls, bank: Sandbox, queue: TaskQueue) -> "Story":
        owner = make_owner("alice", "Alder Works")
        return cls(owner, bank, queue, [_link(owner, Item.link(bank)) for _ in range(2)])

    def tell(self, told: list[steps.Step]) -> None:
        for step in told:
            self.take(step)

    def take(self, step: steps.Step) -> None:
        if any(not hand.is_over for hand in self.hands.values()) and not isinstance(step, steps.Worked | steps.Killed):
            self.tally["steps while a worker stood in mid-task"] += 1
        deed: Callable[[Any], None] = getattr(self, f"_{type(step).__name__.lower()}")
        deed(step)

    def settle(self) -> None:
        """Everybody finishes, the bank says all, nothing goes wrong any more, and what is due is done."""
        for hand in self.hands.values():
            hand.finish()
        clear_switches(self.bank.world)
        for linked in self.banks:
            linked.item.say_all()
        self.queue.work()
        for _ in range(MOST_SWEEPS):
            if not any(run.is_open for linked in self.banks for run in runs_of(self.owner, linked.connection)):
                break
            self._swept(steps.Swept())
        for number, linked in enumerate(self.banks):
            self._asked(steps.Asked(number))
            self.queue.work()
            assert_synced(self.owner, linked.connection)
            self.tally["runs"] += len(runs_of(self.owner, linked.connection))
            self.tally["runs taken over"] += sum(run.fence > 1 for run in runs_of(self.owner, linked.connection))

    def lines(self) -> list[tuple[Line, UUID]]:
        """The rows that the person sees, in an order that is the same whenever the story is told."""
        names = {
            (linked.connection.pk, linked.item.name_of(row)): (number, key.rstrip("+"))
            for number, linked in enumerate(self.banks)
            for key, row in (*linked.item.rows.items(), *linked.item.gone.items())
        }
        with workspace_scope(self.owner.workspace.pk):
            rows = Transaction.objects.filter(deleted_at=None).values_list("connection_id", "provider_id", "id")
            return sorted((names[bank, name], row) for bank, name, row in rows if (bank, name) in names)

    def _added(self, step: steps.Added) -> None:
        item = self.banks[step.bank].item
        for row in step.rows:
            name, party = f"PAYMENT {item.made}", f"Payee {item.made % 3}"
            facts = {"minor": row.minor, "date": row.day, "category": row.hint, "pending": row.pending}
            item.add(row.account, name=name, party=party, **facts)

    def _changed(self, step: steps.Changed) -> None:
        linked = self.banks[step.bank]
        if row := linked.choose(step.which):
            linked.item.change(row, minor=step.minor, date=step.day, category=step.hint, name=f"{row.name} anew")

    def _withdrawn(self, step: steps.Withdrawn) -> None:
        linked = self.banks[step.bank]
        if row := linked.choose(step.which):
            linked.item.withdraw(row)

    def _settled(self, step: steps.Settled) -> None:
        linked = self.banks[step.bank]
        if row := linked.choose(step.which, pending=True):
            linked.settled.add(row.key)
            self.tally["rows settled"] += 1
            linked.item.settle(row, removed_first=step.removed_first, apart=step.apart, minor=step.minor)

    def _asked(self, step: steps.Asked) -> None:
        address = page_of(self.owner, "create_sync", connection_id=self.banks[step.bank].connection.pk)
        assert self.owner.client.post(address).status_code == 302

    def _told(self, step: steps.Told) -> None:
        world = self.bank.world
        bodies = [row["body"].encode() for row in world.store.all("SELECT body FROM delivery WHERE state = 'due'")]
        world.store.run("UPDATE delivery SET state = 'done'")
        sent = [(body, sign(world, body)) for body in bodies] * step.times
        Random(step.order).shuffle(sent)  # noqa: S311 - repeatable on purpose, and nothing secret
        for body, signature in sent:
            headers = {"Plaid-Verification": signature}
            client = ScopeCheckingClient()
            answer = client.post("/webhooks/plaid/", body, content_type="application/json", headers=headers)
            assert answer.status_code == 200
        self.tally["webhooks"] += len(sent)

    def _troubled(self, step: steps.Troubled) -> None:
        self.bank.switch(step.kind, "/transactions/sync", after=step.after)

    def _worked(self, step: steps.Worked) -> None:
        self._hand(step.hand).move(step.transactions)

    def _killed(self, step: steps.Killed) -> None:
        hand = self._hand(step.hand)
        hand.die_after(step.statements)
        self.tally["workers that died"] += hand.has_died

    def _lost(self, step: steps.Lost) -> None:
        self.queue.discard()

    def _swept(self, step: steps.Swept) -> None:
        for linked in self.banks:
            expire_lease(self.owner, linked.connection)
        self.queue.sweep(self.owner)

    def _categorised(self, step: steps.Categorised) -> None:
        chosen = dict(_chosen(self.lines(), step.which))
        if not chosen:
            return
        with workspace_scope(self.owner.workspace.pk):
            category = Category.objects.get(origin=step.origin).pk if step.origin else None
            ids = list(chosen.values())
            change = recategorise_transactions(actor=self.owner.actor, ids=ids, category_id=category)
        self.wishes.choose(list(chosen), Choice(category, change.pk))
        self.wishes.kept |= chosen
        self.tally["edits"] += 1

    def _takenback(self, step: steps.TakenBack) -> None:
        if not self.wishes.changes:
            return
        change_id = self.wishes.take_back(step.which % len(self.wishes.changes))
        with workspace_scope(self.owner.workspace.pk):
            create_category_reversal(actor=self.owner.actor, change_id=change_id)
        self.tally["edits"] += 1

    def _noted(self, step: steps.Noted) -> None:
        for line, row in _chosen(self.lines(), [step.which]):
            with workspace_scope(self.owner.workspace.pk):
                write_note(actor=self.owner.actor, transaction_id=row, note=step.note)
            self.wishes.notes[line], self.wishes.kept[line] = step.note, row
            self.tally["edits"] += 1

    def _hand(self, number: int) -> Hand:
        hand = self.hands.get(number)
        if hand is None or hand.is_over:
            hand = self.hands[number] = Hand(self.queue)
        return hand


def _link(owner: Persona, item: Item) -> Linked:
    with workspace_scope(owner.workspace.pk):
        facts = ItemFacts(item_id=item.id, institution="Quiet Bank")
        connection = Connection.objects.create(facts=facts, access_token=item.access_token)
        add_route(kind=ITEM_ROUTE, key=item.id, object_id=connection.pk)
        request_sync(actor=owner.actor, connection_id=connection.pk, trigger=Trigger.FIRST)
    return Linked(item, connection)


def _chosen(lines: list[tuple[Line, UUID]], which: list[int]) -> list[tuple[Line, UUID]]:
    return [lines[number % len(lines)] for number in which] if lines else []


def _has(row: Row, wanted: dict[str, Any]) -> bool:
    values = msgspec.structs.asdict(row)
    return all(values[name] == value for name, value in wanted.items())
