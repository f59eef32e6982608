"""Whether both sides say the same: a fast wrong answer would be worth nothing."""

from typing import Any, cast
from uuid import UUID

from accounts.access import workspace_scope
from tests.benchmarks.company import Company
from tests.benchmarks.plain import ROLL_UP, ROWS, ask_sums
from tests.benchmarks.questions import SEARCHES, ask_plain_search, ask_search, ask_statement
from tests.benchmarks.rows import TRANSFER

Sums = dict[UUID | None, int]


class SidesDisagree(AssertionError):
    """Sealed sheets, plain text and Python do not say the same of the same rows."""


def check_agreement(company: Company) -> None:
    """Sums by category and counts of searches are the same on all sides. Raises SidesDisagree."""
    expected = {company.categories.get(name): minor for name, minor in company.generator.posted_by_category().items()}
    with workspace_scope(company.workspace.pk):
        for side, sums in (
            ("sealed", _sealed_sums(company)),
            *((side, _plain_sums(company, side)) for side in (ROWS, ROLL_UP)),
        ):
            if sums != expected:
                raise SidesDisagree(f"The sums of {company.rows:,} rows differ from Python's: {side}")
        for words in SEARCHES.values():
            found, (_, plainly) = ask_search(words)(company), ask_plain_search(words)(company)
            if not found.count == plainly > 0:
                raise SidesDisagree(f"A search finds {found.count:,} rows sealed and {plainly:,} plain")


def _sealed_sums(company: Company) -> Sums:
    (statement,) = ask_statement(company).statements
    return {line.category_id: line.posted.total for section in statement.sections for line in section.lines}


def _plain_sums(company: Company, side: str) -> Sums:
    sums: Sums = {}
    for _, category_id, _, status, minor, _ in cast(list[Any], ask_sums(side)(company)):
        if status == "posted" and category_id != company.categories[TRANSFER]:
            sums[category_id] = sums.get(category_id, 0) + int(minor)
    return sums
