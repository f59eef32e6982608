"""Forms about members."""

from typing import Any
from uuid import UUID

from django import forms

from accounts.permissions import MAY_GIVE, Role
from accounts.reports.members import describe_role


class MemberSearch(forms.Form):
    q = forms.CharField(
        max_length=200, required=False, label="Name or e-mail", widget=forms.TextInput(attrs={"type": "search"})
    )
    page = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)


class RoleForm(forms.Form):
    """A role out of those that somebody may give."""

    def __init__(self, *args: Any, giver: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = MAY_GIVE.get(giver, frozenset())
        choices = [(role.value, f"{role.label}: {describe_role(role)}") for role in Role if role in given]
        self.fields["role"] = forms.TypedChoiceField(
            coerce=Role, choices=choices, widget=forms.RadioSelect, label="Role", label_suffix=""
        )


class InvitationForm(RoleForm):
    email = forms.EmailField(
        max_length=254, label="E-mail address", help_text="Only somebody who signs in with this address can accept."
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class OwnershipForm(forms.Form):
    """Which member is to be an Owner, and whether the one who asks goes on being one."""

    steps_down = forms.TypedChoiceField(
        coerce=lambda value: value == "yes",
        choices=[("no", "I stay an Owner too"), ("yes", "I become an Admin")],
        widget=forms.RadioSelect,
        initial="no",
        label="What becomes of you",
        label_suffix="",
    )

    def __init__(self, *args: Any, members: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"] = forms.TypedChoiceField(coerce=UUID, choices=members, label="Member")
        self.order_fields(["member", "steps_down"])
