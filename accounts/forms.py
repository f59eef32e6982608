"""Forms of the accounts' pages."""

from django import forms

CURRENCIES = {
    "USD": "US dollar",
    "EUR": "Euro",
    "GBP": "Pound sterling",
    "AUD": "Australian dollar",
    "CAD": "Canadian dollar",
    "CHF": "Swiss franc",
    "CZK": "Czech koruna",
    "JPY": "Japanese yen",
    "SEK": "Swedish krona",
}


class WorkspaceForm(forms.Form):
    name = forms.CharField(max_length=120, label="Company name")
    base_currency = forms.ChoiceField(choices=[(code, f"{code} · {name}") for code, name in CURRENCIES.items()])
