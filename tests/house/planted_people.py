"""What is known of people and of who may do what: addresses, factors, reviews, reasons; none of it may be readable."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from accounts.models import (
    AccessReview,
    AddressChange,
    EmailDevice,
    Invitation,
    Mail,
    MailFacts,
    OperatorGrant,
    Passkey,
    RecoveryRequest,
    RecoveryStep,
    Reviewed,
    ReviewEntry,
    User,
)
from accounts.permissions import Role

OF_THE_PERSON = ("factor", "factor's secret", "key of codes by mail", "passkey", "passkey's credential", "new address")
OF_THE_WORKSPACE = ("invited", "review", "reviewed", "mail", "mailed to", "recovery", "reason of an operator")


def texts(mark: str) -> dict[str, str]:
    """One planted text for each."""
    return {what: f"Planted {what} {mark}" for what in (*OF_THE_PERSON, *OF_THE_WORKSPACE)}


def plant_person(user: User, planted: Mapping[str, str]) -> None:
    """Factors besides the app, and a change of address that waits; outside any scope."""
    now = timezone.now()
    EmailDevice.objects.create(user=user, key=planted["key of codes by mail"].encode())
    Passkey.objects.create(
        user=user,
        name=planted["passkey"],
        credential=planted["passkey's credential"].encode(),
        credential_digest=user.pk.bytes,
    )
    AddressChange.objects.create(
        user=user,
        email=planted["new address"],
        old_digest=b"o",
        new_digest=b"n",
        expires_at=now + timedelta(minutes=15),
    )


def plant_members(user: User, planted: Mapping[str, str]) -> None:
    """An invitation, a review, a mail, a recovery and an operator's grant; in the workspace's scope."""
    now, later = timezone.now(), timezone.now() + timedelta(days=1)
    Invitation.objects.create(
        email=planted["invited"], role=Role.STAFF, inviter=user, token_digest=b"t", expires_at=later, mailed_at=now
    )
    review = AccessReview.objects.create(completed_at=now, completed_by=user, notes=planted["review"])
    seen = Reviewed(planted["reviewed"], "address", "owner", "", "")
    ReviewEntry.objects.create(review=review, user=user, seen=seen)
    facts = MailFacts(planted["mailed to"], {"says": planted["mail"]})
    Mail.objects.create(kind="planted", facts=facts, due_at=later)
    request = RecoveryRequest.objects.create(user=user, state="cancelled", missing=0, days_to_wait=3, ended_at=now)
    RecoveryStep.objects.create(request=request, judge="owner", note=planted["recovery"])
    OperatorGrant.objects.create(
        operator=user, given_by=user, reason=planted["reason of an operator"], created_at=now, expires_at=later
    )
