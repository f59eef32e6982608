"""Forms about members."""

from django import forms


class MemberSearch(forms.Form):
    q = forms.CharField(
        max_length=200, required=False, label="Name or e-mail", widget=forms.TextInput(attrs={"type": "search"})
    )
    page = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)
