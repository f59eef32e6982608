"""Names for the ids that events hold: each kind of object asked for once a page, each name opened once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from accounts.models import DELETED_PERSON, Membership, User
from audit.models import Event
from audit.pages.opening import OpenedDetail
from integrations.models import Connection
from ledger.models import Category
from vault.envelope import SealBroken
from vault.keyring import KeyDestroyed, prepare_person_keys

ERASED = "a person who was erased"
UNKNOWN_PERSON = "somebody"
# Facts of a detail that hold a person's id.
PEOPLE = frozenset({"user", "operator", "giver", "receiver", "owner", "person", "responsible"})
SYSTEM, NOBODY = "Counterfoil", "Somebody not signed in"
PROVIDERS = {"plaid": "Plaid", "zoho": "Zoho Books"}
# What an object is called whose name is not known here, by the kind of target.
KINDS = {
    "user": UNKNOWN_PERSON,
    "membership": "a member",
    "connection": "a connection",
    "category": "a category",
    "transaction": "a transaction",
    "workspace": "the workspace",
}

People = Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Names:
    """What a page needs: people, and the other objects by kind and id."""

    people: People
    objects: Mapping[tuple[str, UUID], str]

    def person(self, person_id: UUID) -> str:
        """A person's name, or words for somebody who has none here."""
        return self.people.get(person_id, UNKNOWN_PERSON)

    def target(self, event: Event) -> str:
        """What was acted on."""
        kind, target_id = event.target_kind, event.target_id
        if target_id is None:
            return ""
        if kind == "user":
            return self.person(target_id)
        return self.objects.get((kind, target_id)) or KINDS.get(kind, kind.replace("_", " "))


def read_names(events: Iterable[tuple[Event, OpenedDetail]]) -> Names:
    """The names for these events of the workspace in scope, in as many statements for one as for fifty."""
    people: set[UUID] = set()
    wanted: dict[str, set[UUID]] = {"membership": set(), "connection": set(), "category": set()}
    for event, detail in events:
        people |= set(people_in(event, detail.facts))
        if event.target_kind in wanted and event.target_id is not None:
            wanted[event.target_kind].add(event.target_id)
        for name in ("connection", "category"):
            if (found := as_id(detail.facts.get(name))) is not None:
                wanted[name].add(found)
    members = dict(Membership.objects.filter(pk__in=wanted["membership"]).values_list("pk", "user_id"))
    people |= set(members.values())
    prepare_person_keys(people)
    names = read_people(people)
    objects = {("membership", pk): names.get(user_id, UNKNOWN_PERSON) for pk, user_id in members.items()}
    for connection in Connection.objects.filter(pk__in=wanted["connection"]):
        objects["connection", connection.pk] = _institution(connection)
    for category in Category.objects.filter(pk__in=wanted["category"]):
        objects["category", category.pk] = category.name
    return Names(names, objects)


def read_people(person_ids: Iterable[UUID]) -> People:
    """Names by id. Whose key was destroyed has none any more; their keys should have been prepared."""
    found = User.objects.filter(pk__in=set(person_ids))
    return {user.pk: ERASED if (name := _shown(user)) == DELETED_PERSON else name for user in found}


def people_in(event: Event, facts: Mapping[str, object]) -> Iterable[UUID]:
    """Everybody whom an event names."""
    if event.actor_id is not None:
        yield event.actor_id
    if event.target_kind == "user" and event.target_id is not None:
        yield event.target_id
    for side in (facts, facts.get("before"), facts.get("after")):
        if isinstance(side, Mapping):
            found = (as_id(side[name]) for name in PEOPLE & side.keys())
            yield from (person_id for person_id in found if person_id is not None)


def who_is(event: Event, people: People, part: str = "") -> str:
    """Who acted, as a sentence begins with them."""
    if event.actor_id is not None:
        name = people.get(event.actor_id, UNKNOWN_PERSON)
        return name[:1].upper() + name[1:] if name in {ERASED, UNKNOWN_PERSON} else name
    if event.actor_kind == Event.ActorKind.PROVIDER:
        return PROVIDERS.get(part, part.title() or "A provider")
    return NOBODY if event.actor_kind == Event.ActorKind.ANONYMOUS else SYSTEM


def as_id(value: object) -> UUID | None:
    """The id that a fact is, None for anything else."""
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _shown(user: User) -> str:
    try:
        return user.shown_name
    except SealBroken:
        return user.email


def _institution(connection: Connection) -> str:
    try:
        return str(connection.facts.institution)
    except (SealBroken, KeyDestroyed):
        return KINDS["connection"]
