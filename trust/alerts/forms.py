"""The form of where alerts are sent."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django import forms

from config.outbound_wire import is_public, split_plain
from trust.alerts.web import allowed_web

MOST_CHARACTERS = 300
WRONG = (
    "Give a whole https address without a port, user name, “?” or “#”, such as https://hooks.example.com/counterfoil."
)
NOT_PUBLIC = "This address is not on the public web."
LOCAL_ENDINGS = (".localhost", ".local", ".internal")


class EndpointForm(forms.Form):
    """Whether the host's name leads to public addresses only is seen when something is sent, each time anew."""

    url = forms.CharField(
        max_length=MOST_CHARACTERS,
        label="Address of your receiver",
        help_text="An https address that is reached from the public web. Alerts are posted there as JSON.",
        widget=forms.TextInput(attrs={"type": "url", "autocomplete": "off", "placeholder": "https://"}),
    )

    def clean_url(self) -> str:
        given = str(self.cleaned_data["url"]).strip()
        parts = split_plain(given)
        web = allowed_web()
        if parts is None or parts.hostname is None or not web.admits(parts):
            raise forms.ValidationError(WRONG)
        if not web.is_sandbox(parts) and not _looks_public(parts.hostname):
            raise forms.ValidationError(NOT_PUBLIC)
        return given if urlsplit(given).path else f"{given}/"


def _looks_public(host: str) -> bool:
    try:
        return is_public(str(ip_address(host)))
    except ValueError:
        return "." in host and not host.endswith(LOCAL_ENDINGS)
