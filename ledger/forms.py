"""Forms of the ledger's pages. What a person typed stays in the form, also when it makes no sense."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.choices import BaseChoiceIterator

from ledger.actions.notes import MAX_NOTE
from ledger.actions.saved_views import MAX_NAME
from ledger.currencies import CURRENCIES
from ledger.feeds import FIRST_YEAR, LAST_YEAR, is_kept
from ledger.reports.choices import AccountChoice, CategoryChoice
from ledger.reports.transactions.filters import Direction, Order, Show
from ledger.reports.transactions.listing import SIZES

MAX_MONTHS = 60
MAX_TEXT = 100
UNCATEGORISED = "none"
KEEP, REPLACE = "keep", "replace"
SIGNLESS = {"min_value": "Amounts are compared without their sign; choose a direction instead."}
AMOUNT = forms.NumberInput(attrs={"data-money": True})
STATUSES = [("", "Any"), (Show.POSTED, "Posted"), (Show.PENDING, "Pending"), (Show.REMOVED, "Removed by the bank")]
DIRECTIONS = [("", "In and out"), (Direction.IN, "In"), (Direction.OUT, "Out")]

Choices = list[tuple[str, str]]
Groups = list[tuple[str, Choices]]


def check_year(day: date) -> None:
    """Raises ValidationError for a day that no account is kept for."""
    if not is_kept(day):
        raise forms.ValidationError(f"Choose a year from {FIRST_YEAR} to {LAST_YEAR}.")


class MonthField(forms.DateField):
    """A month as 2026-11, cleaned to its first day."""

    widget = forms.DateInput(attrs={"type": "month", "placeholder": "2026-11"}, format="%Y-%m")
    default_error_messages = {"invalid": "Write the month as 2026-11."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m"], validators=[check_year], **kwargs)


class IdsField(forms.Field):
    """Ids under one name, any number of them, cleaned to a list of UUID."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[UUID]:
        try:
            return [UUID(one) for one in value or ()]
        except (TypeError, ValueError):
            raise forms.ValidationError("This is not an id.") from None


class PeriodForm(forms.Form):
    """Months of a person's own choosing, both included."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from"] = MonthField(label="From")
        self.fields["to"] = MonthField(label="to")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("from"), cleaned.get("to")
        if isinstance(first, date) and isinstance(last, date):
            if first > last:
                raise forms.ValidationError("The first month comes after the last one.")
            if (last.year - first.year) * 12 + last.month - first.month >= MAX_MONTHS:
                raise forms.ValidationError(f"At most {MAX_MONTHS} months at once.")
        return cleaned


class BalanceDayForm(forms.Form):
    """The day at whose end balances are shown; empty for today."""

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["on"] = DayField(label="Balances at the end of", required=False)

    def clean_on(self) -> date:
        day = self.cleaned_data["on"] or self.today
        if day > self.today:
            raise forms.ValidationError("Choose today or a day before.")
        return cast(date, day)


class OpenChoices(forms.MultipleChoiceField):
    """Choices by id that also take the id of something no longer offered: a closed account, an archived category."""

    widget = forms.CheckboxSelectMultiple

    def valid_value(self, value: Any) -> bool:
        return super().valid_value(value) or _is_id(value)


class CurrencyChoice(forms.ChoiceField):
    """A choice of the accounts' currencies that also takes any other currency there is."""

    def valid_value(self, value: Any) -> bool:
        return super().valid_value(value) or value in CURRENCIES


