"""Where alerts are sent, and what waits to be sent there: none of it may be readable."""

from collections.abc import Mapping
from uuid import uuid4

from django.utils import timezone

from audit.log import Actor
from integrations.providers.secret import Secret
from trust.alerts.actions import raise_alert, rotate_secret, set_endpoint
from trust.alerts.models import AlertFacts, Delivery, Endpoint
from trust.alerts.sightings import Moment, Sighting

TEXTS = ("webhook's address", "webhook's secret", "webhook's former secret", "alert's facts", "message that waits")


def texts(mark: str) -> dict[str, str]:
    """One planted text for each of TEXTS."""
    return {what: f"Planted {what} {mark}" for what in TEXTS}


def plant_alerts(actor: Actor, planted: Mapping[str, str]) -> None:
    """An endpoint with two secrets, an alert and a message."""
    set_endpoint(actor=actor, url=planted["webhook's address"])
    rotate_secret(actor=actor)
    endpoint = Endpoint.objects.get()
    endpoint.secret = Secret(planted["webhook's secret"])
    endpoint.former_secret = Secret(planted["webhook's former secret"])
    endpoint.save()
    moment = Moment(timezone.now(), uuid4())
    facts = AlertFacts("accounts.team_policy.changed", "system", detail={"says": planted["alert's facts"]})
    raise_alert(actor=actor, rule="policy_weakened", sighting=Sighting(moment, uuid4(), facts, (moment,)))
    Delivery.objects.create(body=planted["message that waits"].encode(), due_at=timezone.now())
