"""The period of a report, read from the query string and offered as a choice."""

from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from ledger.forms import PeriodForm
from ledger.views.shown.months import shift_month

FISCAL_YEAR = "fiscal-year"
LENGTHS = {"12": 12, "24": 24, "36": 36}
LABELS = {FISCAL_YEAR: "This fiscal year", "12": "12 months", "24": "24 months", "36": "36 months"}
DEFAULT = "12"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months, both included; `key` is the ready-made choice it came from, "" for months of the person's own."""

    first: date
    last: date
    key: str


@dataclass(frozen=True, slots=True)
class PeriodChoice:
    label: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class PeriodControl:
    """What components/period.html draws."""

    choices: tuple[PeriodChoice, ...]
    form: PeriodForm


def read_period(query: QueryDict, *, today: date, fiscal_start: int) -> tuple[Period, PeriodControl]:
    """The period asked for, and the control that shows it. A query that makes no sense gives the last twelve months,
    and the control says what is wrong with it."""
    asked = bool(query.get("from") or query.get("to"))
    form = PeriodForm(query) if asked else PeriodForm()
    if asked and form.is_valid():
        period = Period(form.cleaned_data["from"], form.cleaned_data["to"], "")
    else:
        period = _ready_made(query.get("period", DEFAULT), today, fiscal_start)
    if not asked:
        form = PeriodForm(initial={"from": f"{period.first:%Y-%m}", "to": f"{period.last:%Y-%m}"})
    choices = tuple(PeriodChoice(label, f"?period={key}", key == period.key) for key, label in LABELS.items())
    return period, PeriodControl(choices, form)


def _ready_made(key: str, today: date, fiscal_start: int) -> Period:
    month = today.replace(day=1)
    if key == FISCAL_YEAR:
        return Period(shift_month(month, -((month.month - fiscal_start) % 12)), month, key)
    length = LENGTHS.get(key, LENGTHS[DEFAULT])
    return Period(shift_month(month, 1 - length), month, key if key in LENGTHS else DEFAULT)
