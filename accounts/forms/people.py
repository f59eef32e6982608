"""Forms about oneself."""

from django import forms
from django.http import HttpRequest

from accounts.models import User
from accounts.time_zones import UTC, grouped_time_zones, time_zones


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
