"""Which second factors people have."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import ALL_FACTORS, BackupCode, User
from accounts.second_factor import STRONG, FactorKind

# Backup codes stand in for the others, and are counted by themselves.
MODELS = {model.kind: model for model in ALL_FACTORS if model.kind != FactorKind.BACKUP}


@dataclass(frozen=True, slots=True)
class FactorLine:
    """One factor as Settings list it. Times are UTC; `is_named` where its owner may call it something else."""

    id: UUID
    kind: FactorKind
    name: str
    created_at: datetime
    used_at: datetime | None
    is_named: bool

    @property
    def label(self) -> str:
        """What kind of factor it is, in words."""
        return self.kind.label


def list_factors(user: User) -> tuple[FactorLine, ...]:
    """A person's confirmed factors, the strongest kind first; backup codes are counted elsewhere."""
    return tuple(
        FactorLine(
            id=factor.pk,
            kind=kind,
            name=factor.name if kind in STRONG else user.email,
            created_at=factor.created_at,
            used_at=factor.last_used_at,
            is_named=kind in STRONG,
        )
        for kind, model in MODELS.items()
        for factor in model.objects.filter(user=user, confirmed=True).order_by("created_at", "pk")
    )


def kinds_to_sign_in(user: User) -> tuple[FactorKind, ...]:
    """The kinds that a person is asked for, the strongest first; empty for who has none.

    Codes by e-mail only where there is nothing stronger: whoever reads the mail could get a new password by it too.
    """
    found = kinds_of([user.pk]).get(user.pk, ())
    strong = tuple(kind for kind in found if kind in STRONG)
    if not strong:
        return found
    return (*strong, FactorKind.BACKUP) if backup_codes_left(user) else strong


def kinds_of(user_ids: Iterable[UUID]) -> dict[UUID, tuple[FactorKind, ...]]:
    """The kinds of confirmed factors of many people, the strongest first; three queries, and nobody who has none."""
    wanted = list(user_ids)
    found: dict[UUID, tuple[FactorKind, ...]] = {}
    for kind, model in MODELS.items():
        held = model.objects.filter(user__in=wanted, confirmed=True).values_list("user_id", flat=True).distinct()
        for user_id in held:
            found[user_id] = (*found.get(user_id, ()), kind)
    return found


def backup_codes_left(user: User) -> int:
    """How many of a person's backup codes were not used yet."""
    return BackupCode.objects.filter(codes__user=user, used_at=None).count()
