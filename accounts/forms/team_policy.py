"""The form of the team's policy about second factors."""

from datetime import UTC, datetime, time

from django import forms

from accounts.second_factor import FactorKind
from accounts.team_policy import CHOICES

ALL, PRIVILEGED = "all", "privileged"


class TeamPolicyForm(forms.Form):
    """`day` is the first on which nobody comes in without; empty means at once."""

    who = forms.ChoiceField(
        label="Who needs a second factor",
        choices=[(ALL, "Every member"), (PRIVILEGED, "Owners and Admins only")],
        widget=forms.RadioSelect,
        help_text="Owners and Admins always need one.",
    )
    day = forms.DateField(
        label="From",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Until then the others may come in without. Empty: from now on.",
    )
    kinds = forms.MultipleChoiceField(
        label="Which factors open the workspace",
        choices=[(kind.value, kind.label) for kind in CHOICES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def required_from(self, now: datetime) -> datetime | None:
        """From when on everybody needs one (UTC), None where only Owners and Admins do."""
        if self.cleaned_data["who"] != ALL:
            return None
        day = self.cleaned_data["day"]
        return max(now, datetime.combine(day, time(), UTC)) if day else now

    def chosen(self) -> list[FactorKind]:
        """The kinds that were ticked."""
        return [FactorKind(kind) for kind in self.cleaned_data["kinds"]]
