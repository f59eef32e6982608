"""Forms about plans and seats. They come by GET and by POST, and what was typed is in the page's address."""

from typing import Any

from django import forms

from accounts.models import Plan
from accounts.reports.seats import Seats
from billing.plans import PAID, PLANS
from billing.reports.offers import name_price


class ChoiceForm(forms.Form):
    """A plan and how many seats. `taken` are the seats that members and invitations have now."""

    plan = forms.TypedChoiceField(
        coerce=Plan,
        choices=[(one.plan.value, f"{one.name}: {name_price(one)} {one.currency} a seat and month") for one in PAID],
        widget=forms.RadioSelect,
        label="Plan",
        label_suffix="",
    )
    seats = forms.IntegerField(min_value=1, max_value=100_000, label="Seats")

    def __init__(self, *args: Any, taken: Seats, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.taken = taken
        self.fields["seats"].help_text = f"At least {taken.taken}, as many as are taken now."

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        plan, seats = given.get("plan"), given.get("seats")
        if seats is not None and seats < self.taken.taken:
            self.add_error("seats", _too_few(self.taken))
        if plan and seats is not None and seats > PLANS[plan].most_seats:
            self.add_error("seats", f"{PLANS[plan].name} has up to {PLANS[plan].most_seats} seats.")
        return given


class ChangeForm(ChoiceForm):
    """A change that its person has seen the price of, reckoned for the moment `proration_at` (Unix seconds)."""

    proration_at = forms.IntegerField(min_value=1, max_value=1 << 40, widget=forms.HiddenInput)


class InvoicePage(forms.Form):
    page = forms.IntegerField(min_value=1, max_value=1_000_000, required=False)


class Return(forms.Form):
    """`checkout` is a visit to Stripe's page for paying; `seen` is what was known when somebody came back from its portal."""

    checkout = forms.UUIDField(required=False)
    seen = forms.IntegerField(min_value=0, max_value=1 << 62, required=False)


def _too_few(taken: Seats) -> str:
    members = f"{taken.members} by members" if taken.members != 1 else "1 by a member"
    invited = f" and {taken.invited} by invitations" if taken.invited else ""
    return f"{taken.taken} are taken: {members}{invited}. Remove members or cancel invitations first."
