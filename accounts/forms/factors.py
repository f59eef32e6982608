"""Forms about second factors."""

from typing import Any

from django import forms

from accounts.second_factor import FactorKind

CODE_LABELS = {
    FactorKind.TOTP: ("Code from your app", "Six digits; they change every thirty seconds."),
    FactorKind.EMAIL: ("Code from the mail", "Six digits, good for ten minutes."),
    FactorKind.BACKUP: ("Backup code", "One of the ten that you kept. It works once."),
}


class CodeForm(forms.Form):
    """A code of one kind; what it is for, and where to go then, comes with it."""

    token = forms.CharField(max_length=40)
    kind = forms.ChoiceField(choices=FactorKind.choices, required=False, widget=forms.HiddenInput)
    next = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, asked: FactorKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        token = self.fields["token"]
        token.label, token.help_text = CODE_LABELS[asked]
        attributes: dict[str, Any] = {"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        if asked != FactorKind.BACKUP:
            attributes["inputmode"] = "numeric"
        token.widget = forms.TextInput(attrs=attributes)


class PasskeyAnswer(forms.Form):
    """What the browser says for a passkey, put in by script."""

    credential = forms.CharField(max_length=20_000, widget=forms.HiddenInput)
    next = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)


class FactorName(forms.Form):
    name = forms.CharField(max_length=60, label="Name", help_text="So that you know it again, such as “Work phone”.")


class NewPasskey(FactorName):
    credential = forms.CharField(max_length=20_000, required=False, widget=forms.HiddenInput)
    next = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)


class PasswordForm(forms.Form):
    password = forms.CharField(
        label="Password", widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True})
    )
    next = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
