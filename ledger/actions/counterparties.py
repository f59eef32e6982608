"""Counterparties by name. Names are sealed, so they are compared opened, and kept unique under the workspace's lock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ledger.codes import lock_codes, take_codes
from ledger.models import CodeSequence, Counterparty
from ledger.sheets.codebook import counterparty_names
from ledger.sheets.rows import fold


@dataclass(frozen=True, slots=True, repr=False)
class Counterparties:
    """The code of every counterparty up to one, by its name, however it is written. A name's code never changes."""

    codes: Mapping[str, int]

    def code_of(self, name: str | None) -> int:
        """The code of a name, 0 for none."""
        return self.codes[fold(name)] if name and fold(name) else 0


NONE_READ = Counterparties({})


def ensure_counterparties(names: Iterable[str], known: Counterparties = NONE_READ) -> Counterparties:
    """Make those that the workspace lacks, by the first of their spellings. Call it before any sheet is locked. `known` are
    those that were read before.
    """
    wanted: dict[str, str] = {}
    for name in names:
        if folded := fold(name):
            wanted.setdefault(folded, name.strip())
    if wanted.keys() <= known.codes.keys():
        return known
    known = _read_later(known)
    if wanted.keys() <= known.codes.keys():
        return known
    lock_codes(CodeSequence.Kind.COUNTERPARTY)
    known = _read_later(known)
    missing = {folded: name for folded, name in wanted.items() if folded not in known.codes}
    codes = list(take_codes(CodeSequence.Kind.COUNTERPARTY, len(missing)))
    Counterparty.objects.bulk_create(
        Counterparty(code=code, name=name) for code, name in zip(codes, missing.values(), strict=True)
    )
    return Counterparties({**known.codes, **dict(zip(missing, codes, strict=True))})


def _read_later(known: Counterparties) -> Counterparties:
    # Whoever takes codes holds their sequence until they are written, so none below a known one is still to come.
    later = counterparty_names(after=max(known.codes.values(), default=0))
    return Counterparties({**known.codes, **{fold(name): code for code, name in later.items()}})
