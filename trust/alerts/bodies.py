"""What is sent to a workspace's endpoint: JSON without any name, figure of the books, address or text of a person."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
from django.conf import settings
from django.utils import timezone

from trust.alerts.models import Alert
from trust.alerts.rules import RULES
from trust.alerts.telling import page_in_scope

TEST_RULE = "test"


class Message(msgspec.Struct, frozen=True):
    """`type` is alert or test; times are UTC, RFC 3339. `count` is how many events there were by then."""

    id: UUID
    type: str
    created_at: datetime
    rule: str
    severity: str
    title: str
    count: int
    first_at: datetime
    last_at: datetime
    link: str


def alert_body(message_id: UUID, alert: Alert) -> bytes:
    """An alert as it stands now, in the scope of its workspace."""
    rule = RULES[alert.rule]
    return _encode(
        Message(
            id=message_id,
            type="alert",
            created_at=timezone.now(),
            rule=alert.rule,
            severity=rule.severity,
            title=rule.title,
            count=alert.count,
            first_at=alert.first_at,
            last_at=alert.last_at,
            link=_link(),
        )
    )


def test_body(message_id: UUID) -> bytes:
    """A message that tells of nothing."""
    now = timezone.now()
    return _encode(
        Message(
            id=message_id,
            type=TEST_RULE,
            created_at=now,
            rule=TEST_RULE,
            severity="notice",
            title="This is a test",
            count=1,
            first_at=now,
            last_at=now,
            link=_link(),
        )
    )


def _link() -> str:
    return settings.BASE_URL + page_in_scope()


def _encode(message: Message) -> bytes:
    changed = {name: getattr(message, name).astimezone(UTC) for name in ("created_at", "first_at", "last_at")}
    return msgspec.json.encode(msgspec.structs.replace(message, **changed))
