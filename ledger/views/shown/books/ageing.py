"""What is owed in words and formatted amounts: cards, bars by age and a table of contacts, in base or in one currency."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from config.charts import Share, ShareBar, draw_shares
from ledger.money import format_all, format_minor
from ledger.reports.books.ageing import BUCKETS, WINDOW, Aged, Ageing, BaseAged, ContactAged, Side
from ledger.views.shown.books.links import BooksLinks
from ledger.views.shown.books.words import KINDS, SIDES, count_documents, format_tenths
from ledger.views.shown.change import show_share
from ledger.views.shown.months import name_day
from ledger.views.shown.overview import Card

NOTHING = "–"
CREDITS = "Unused credits"
OVERDUE = "Overdue"
DAYS = {Side.RECEIVABLE: "Days sales outstanding", Side.PAYABLE: "Days payable outstanding"}
FLOWS = {Side.RECEIVABLE: "invoiced", Side.PAYABLE: "billed"}


@dataclass(frozen=True, slots=True)
class AgeCell:
    """An amount of a column; never a link, because no list holds just its documents."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class AgedRow:
    """One contact, or all of them; `cells` are the buckets, credits where any are, and the total."""

    name: str
    href: str
    cells: tuple[AgeCell, ...]


@dataclass(frozen=True, slots=True)
class AgeingSection:
    """What is owed in one currency. `note` says what its amounts are, `without_rate` what is in none of them (or "").
    `shares` are each column's part of what is owed. `id` is unique on the page."""

    id: str
    title: str
    currency: str
    note: str
    without_rate: str
    cards: tuple[Card, ...]
    bars: tuple[ShareBar, ...]
    columns: tuple[str, ...]
    rows: tuple[AgedRow, ...]
    total: AgedRow
    shares: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgeingPage:
    """`currencies` are those that something is owed in; `is_all_paid` says that there are documents, and nothing is owed."""

    side: Side
    title: str
    on: str
    sections: tuple[AgeingSection, ...]
    currencies: tuple[str, ...]
    is_all_paid: bool
    list_href: str


def show_ageing(report: Ageing, *, links: BooksLinks, currency: str = "") -> AgeingPage:
    """All of it in the currency that the books are kept in, or what is owed in one `currency` in that currency."""
    drawer = _Drawer(report, links)
    sections = tuple(drawer.in_own(currency) if currency else drawer.in_base())
    return AgeingPage(
        side=report.side,
        title=SIDES[report.side],
        on=name_day(report.today),
        sections=sections,
        currencies=tuple(one.currency for one in report.currencies),
        is_all_paid=bool(report.bases) and not report.currencies,
        list_href=links.list_of(KINDS[report.side]),
    )


def bars_of(aged: Aged, currency: str) -> tuple[ShareBar, ...]:
    """The buckets as bars, credits left out."""
    texts = format_all(aged.buckets, currency)
    return draw_shares(
        [Share(name, minor, text) for name, minor, text in zip(BUCKETS, aged.buckets, texts, strict=True)]
    )


@dataclass(frozen=True, slots=True)
class _Drawer:
    report: Ageing
    links: BooksLinks

    def in_base(self) -> Iterator[AgeingSection]:
        for one in self.report.bases:
            if one.contacts:
                foreign = any(own.currency != one.currency for contact in one.contacts for own in contact.currencies)
                note = (
                    f"Other currencies at the rate of each {KINDS[self.report.side].label.lower()}" if foreign else ""
                )
                pairs = [(contact, contact.base) for contact in one.contacts]
                cards = (*self._cards(one.aged, one.currency), self._days(one))
                yield self._section(
                    one.currency, one.aged, pairs, cards, note=note, without_rate=self._without_rate(one)
                )

    def in_own(self, currency: str) -> Iterator[AgeingSection]:
        pairs = [
            (contact, own.aged)
            for base in self.report.bases
            for contact in base.contacts
            for own in contact.currencies
            if own.currency == currency
        ]
        total = next((one.aged for one in self.report.currencies if one.currency == currency), Aged())
        pairs.sort(key=lambda pair: (-pair[1].total, pair[0].name.casefold()))
        note = f"Only what is owed in {currency}"
        yield self._section(currency, total, pairs, tuple(self._cards(total, currency)), note=note)

    def _section(
        self,
        currency: str,
        total: Aged,
        pairs: Sequence[tuple[ContactAged, Aged]],
        cards: tuple[Card, ...],
        *,
        note: str,
        without_rate: str = "",
    ) -> AgeingSection:
        has_credits = any(aged.credits for _, aged in pairs)
        columns = (*BUCKETS, *((CREDITS,) if has_credits else ()), "Total")
        figures = _figures(total, has_credits)
        return AgeingSection(
            id=f"aged-{currency}",
            title=f"By contact, {currency}",
            currency=currency,
            note=note,
            without_rate=without_rate,
            cards=cards,
            bars=bars_of(total, currency),
            columns=columns,
            rows=tuple(
                AgedRow(one.name, self.links.contact(one.contact_id), cells_of(aged, currency, has_credits=has_credits))
                for one, aged in pairs
            ),
            total=AgedRow("All contacts", "", cells_of(total, currency, has_credits=has_credits)),
            shares=tuple(show_share(minor, total.total) for minor in figures),
        )

    def _cards(self, aged: Aged, currency: str) -> Iterator[Card]:
        kind = KINDS[self.report.side]
        lines = [count_documents(aged.count, kind)]
        if aged.credits:
            lines.append(f"{format_minor(aged.credits, currency)} of it unused credits")
        yield Card("Open", format_minor(aged.total, currency), currency, tuple(lines), "", self.links.list_of(kind))
        share = show_share(aged.overdue, sum(aged.buckets))
        overdue = f"{share} of what is open" if aged.overdue else "Nothing is overdue"
        href = self.links.list_of(kind, status="overdue") if aged.overdue else ""
        yield Card(OVERDUE, format_minor(aged.overdue, currency), currency, (overdue,), "", href)

    def _days(self, base: BaseAged) -> Card:
        invoiced = f"{format_minor(base.invoiced, base.currency)} {base.currency} {FLOWS[self.report.side]}"
        title, note = DAYS[self.report.side], f"Open, over what was {FLOWS[self.report.side]} in {WINDOW} days"
        if base.days_outstanding is None:
            return Card(title, NOTHING, "", (f"Nothing was {FLOWS[self.report.side]} in {WINDOW} days",))
        return Card(title, format_tenths(base.days_outstanding), "days", (f"{invoiced} in {WINDOW} days",), note)

    def _without_rate(self, base: BaseAged) -> str:
        if not base.without_rate:
            return ""
        have = "has" if base.without_rate == 1 else "have"
        what = count_documents(base.without_rate, KINDS[self.report.side])
        return f"{what} {have} no rate to {base.currency}, and no part in these sums: choose their own currency to see them."


def _figures(aged: Aged, has_credits: bool) -> tuple[int, ...]:
    return (*aged.buckets, *((aged.credits,) if has_credits else ()), aged.total)


def cells_of(aged: Aged, currency: str, *, has_credits: bool) -> tuple[AgeCell, ...]:
    return tuple(map(AgeCell, format_all(_figures(aged, has_credits), currency, zero=NOTHING)))
