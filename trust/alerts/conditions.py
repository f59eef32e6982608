"""Whether an event is what a rule means, where its action alone does not say so. Facts are those of the event's detail."""

from collections.abc import Mapping
from datetime import datetime

from accounts.permissions import ROLE_PERMISSIONS, Role
from accounts.second_factor import STRONG, FactorKind

Facts = Mapping[str, object]


def is_weaker(facts: Facts) -> bool:
    """A policy about second factors that asks for less: of fewer people, later, or by a factor that proves less."""
    before, after = _side(facts, "before"), _side(facts, "after")
    return _asks_later(before, after) or bool(_weak_kinds(after) - _weak_kinds(before))


def is_raised(facts: Facts) -> bool:
    """A role that may do something which the one before may not."""
    before, after = _role(_side(facts, "before").get("role")), _role(_side(facts, "after").get("role"))
    return after is not None and bool(_may(after) - _may(before))


def gives_control(facts: Facts) -> bool:
    """A new member who may change what others may do."""
    return facts.get("role") == Role.ADMIN.value


def _side(facts: Facts, name: str) -> Facts:
    side = facts.get(name)
    return side if isinstance(side, Mapping) else {}


def _asks_later(before: Facts, after: Facts) -> bool:
    if "required_from" not in after:
        return False
    was, becomes = _moment(before.get("required_from")), _moment(after["required_from"])
    return was is not None and (becomes is None or becomes > was)


def _moment(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None


def _weak_kinds(side: Facts) -> set[str]:
    strong = {kind.value for kind in STRONG}
    chosen = {name for name in str(side.get("kinds") or "").split(",") if name}
    return (chosen & {kind.value for kind in FactorKind}) - strong


def _role(value: object) -> Role | None:
    return Role(value) if value in Role.values else None


def _may(role: Role | None) -> frozenset[object]:
    return frozenset(ROLE_PERMISSIONS[role]) if role else frozenset()
