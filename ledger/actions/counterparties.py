"""Counterparties by name. Names are sealed, so they are compared opened, and kept unique under the workspace's lock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ledger.codes import lock_codes, take_codes
from ledger.models import CodeSequence, Counterparty
from ledger.sheets.codebook import counterparty_names
from ledger.sheets.rows import fold


@dataclass(frozen=True, slots=True, repr=False)
class Counterparties:
    """The code of every counterparty by its name, however it is written."""

    codes: Mapping[str, int]

    def code_of(self, name: str | None) -> int:
        """The code of a name, 0 for none."""
        return self.codes[fold(name)] if name and fold(name) else 0


def ensure_counterparties(names: Iterable[str]) -> Counterparties:
    """Make those that the workspace lacks, by the first of their spellings. Call it before any sheet is locked."""
    wanted: dict[str, str] = {}
    for name in names:
        if folded := fold(name):
            wanted.setdefault(folded, name.strip())
    existing = _read()
    if wanted.keys() <= existing.codes.keys():
        return existing
    lock_codes(CodeSequence.Kind.COUNTERPARTY)
    existing = _read()
    missing = {folded: name for folded, name in wanted.items() if folded not in existing.codes}
    codes = list(take_codes(CodeSequence.Kind.COUNTERPARTY, len(missing)))
    Counterparty.objects.bulk_create(
        Counterparty(code=code, name=name) for code, name in zip(codes, missing.values(), strict=True)
    )
    return Counterparties({**existing.codes, **dict(zip(missing, codes, strict=True))})


def _read() -> Counterparties:
    return Counterparties({fold(name): code for code, name in counterparty_names().items()})
