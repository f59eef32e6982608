"""Fills a workspace's record with events such as a year brings, each sealed as `record` would."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID, uuid4

from accounts.access import workspace_scope
from accounts.permissions import Role
from audit.canonical import GENESIS, leaf_hash, link_hash
from audit.chain import link_events
from audit.log import CASTS, COLUMNS, Actor, _keyring_of, _personal, _seal_event
from audit.models import Event, Link
from tests.support.people import Persona, make_member
from vault.blobs import execute_binary
from vault.keyring import prepare_person_keys, workspace_keyring

BATCH = 5_000
EVENTS = f"""
    INSERT INTO audit_event ({", ".join(COLUMNS)}) SELECT * FROM unnest({", ".join(f"%b::{cast}[]" for cast in CASTS)})
"""
LINKS = """
    INSERT INTO audit_link (event_id, workspace_id, sequence, previous_hash, hash)
    SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::bigint[], %b::bytea[], %b::bytea[])
"""
ACTIONS = (
    "ledger.transactions.recategorised",
    "integrations.sync.requested",
    "ledger.note.written",
    "accounts.session.created",
    "ledger.category.created",
)


@dataclass(frozen=True, slots=True)
class Filled:
    """What can be asked of a filled record: somebody who did a lot and little, an object, a day, and events far back."""

    person: UUID
    rare_person: UUID
    target: UUID
    day: str
    middle: UUID
    old: UUID


def fill_record(owner: Persona, count: int) -> Filled:
    """Write and link `count` events, one a minute up to now, in transactions of some thousands."""
    people = [make_member(f"person{number}", owner.workspace, Role.STAFF).user.pk for number in range(10)]
    rare, target, start = people.pop(), uuid4(), datetime.now(UTC) - timedelta(minutes=count)
    plan, numbers = _Plan(count, people, rare, target, start), iter(range(count))
    ids: list[UUID] = []
    with workspace_scope(owner.workspace.pk):
        link_events()
    while batch := list(islice(numbers, BATCH)):
        with workspace_scope(owner.workspace.pk):
            prepare_person_keys([*people, rare])
            events = [_event(number, plan) for number in batch]
            _insert(events)
            ids += [event.pk for event in (events[0], events[-1])]
    with workspace_scope(owner.workspace.pk):
        assert Link.objects.count() >= count
    day = (start + timedelta(minutes=count // 2)).date().isoformat()
    return Filled(people[0], rare, target, day, ids[len(ids) // 2], ids[1])


def _insert(events: list[Event]) -> None:
    """Events with their links as the linker makes them, in two statements: what is measured comes after."""
    last = Link.objects.order_by("-sequence").first()
    sequence, head = (last.sequence, bytes(last.hash)) if last else (0, GENESIS)
    links: list[tuple[UUID, int, bytes, bytes]] = []
    for event in events:
        sequence, previous = sequence + 1, head
        head = link_hash(previous, sequence, leaf_hash(event))
        links.append((event.pk, sequence, previous, head))
    columns = [[getattr(event, name) for event in events] for name in COLUMNS]
    execute_binary(EVENTS, columns)
    ids, numbers, befores, hashes = (list(column) for column in zip(*links, strict=True))
    execute_binary(LINKS, [ids, [events[0].workspace_id] * len(events), numbers, befores, hashes])


@dataclass(frozen=True, slots=True)
class _Plan:
    count: int
    people: list[UUID]
    rare: UUID
    target: UUID
    start: datetime


def _event(number: int, plan: _Plan) -> Event:
    count, people, rare, target = plan.count, plan.people, plan.rare, plan.target
    keyring = workspace_keyring()
    is_rare = number % (max(count // 20, 1)) == 0
    is_system = number % 7 == 0 and not is_rare
    person = rare if is_rare else people[number % len(people)]
    actor = Actor.system("sync") if is_system else Actor.person(person, address=f"192.0.2.{number % 200}", agent=AGENT)
    event = Event(
        id=uuid4(),
        workspace_id=keyring.owner.id,
        format=1,
        occurred_at=plan.start + timedelta(minutes=number),
        action="accounts.ownership.offered" if is_rare else ACTIONS[number % len(ACTIONS)],
        outcome="refused" if number % (max(count // 20, 2)) == 1 else "failed" if number % 1000 == 5 else "succeeded",
        actor_kind=actor.kind,
        actor_id=actor.user_id,
        target_kind="category",
        target_id=target if is_rare else uuid4(),
    )
    detail = {
        "count": number,
        "category": str(target),
        "name": f"Category {number}",
        "before": {"a": 1},
        "after": {"a": 2},
    }
    _seal_event(event, keyring, _keyring_of(actor), detail, _personal(actor, {}))
    return event


AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"