class DayField(forms.DateField):
    """A day as 2026-11-05, in the years that accounts are kept for."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_error_messages = {"invalid": "Write the day as 2026-11-05."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], validators=[check_year], **kwargs)


class FilterForm(forms.Form):
    """Which transactions to show. It is sent by GET, so that its fields are the names in the page's address."""

    q = forms.CharField(
        required=False,
        max_length=MAX_TEXT,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": "Description, counterparty, note", "data-search": True}
        ),
    )
    account = OpenChoices(label="Account", required=False)
    category = OpenChoices(label="Category", required=False)
    counterparty = IdsField(required=False)
    min = forms.DecimalField(
        label="Amount from", required=False, max_digits=15, min_value=0, error_messages=SIGNLESS, widget=AMOUNT
    )
    max = forms.DecimalField(
        label="Amount to", required=False, max_digits=15, min_value=0, error_messages=SIGNLESS, widget=AMOUNT
    )
    status = forms.ChoiceField(label="Status", required=False, choices=STATUSES)
    direction = forms.ChoiceField(label="Direction", required=False, choices=DIRECTIONS)
    currency = CurrencyChoice(label="Currency", required=False)
    order = forms.ChoiceField(required=False, choices=[(one, one) for one in Order], widget=forms.HiddenInput)
    rows = forms.ChoiceField(required=False, choices=[(one, one) for one in SIZES], widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, accounts: Sequence[AccountChoice], categories: Sequence[CategoryChoice], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from"] = DayField(label="From", required=False)
        self.fields["to"] = DayField(label="To", required=False)
        _offer(self, "account", account_choices(accounts))
        _offer(self, "category", [("Without one", [(UNCATEGORISED, "No category")]), *category_groups(categories)])
        currencies = sorted({account.currency for account in accounts})
        _offer(self, "currency", [("", "Any"), *((code, code) for code in currencies)])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if _is_backwards(cleaned.get("from"), cleaned.get("to")):
            self.add_error("to", "This is before the first day.")
        if _is_backwards(cleaned.get("min"), cleaned.get("max")):
            self.add_error("max", "This is less than the amount from.")
        return cleaned


class RowsForm(forms.Form):
    """Transactions to change: those ticked, or everything on the sheets of one version."""

    # Both of its kinds are one form on the page: what one of them needs must not hold up the other in the browser.
    use_required_attribute = False
    tick_first = "Tick the transactions first."

    transaction = IdsField(required=False)
    everything = forms.CharField(required=False, max_length=64)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("transaction") and not cleaned.get("everything") and "transaction" not in self.errors:
            raise forms.ValidationError(self.tick_first)
        return cleaned


class CategorisationForm(RowsForm):
    """Transactions and the category to give them."""

    tick_first = "Tick the transactions to categorise first."

    category = forms.ChoiceField(label="Category", error_messages={"required": "Choose a category."})

    def __init__(self, *args: Any, categories: Sequence[CategoryChoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        none = [("", "Choose a category"), (UNCATEGORISED, "No category")]
        _offer(self, "category", [*none, *category_groups(categories)])

    @property
    def category_id(self) -> UUID | None:
        """What was chosen in a valid form, None for no category."""
        chosen = self.cleaned_data["category"]
        return None if chosen == UNCATEGORISED else UUID(chosen)


class AnnotationForm(RowsForm):
    """Transactions and the note to put on them."""

    tick_first = "Tick the transactions to put the note on first."

    note = forms.CharField(
        label="Note",
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write the note first."},
    )
    where_noted = forms.ChoiceField(
        label="Where there is a note already",
        choices=[(KEEP, "Keep that one"), (REPLACE, "Replace it")],
        initial=KEEP,
        widget=forms.RadioSelect,
    )

    @property
    def replaces(self) -> bool:
        """Whether a valid form puts its note in the place of others."""
        return bool(self.cleaned_data["where_noted"] == REPLACE)


class ViewForm(forms.Form):
    """The name of a saved view."""

    name = forms.CharField(
        label="Name",
        max_length=MAX_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "Rent to check"}),
        error_messages={"required": "Give the view a name."},
    )


class NoteForm(forms.Form):
    """A note on a transaction; an empty one takes it away. `before` is the note that the page showed."""

    note = forms.CharField(label="Note", required=False, max_length=MAX_NOTE, widget=forms.Textarea(attrs={"rows": 4}))
    before = forms.CharField(required=False, widget=forms.HiddenInput)


def account_choices(accounts: Iterable[AccountChoice]) -> Choices:
    """Accounts as choices, told apart by the end of their number."""
    return [(str(one.id), f"{one.name} ····{one.mask}" if one.mask else one.name) for one in accounts]


def category_groups(categories: Iterable[CategoryChoice]) -> Groups:
    """Categories as choices under the headings of their kinds, in the order they come in."""
    return [
        (kind.label, [(str(one.id), one.name) for one in group])
        for kind, group in groupby(categories, key=lambda one: one.kind)
    ]


class _Offered(BaseChoiceIterator):
    """Choices as they are: a list of them Django would look through, one by one, for every way to write them."""

    def __init__(self, choices: Sequence[tuple[str, str | Choices]]) -> None:
        self.choices = choices

    def __iter__(self) -> Iterator[tuple[str, str | Choices]]:
        yield from self.choices


def _offer(form: forms.Form, name: str, choices: Sequence[tuple[str, str | Choices]]) -> None:
    cast(forms.ChoiceField, form.fields[name]).choices = _Offered(choices)


def _is_backwards(lower: Any, upper: Any) -> bool:
    return lower is not None and upper is not None and lower > upper


def _is_id(value: str) -> bool:
    try:
        return bool(UUID(value))
    except ValueError:
        return False
