"""Forms of the books' pages. They are sent by GET, so that their fields are the names in the pages' addresses."""

from datetime import date
from typing import Any, cast

from django import forms

from ledger.books_kinds import DocumentStatus
from ledger.forms import MAX_TEXT, CurrencyChoice, DayField, IdsField
from ledger.reports.books.filters import DocumentFilter, DocumentOrder


class DocumentsForm(forms.Form):
    """Which documents to show. The status is chosen by the tabs, the order by the columns' headings."""

    q = forms.CharField(
        label="Number, reference or contact",
        required=False,
        max_length=MAX_TEXT,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": "Number, reference, contact", "data-search": True}
        ),
    )
    currency = CurrencyChoice(label="Currency", required=False)
    contact = IdsField(required=False)
    status = forms.ChoiceField(required=False, choices=[("", "All"), *DocumentStatus.choices], widget=forms.HiddenInput)
    order = forms.ChoiceField(required=False, choices=[(one, one) for one in DocumentOrder], widget=forms.HiddenInput)

    def __init__(self, *args: Any, currencies: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from"] = DayField(label="From", required=False)
        self.fields["to"] = DayField(label="To", required=False)
        choice = cast(forms.ChoiceField, self.fields["currency"])
        choice.choices = [("", "Any currency"), *((code, code) for code in currencies)]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("from"), cleaned.get("to")
        if isinstance(first, date) and isinstance(last, date) and first > last:
            self.add_error("to", "This is before the first day.")
        return cleaned

    @property
    def wanted(self) -> DocumentFilter:
        """The filter of a valid form."""
        said = self.cleaned_data
        return DocumentFilter(
            statuses=(DocumentStatus(said["status"]),) if said["status"] else (),
            contacts=tuple(said["contact"] or ()),
            currencies=(said["currency"],) if said["currency"] else (),
            first=said["from"],
            last=said["to"],
            text=said["q"],
            order=DocumentOrder(said["order"]) if said["order"] else DocumentOrder.NEWEST,
        )


class ContactsForm(forms.Form):
    """Which contacts to show."""

    q = forms.CharField(
        label="Name, company or e-mail",
        required=False,
        max_length=MAX_TEXT,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Name, company, e-mail", "data-search": True}),
    )
