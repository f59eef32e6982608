"""The form by which a workspace lets an operator read it."""

from django import forms

from accounts.models import LONGEST_GRANT

MOST_HOURS = int(LONGEST_GRANT.total_seconds() // 3600)


class OperatorGrantForm(forms.Form):
    email = forms.EmailField(max_length=254, label="Operator’s e-mail address")
    hours = forms.IntegerField(min_value=1, max_value=MOST_HOURS, initial=4, label="For how many hours")
    reason = forms.CharField(
        min_length=10,
        max_length=500,
        label="Why",
        help_text="Such as: the sync of our main account shows an error. The operator sees it, and the audit log keeps it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
