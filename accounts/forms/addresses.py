"""Forms about the address that somebody signs in with."""

from typing import Any

from django import forms

from accounts.models import User


class AddressForm(forms.Form):
    email = forms.EmailField(max_length=254, label="New address")
    password = forms.CharField(
        label="Current password", strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_email(self) -> str:
        given = str(self.cleaned_data["email"]).lower()
        if given == self._user.email:
            raise forms.ValidationError("This is your address already.")
        return given

    def clean_password(self) -> str:
        given: str = self.cleaned_data["password"]
        if not self._user.check_password(given):
            raise forms.ValidationError("This is not your current password.")
        return given


class CodesForm(forms.Form):
    old_code = forms.CharField(max_length=20, label="Code from your old address")
    new_code = forms.CharField(max_length=20, label="Code from your new address")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.update(autocomplete="one-time-code", autocapitalize="characters", spellcheck="false")
