"""Deeds on alerts, on where they are sent, and on what waits to be sent there."""

from trust.alerts.actions.alerts import AcknowledgedAlready, acknowledge_alert, raise_alert
from trust.alerts.actions.deliveries import complete_delivery, deliver_alert, put_off_delivery, request_test
from trust.alerts.actions.endpoints import (
    NoEndpoint,
    disable_endpoint,
    remove_endpoint,
    rotate_secret,
    set_endpoint,
)

__all__ = [
    "AcknowledgedAlready",
    "NoEndpoint",
    "acknowledge_alert",
    "complete_delivery",
    "deliver_alert",
    "disable_endpoint",
    "put_off_delivery",
    "raise_alert",
    "remove_endpoint",
    "request_test",
    "rotate_secret",
    "set_endpoint",
]
