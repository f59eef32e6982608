"""Events as sentences: Alice Moreau changed the role of Bob from Staff to Auditor."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from accounts.agents import describe_agent
from accounts.permissions import Permission, Role
from accounts.second_factor import FactorKind
from audit.models import Event, Link
from audit.pages.names import PEOPLE, Names, as_id, read_names, who_is
from audit.pages.opening import OpenedDetail, PersonalFacts, open_event, open_facts
from audit.proofs import newest_covered
from audit.vocabulary import ACTIONS, Part, parse

BROKEN = "what it held does not open any more"
ROLES = {role.value: role.label for role in Role}
FACTORS = {kind.value: kind.label for kind in FactorKind}
PERMISSIONS = {permission.name.lower(): f"may not {permission.value}" for permission in Permission}
REASONS = {**PERMISSIONS, "not_a_member": "they do not belong here", "not_an_operator": "they are no operator"}
# How facts of these names are said.
SAID: Mapping[str, Mapping[str, str]] = {"role": ROLES, "kind": FACTORS, "reason": REASONS}
# Facts that are one of a few words, written as code writes them.
CODES = frozenset({"kind", "problem", "state", "reason", "trigger", "judge", "decision", "resource"})
CHANGES = ("before", "after")
NONE = "–"

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A field that changed."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """One event as the page shows it. `at` is UTC; `facts` are pairs of a name and what it is."""

    id: UUID
    at: datetime
    who: str
    deed: str
    outcome: str
    facts: Facts
    changes: tuple[Change, ...]
    actor_id: UUID | None
    target_id: UUID | None
    is_linked: bool
    is_signed: bool

    @property
    def sentence(self) -> str:
        """All of it."""
        return f"{self.who} {self.deed}"


def tell_events(events: Sequence[Event]) -> tuple[Line, ...]:
    """Lines for events of the workspace in scope. How many statements it takes does not depend on how many they are."""
    opened = [(event, open_event(event)) for event in events]
    names = read_names(opened)
    sequences = dict(
        Link.objects.filter(event_id__in=[event.pk for event in events]).values_list("event_id", "sequence")
    )
    covered = newest_covered()
    return tuple(tell_event(event, detail, names, sequences.get(event.pk), covered) for event, detail in opened)


def tell_event(event: Event, detail: OpenedDetail, names: Names, sequence: int | None, covered: int) -> Line:
    """One event in words; `sequence` is its place in the chain, None while it has none, `covered` how many were signed."""
    personal = open_facts(event)
    facts = {**detail.facts, **personal.own}
    return Line(
        id=event.pk,
        at=event.occurred_at,
        who=who_is(event, names.people, personal.part),
        deed=BROKEN if detail.is_broken else say_deed(event, facts, names),
        outcome=event.outcome,
        facts=tuple(_facts(event, facts, personal, names, sequence)),
        changes=tuple(_changes(facts, names)),
        actor_id=event.actor_id,
        target_id=event.target_id,
        is_linked=sequence is not None,
        is_signed=sequence is not None and sequence <= covered,
    )


def say_deed(event: Event, facts: Mapping[str, object], names: Names) -> str:
    """The words of an action with the event's facts in them."""
    said: list[str] = []
    for group, parts in groupby(parse(ACTIONS.get(event.action, event.action)), key=attrgetter("group")):
        words = [_say_part(part, event, facts, names) for part in parts]
        if all(words) or not group:
            said += [word or "…" for word in words]
    return "".join(said)


def _say_part(part: Part, event: Event, facts: Mapping[str, object], names: Names) -> str:
    if not part.is_fact:
        return part.text
    if part.text == "target":
        return names.target(event)
    outer, _, inner = part.text.rpartition(".")
    within = facts.get(outer) if outer else facts
    return _say(inner, within.get(inner), names) if isinstance(within, Mapping) else ""


def _say(name: str, value: object, names: Names) -> str:
    """A fact in words; nothing for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(_say(name, one, names) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{_label(str(key)).lower()} {_say(str(key), one, names)}" for key, one in value.items())
    return _say_number(value) if isinstance(value, int) else _say_text(name, str(value), names)


def _say_number(value: int) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}"


def _say_text(name: str, value: str, names: Names) -> str:
    found = as_id(value)
    if found is None:
        return SAID.get(name, {}).get(value) or (value.replace("_", " ") if name in CODES else value)
    return names.person(found) if name in PEOPLE else names.objects.get((name, found), value)


def _facts(
    event: Event, facts: Mapping[str, object], personal: PersonalFacts, names: Names, sequence: int | None
) -> Iterator[tuple[str, str]]:
    yield "When", event.occurred_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
    if personal.is_erased:
        yield "Where", "erased with the person"
    for label, known in (
        ("Address", personal.address),
        ("Browser", describe_agent(personal.agent) if personal.agent else ""),
        ("Session", personal.session),
        ("Request", personal.request),
        ("Part", personal.part),
    ):
        if known:
            yield label, known
    for name, value in facts.items():
        if name not in CHANGES and (words := _say(name, value, names)):
            yield _label(name), words
    yield "Action", event.action
    if event.target_id is not None:
        yield "Target", f"{event.target_kind} {event.target_id}"
    yield "Event", str(event.pk)
    yield "Place in the chain", f"{sequence:,}" if sequence is not None else "not yet linked"


def _changes(facts: Mapping[str, object], names: Names) -> Iterator[Change]:
    before, after = (found if isinstance(found := facts.get(side), Mapping) else {} for side in CHANGES)
    for name in [*before, *(name for name in after if name not in before)]:
        yield Change(
            _label(name), _say(name, before.get(name), names) or NONE, _say(name, after.get(name), names) or NONE
        )


def _label(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]
