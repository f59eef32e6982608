"""The trial balance as rows of formatted cells, and a sentence on whether it balances."""

from dataclasses import dataclass

from ledger.money import format_minor
from ledger.reports.books.trial_sides import SidedStatement

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class TrialCell:
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class TrialRow:
    number: str
    name: str
    cells: tuple[TrialCell, TrialCell]


@dataclass(frozen=True, slots=True)
class TrialBlock:
    title: str
    rows: tuple[TrialRow, ...]


@dataclass(frozen=True, slots=True)
class TrialTable:
    """`id` is unique on the page; `difference` is how much the sides differ by, "" where they are equal. `without_rate` says
    what is in none of the amounts (or "")."""

    id: str
    currency: str
    blocks: tuple[TrialBlock, ...]
    total: tuple[TrialCell, TrialCell]
    difference: str
    without_rate: str
    has_numbers: bool


def show_statement(statement: SidedStatement) -> TrialTable:
    """One currency's accounts in their sections."""
    currency = statement.currency
    return TrialTable(
        id=f"trial-{currency}",
        currency=currency,
        blocks=tuple(
            TrialBlock(
                str(section.kind.label),
                tuple(
                    TrialRow(one.number or "", one.name, _sides(one.debit, one.credit, currency))
                    for one in section.accounts
                ),
            )
            for section in statement.sections
        ),
        total=_sides(statement.debit, statement.credit, currency),
        difference=format_minor(abs(statement.difference), currency) if statement.difference else "",
        without_rate=_without_rate(statement),
        has_numbers=any(one.number for section in statement.sections for one in section.accounts),
    )


def _without_rate(statement: SidedStatement) -> str:
    if not statement.without_rate:
        return ""
    currencies, base = ", ".join(statement.without_rate), statement.currency
    return (
        f"Lines in {currencies} have no rate to {base}, and no part in these sums: choose their own currency to see them. "
        f"Enter the rate in Zoho Books; the next sync reads it."
    )


def _sides(debit: int, credit: int, currency: str) -> tuple[TrialCell, TrialCell]:
    shown = [format_minor(minor, currency) if minor else NOTHING for minor in (debit, credit)]
    return TrialCell(shown[0]), TrialCell(shown[1])
