"""Who belongs to a workspace, and what each role may do there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, IntegerField, Value, When

from accounts.models import DELETED_PERSON, Membership
from accounts.permissions import ROLE_PERMISSIONS, Permission, Role, may_act_on
from accounts.reports.factors import kinds_of
from accounts.second_factor import FactorKind
from vault.keyring import prepare_person_keys

PAGE = 50
SEE = "see "
# So few permissions that a role lacks are named instead of those that it holds.
FEW = 3


@dataclass(frozen=True, slots=True)
class Member:
    """`name` is the address where they gave none, and `address` then empty, as it is where there is nobody any more.

    `may` says what the role allows. Times are UTC. `factors` is in words, None where the viewer may not know. `is_ours`:
    the viewer may change what they may do.
    """

    id: UUID
    name: str
    address: str
    role: str
    may: str
    since: datetime
    signed_in_at: datetime | None
    is_viewer: bool
    factors: str | None
    is_ours: bool
    is_locked_out: bool


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at the list, and what of it they may know and do. `role` is given where they may change members."""

    id: UUID
    role: Role | None = None
    sees_factors: bool = False


@dataclass(frozen=True, slots=True)
class MemberList:
    """One page of the members that a search finds; `total` counts all members, found or not.

    `previous` and `next` are the numbers of the pages beside this one, 0 where there is none.
    """

    members: tuple[Member, ...]
    found: int
    total: int
    previous: int
    next: int

    @property
    def label(self) -> str:
        """How many there are to page through."""
        return "1 member" if self.found == 1 else f"{self.found:,} members"


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """Whether a role holds a permission; `is_own` marks the column of the person who looks."""

    is_held: bool
    is_own: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A permission in words beside all roles, in the order of the matrix."""

    words: str
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True, slots=True)
class RoleMatrix:
    """What each role may do, made from the table that decides it. `own` is the label of one's own role."""

    roles: tuple[str, ...]
    own: str
    rows: tuple[MatrixRow, ...]


def list_members(*, viewer: Viewer, search: str = "", page: int = 1) -> MemberList:
    """The members of the workspace in scope, by role and address; a page past the end is the last one.

    Names are sealed, so a search opens everybody's; without one only those of the page are opened.
    """
    everybody = list(Membership.objects.select_related("user").order_by(_rank(), "user__email"))
    found = _matching(everybody, search.casefold()) if search else everybody
    pages = max(1, -(-len(found) // PAGE))
    page = min(page, pages)
    shown = found[(page - 1) * PAGE : page * PAGE]
    _prepare_names(shown)
    factors = kinds_of(one.user_id for one in shown) if viewer.sees_factors else None
    members = tuple(_member(membership, viewer, factors) for membership in shown)
    return MemberList(
        members,
        found=len(found),
        total=len(everybody),
        previous=page - 1,
        next=page + 1 if page < pages else 0,
    )


def read_member(membership_id: UUID, *, viewer: Viewer) -> Member:
    """One member of the workspace in scope. Raises Membership.DoesNotExist."""
    membership = Membership.objects.select_related("user").get(pk=membership_id)
    factors = kinds_of([membership.user_id]) if viewer.sees_factors else None
    return _member(membership, viewer, factors)


def role_matrix(*, own: str) -> RoleMatrix:
    """All roles beside all permissions, for a person whose role is `own`."""
    rows = [
        MatrixRow(
            _sentence(permission.value),
            tuple(MatrixCell(permission in ROLE_PERMISSIONS[role], role == own) for role in Role),
        )
        for permission in Permission
    ]
    return RoleMatrix(tuple(role.label for role in Role), Role(own).label, tuple(rows))


def describe_role(role: Role) -> str:
    """What a role may do, in a sentence."""
    held = [permission.value for permission in Permission if permission in ROLE_PERMISSIONS[role]]
    missing = [permission.value for permission in Permission if permission.value not in held]
    if len(missing) <= FEW:
        return f"Everything but: {_enumerate(missing)}" if missing else "Everything"
    seen = [words.removeprefix(SEE) for words in held if words.startswith(SEE)]
    deeds = [words for words in held if not words.startswith(SEE)]
    return _sentence("; ".join([SEE + _enumerate(seen), *deeds] if seen else deeds))


def _rank() -> Case:
    ranks = [When(role=role, then=Value(rank)) for rank, role in enumerate(Role)]
    return Case(*ranks, output_field=IntegerField())


def _matching(everybody: list[Membership], text: str) -> list[Membership]:
    _prepare_names(everybody)
    return [membership for membership in everybody if text in f"{_name(membership)}\n{_address(membership)}".casefold()]


def _prepare_names(memberships: list[Membership]) -> None:
    prepare_person_keys(membership.user_id for membership in memberships)


def _member(membership: Membership, viewer: Viewer, factors: dict[UUID, tuple[FactorKind, ...]] | None) -> Member:
    role, is_viewer = Role(membership.role), membership.user_id == viewer.id
    return Member(
        id=membership.pk,
        name=_name(membership),
        address=_address(membership),
        role=role.label,
        may=describe_role(role),
        since=membership.created_at,
        signed_in_at=membership.user.last_login,
        is_viewer=is_viewer,
        factors=None if factors is None else name_factors(factors.get(membership.user_id, ())),
        is_ours=viewer.role is not None and not is_viewer and may_act_on(viewer.role, role),
        is_locked_out=not membership.user.is_active and _name(membership) != DELETED_PERSON,
    )


def name_factors(kinds: Iterable[FactorKind]) -> str:
    """Second factors in words."""
    return ", ".join(kind.label for kind in kinds) or "None yet"


def _name(membership: Membership) -> str:
    return membership.user.shown_name


def _address(membership: Membership) -> str:
    email = membership.user.email
    return "" if _name(membership) in {email, DELETED_PERSON} else email


def _enumerate(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
