"""Forms about workspaces."""

from calendar import month_name
from typing import Any

from django import forms

from accounts.currencies import CURRENCIES


class WorkspaceForm(forms.Form):
    name = forms.CharField(max_length=120, label="Company name")


def fiscal_month_field() -> forms.TypedChoiceField:
    """The month (1 to 12) in which a fiscal year begins."""
    return forms.TypedChoiceField(
        coerce=int,
        choices=[(number, month_name[number]) for number in range(1, 13)],
        label="Fiscal year begins in",
        help_text="“This year” and “last year” in reports follow it.",
    )


class SettingsForm(WorkspaceForm):
    fiscal_year_start_month = fiscal_month_field()


class SetUpForm(forms.Form):
    base_currency = forms.ChoiceField(
        choices=[(code, f"{code} · {name}") for code, name in CURRENCIES.items()],
        help_text="Reports lead with it. Accounts in other currencies are shown beside it.",
    )
    fiscal_year_start_month = fiscal_month_field()

    def __init__(self, *args: Any, is_currency_fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_currency_fixed:
            currency = self.fields["base_currency"]
            currency.disabled = True
            currency.help_text = "It stays as it is, because accounts are kept in it already."
