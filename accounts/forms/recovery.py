"""The form by which an Owner lets somebody back in."""

from django import forms


class ConfirmRecovery(forms.Form):
    note = forms.CharField(
        max_length=500,
        min_length=10,
        label="How did you make sure who it is?",
        help_text="Such as: called back on the number I have had for years. It is kept in the audit log.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
