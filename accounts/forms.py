"""Forms of the accounts' pages."""

from calendar import month_name
from typing import Any

from django import forms
from django.http import HttpRequest

from accounts.currencies import CURRENCIES
from accounts.models import User
from accounts.time_zones import UTC, grouped_time_zones, time_zones


class WorkspaceForm(forms.Form):
    name = forms.CharField(max_length=120, label="Company name")


class SetUpForm(forms.Form):
    base_currency = forms.ChoiceField(
        choices=[(code, f"{code} · {name}") for code, name in CURRENCIES.items()],
        help_text="Reports lead with it. Accounts in other currencies are shown beside it.",
    )
    fiscal_year_start_month = forms.TypedChoiceField(
        coerce=int,
        choices=[(number, month_name[number]) for number in range(1, 13)],
        label="Fiscal year begins in",
        help_text="“This year” and “last year” in reports follow it.",
    )

    def __init__(self, *args: Any, is_currency_fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_currency_fixed:
            currency = self.fields["base_currency"]
            currency.disabled = True
            currency.help_text = "It stays as it is, because accounts are kept in it already."


class SignUpForm(forms.Form):
    """What allauth's form asks besides address and password: the browser's own time zone, filled in by script."""

    time_zone = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-browser-zone": True}))

    def clean_time_zone(self) -> str:
        told = str(self.cleaned_data["time_zone"])
        return told if told in time_zones() else UTC

    def signup(self, request: HttpRequest, user: User) -> None:
        user.time_zone = self.cleaned_data["time_zone"]
        user.save(update_fields=["time_zone"])


class ProfileForm(forms.Form):
    display_name = forms.CharField(
        max_length=120, required=False, label="Name", help_text="How members of your workspaces see you."
    )
    time_zone = forms.ChoiceField(
        choices=grouped_time_zones,
        label="Time zone",
        help_text="Times of syncs and sign-ins go by it, and so does the day that counts as today. "
        "Dates of transactions stay as the bank gave them.",
    )


class MemberSearch(forms.Form):
    q = forms.CharField(
        max_length=200, required=False, label="Name or e-mail", widget=forms.TextInput(attrs={"type": "search"})
    )
    page = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)
