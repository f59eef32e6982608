"""The forms at the door, on top of allauth's, and the one for a new password."""

import hashlib
from typing import Any, cast

from allauth.account.forms import LoginForm, SignupForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest

from accounts.models import User
from vault.locks import lock_until_commit


class SignInForm(LoginForm):  # type: ignore[misc] # allauth publishes no types
    """Whether a browser is remembered is a choice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remember"].label = "Keep me signed in on this device"


class NewAccountForm(SignupForm):  # type: ignore[misc] # as above
    """An address that has an account costs as much time as one that has none."""

    def validate_unique_email(self, value: str) -> str:
        # The second of two clicks finds the account that the first one makes.
        lock_until_commit(f"sign-up of {hashlib.sha256(value.encode()).hexdigest()}")
        return cast(str, super().validate_unique_email(value))

    def try_save(self, request: HttpRequest) -> Any:
        if self.account_already_exists:
            # The other way hashes the password: most of the time that a sign-up takes.
            User().set_password(self.cleaned_data["password1"])
        return super().try_save(request)


class PasswordForm(forms.Form):
    """The old password and a new one."""

    old_password = forms.CharField(
        label="Current password", strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )
    password1 = forms.CharField(
        label="New password",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text="At least 12 characters, and none that is known from data leaks.",
    )
    password2 = forms.CharField(
        label="New password again", strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_old_password(self) -> str:
        given: str = self.cleaned_data["old_password"]
        if not self._user.check_password(given):
            raise forms.ValidationError("This is not your current password.")
        return given

    def clean_password1(self) -> str:
        chosen: str = self.cleaned_data["password1"]
        validate_password(chosen, self._user)
        return chosen

    def clean(self) -> None:
        super().clean()
        given = self.cleaned_data
        if "password1" in given and given["password1"] != given.get("password2"):
            self.add_error("password2", "This is not the same as the new password above.")
