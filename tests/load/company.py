"""Who is there: somebody with a report to read, and people who have forgotten their passwords."""

from django.conf import settings
from django.urls import reverse

from tests.journeys.people import rent_company
from tests.support.people import make_owner, make_person


def make_people(count: int) -> tuple[str, str, list[str]]:
    """The report's path, the cookie of who may read it, and the addresses of so many others."""
    owner = make_owner("alice", "Alder Works")
    rent_company(owner)
    name = settings.SESSION_COOKIE_NAME
    report = reverse("ledger:profit_and_loss", kwargs={"slug": owner.workspace.slug})
    others = [make_person("nora", has_factor=False).email for _ in range(count)]
    return report, f"{name}={owner.client.cookies[name].value}", others
