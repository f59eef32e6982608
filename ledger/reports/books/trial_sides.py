"""A trial balance as it is printed: each account's balance on the side it is on, in one currency, and both sides' sums."""

from dataclasses import dataclass
from uuid import UUID

from ledger.kinds import CategoryKind
from ledger.reports.books.trial_balance import AccountBalance, DebitCredit, TrialBalance


@dataclass(frozen=True, slots=True)
class SidedAccount:
    """Minor units of the statement's currency; `debit` or `credit` is 0."""

    account_id: UUID
    name: str
    number: str | None
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class SidedSection:
    """The accounts of one kind."""

    kind: CategoryKind
    accounts: tuple[SidedAccount, ...]


@dataclass(frozen=True, slots=True)
class SidedStatement:
    """`debit` and `credit` are the sums of the accounts' balances, equal in books that are whole. Lines in the currencies
    `without_rate`, or some of them, are in none."""

    currency: str
    sections: tuple[SidedSection, ...]
    debit: int
    credit: int
    without_rate: tuple[str, ...] = ()

    @property
    def difference(self) -> int:
        return self.debit - self.credit


def sides_in_base(report: TrialBalance) -> tuple[SidedStatement, ...]:
    """Statements in the currencies that books are kept in, of the accounts of those books."""
    return tuple(
        _statement(
            total.currency,
            [(one, one.base) for one in report.accounts if one.base.currency == total.currency],
            tuple(one.currency for one in report.without_rate if one.base == total.currency),
        )
        for total in report.bases
    )


def sides_in(report: TrialBalance, currency: str) -> SidedStatement:
    """The lines that were posted in one currency, in that currency."""
    return _statement(
        currency,
        [(one, sums) for one in report.accounts for sums in one.currencies if sums.currency == currency],
    )


def _statement(
    currency: str, accounts: list[tuple[AccountBalance, DebitCredit]], without_rate: tuple[str, ...] = ()
) -> SidedStatement:
    sided = [
        (one.kind, SidedAccount(one.account_id, one.name, one.number, max(sums.net, 0), max(-sums.net, 0)))
        for one, sums in accounts
    ]
    kinds = dict.fromkeys(kind for kind, _ in sided)
    return SidedStatement(
        currency=currency,
        sections=tuple(SidedSection(kind, tuple(one for at, one in sided if at == kind)) for kind in kinds),
        debit=sum(one.debit for _, one in sided),
        credit=sum(one.credit for _, one in sided),
        without_rate=without_rate,
    )
