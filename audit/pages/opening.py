"""Opening what is sealed in an event, for a page: what does not open is said, and stops nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from audit.log import open_detail, open_personal
from audit.models import Event
from vault.envelope import SealBroken
from vault.keyring import KeyDestroyed, KeyMissing
from vault.providers.base import KeyUnusable

UNOPENED = (SealBroken, KeyUnusable, KeyMissing)
FACTS = ("address", "agent", "part", "session", "request")


@dataclass(frozen=True, slots=True)
class PersonalFacts:
    """Where an actor was and with what, and what is their own of an event.

    `is_erased`: the person's key was destroyed, and these facts with it.
    """

    address: str = ""
    agent: str = ""
    part: str = ""
    session: str = ""
    request: str = ""
    own: Mapping[str, object] = field(default_factory=dict)
    is_erased: bool = False


@dataclass(frozen=True, slots=True)
class OpenedDetail:
    """The facts of an event by name; `is_broken` where they were altered or their key is not to be had."""

    facts: dict[str, object] = field(default_factory=dict)
    is_broken: bool = False


def open_facts(event: Event) -> PersonalFacts:
    """The actor's facts, empty ones where they cannot be had."""
    try:
        opened = open_personal(event)
    except KeyDestroyed:
        return PersonalFacts(is_erased=True)
    except UNOPENED:
        return PersonalFacts()
    own = opened.get("own")
    address, agent, part, session, request = (str(opened.get(name) or "") for name in FACTS)
    return PersonalFacts(address, agent, part, session, request, own if isinstance(own, Mapping) else {})


def open_event(event: Event) -> OpenedDetail:
    """The event's own facts. Raises KeyDestroyed when the workspace's key is gone."""
    try:
        return OpenedDetail(open_detail(event))
    except UNOPENED:
        return OpenedDetail(is_broken=True)
