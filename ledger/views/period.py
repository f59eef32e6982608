"""The period of a report and what it is compared with, read from the query string and offered as links and a form.

Every report with a period uses this, so that the same words in an address mean the same months everywhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict

from ledger.forms import PeriodForm
from ledger.reports.standing import Span
from ledger.views.shown.months import name_span, shift_month

LENGTHS = {"3": 3, "12": 12, "24": 24, "36": 36}
FISCAL_YEAR, LAST_FISCAL_YEAR = "fiscal-year", "last-fiscal-year"
LABELS = {
    "3": "3 months",
    "12": "12 months",
    "24": "24 months",
    "36": "36 months",
    FISCAL_YEAR: "This fiscal year",
    LAST_FISCAL_YEAR: "Last fiscal year",
}
PREVIOUS, YEAR_BEFORE = "previous", "year"
COMPARISONS = {"": "Nothing", PREVIOUS: "Period before", YEAR_BEFORE: "Year before"}
NO_SUCH_PERIOD = "There is no such period to choose."
NO_SUCH_COMPARISON = "There is nothing of that name to compare with."
OF_PERIOD = ("period", "from", "to", "compare")


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months; `key` is the ready-made choice they came from, "" for months of the person's own. `against` is what
    they are compared with, by the choice `comparison`; None and "" without one."""

    months: Span
    key: str
    against: Span | None = None
    comparison: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    label: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class PeriodControl:
    """What components/period.html draws. `kept` are the names and values that the form sends along; `wrong` are sentences
    on what in the address made no sense, beside the form's own."""

    choices: tuple[Choice, ...]
    comparisons: tuple[Choice, ...]
    against: str
    form: PeriodForm
    kept: tuple[tuple[str, str], ...]
    wrong: tuple[str, ...]


def read_period(
    query: QueryDict, *, today: date, fiscal_start: int, default: str = "12"
) -> tuple[Period, PeriodControl]:
    """The period asked for, and the control that shows it. A query that makes no sense gives the `default` one, compared
    with nothing, and the control says what is wrong with it. Whatever else the page keeps in its address stays there."""
    asked = bool(query.get("from") or query.get("to"))
    form = PeriodForm(query) if asked else PeriodForm()
    if asked and form.is_valid():
        months, key = Span(form.cleaned_data["from"], form.cleaned_data["to"]), ""
    else:
        key = query.get("period", default) if not asked else default
        key = key if key in LABELS else default
        months = _ready_made(key, today, fiscal_start)
    if not asked:
        form = PeriodForm(initial={"from": f"{months.first:%Y-%m}", "to": f"{months.last:%Y-%m}"})
    comparison = query.get("compare", "")
    against = _against(months, comparison)
    period = Period(months, key, against, comparison if against else "")
    return period, _control(period, form, query, tuple(_wrong(query)))


def _ready_made(key: str, today: date, fiscal_start: int) -> Span:
    month = today.replace(day=1)
    year = shift_month(month, -((month.month - fiscal_start) % 12))
    if key == FISCAL_YEAR:
        return Span(year, month)
    if key == LAST_FISCAL_YEAR:
        return Span(shift_month(year, -12), shift_month(year, -1))
    return Span(shift_month(month, 1 - LENGTHS[key]), month)


def _against(months: Span, comparison: str) -> Span | None:
    if comparison == YEAR_BEFORE:
        return Span(shift_month(months.first, -12), shift_month(months.last, -12))
    if comparison == PREVIOUS:
        length = (months.last.year - months.first.year) * 12 + months.last.month - months.first.month + 1
        return Span(shift_month(months.first, -length), shift_month(months.first, -1))
    return None


def _wrong(query: QueryDict) -> Iterator[str]:
    if query.get("period", next(iter(LABELS))) not in LABELS:
        yield NO_SUCH_PERIOD
    if query.get("compare", "") not in COMPARISONS:
        yield NO_SUCH_COMPARISON


def _control(period: Period, form: PeriodForm, query: QueryDict, wrong: tuple[str, ...]) -> PeriodControl:
    others = {name: str(value) for name, value in query.items() if name not in OF_PERIOD and value}
    compared = {"compare": period.comparison} if period.comparison else {}
    months = period.months
    chosen = {"period": period.key} if period.key else {"from": f"{months.first:%Y-%m}", "to": f"{months.last:%Y-%m}"}
    return PeriodControl(
        choices=tuple(
            Choice(label, address({"period": key} | compared | others), key == period.key)
            for key, label in LABELS.items()
        ),
        comparisons=tuple(
            Choice(label, address(chosen | ({"compare": key} if key else {}) | others), key == period.comparison)
            for key, label in COMPARISONS.items()
        ),
        against=name_span(period.against) if period.against else "",
        form=form,
        kept=tuple((compared | others).items()),
        wrong=wrong,
    )


def offer(query: QueryDict, name: str, labels: Mapping[str, str]) -> tuple[Choice, ...]:
    """Links that change one thing of a page's address: the first of `labels` is what stands without it."""
    kept = {key: str(value) for key, value in query.items() if key != name and value}
    first, chosen = next(iter(labels)), query.get(name, "")
    current = chosen if chosen in labels else first
    return tuple(
        Choice(label, address(kept if key == first else kept | {name: key}), key == current)
        for key, label in labels.items()
    )


def address(query: Mapping[str, str]) -> str:
    """A query string of a page's own address."""
    return f"?{urlencode(query)}"
