"""A night that fails is told of: what could not be signed or verified is an event of the site, which alerts. R94, R121."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from audit.checkpoints import sign_checkpoint
from audit.log import open_detail
from audit.models import Checkpoint, Event, Verification
from audit.tasks import close_workspace
from tests.audit.tampering import do_things, inside, sign_as, tamper
from tests.support.environment import Workplace
from tests.support.people import Persona
from tests.trust.alerts.records import alerts_in, catch_up, follow
from vault.signing import rotate_signing_key, verification_keys
from vault.tenancy import SITE_ID

# The worker of other tests in this process must not send what is counted here.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queue")]


def told(person: Persona) -> list[tuple[str, object]]:
    """What the site was told of a workspace's night: the action, and why."""
    with inside(SITE_ID):
        events = Event.objects.filter(target_id=person.workspace.pk, action__startswith="audit.").order_by(
            "occurred_at"
        )
        return [(event.action, open_detail(event).get("because")) for event in events]


def close(person: Persona) -> None:
    close_workspace(str(person.workspace.pk))


def seed_in_use(settings: Any) -> Path:
    seed: Path = settings.KEY_DIR / "signing" / f"{len(verification_keys())}.key"
    return seed


@contextmanager
def away(path: Path) -> Iterator[None]:
    path.rename(path.with_suffix(".away"))
    try:
        yield
    finally:
        path.with_suffix(".away").rename(path)


@contextmanager
def readable_by_others(path: Path) -> Iterator[None]:
    path.chmod(0o644)
    try:
        yield
    finally:
        path.chmod(0o600)


@pytest.fixture
def signed(alice: Persona) -> Persona:
    """Somebody with a night that went well behind them, and something to sign before them."""
    do_things(alice)
    close(alice)
    assert told(alice) == []
    do_things(alice)
    return alice


@pytest.mark.parametrize(("spoil", "because"), [(away, "ShareMissing"), (readable_by_others, "ShareUnusable")])
def test_a_key_that_cannot_be_used_is_told_of_and_the_rest_is_done(
    signed: Persona, settings: Any, spoil: Any, because: str
) -> None:
    with inside(signed.workspace.pk):
        before = Verification.objects.get().finished_at
    with spoil(seed_in_use(settings)):
        close(signed)
    assert told(signed) == [("audit.checkpoint.failed", because)]
    with inside(signed.workspace.pk):
        after, checkpoints = Verification.objects.get().finished_at, Checkpoint.objects.count()
    assert before is not None
    assert after is not None
    assert (after > before, checkpoints) == (True, 1)

    close(signed)
    assert len(told(signed)) == 1
    with inside(signed.workspace.pk):
        assert Checkpoint.objects.count() == 2


def test_a_verification_that_cannot_be_made_is_told_of_too(signed: Persona, settings: Any) -> None:
    rotate_signing_key()
    # What is published of the first key; without it nothing that it signed can be verified.
    with away(settings.KEY_DIR / "signing" / "1.json"):
        close(signed)
    assert told(signed) == [("audit.checkpoint.failed", "ShareMissing"), ("audit.verification.failed", "ShareMissing")]


def test_operators_are_alerted_once_for_all_logs_and_no_workspace_is(
    signed: Persona, mallory: Persona, settings: Any
) -> None:
    do_things(mallory)
    for workspace_id in (SITE_ID, signed.workspace.pk, mallory.workspace.pk):
        catch_up(workspace_id)
    before = timezone.now()
    with away(seed_in_use(settings)):
        close(signed)
        close(mallory)
    follow(signed.workspace.pk, mallory.workspace.pk)

    (alert,) = [alert for alert in alerts_in(SITE_ID, "signing_failed") if alert.last_at > before]
    assert alert.count >= 2
    assert alerts_in(signed.workspace.pk) == alerts_in(mallory.workspace.pk) == []


# What signing refuses verification finds as well, so that one alert tells of it, to operators and to Owners and Admins.
def test_a_chain_that_cannot_be_signed_is_one_alert_and_not_two(signed: Persona, workplace: Workplace) -> None:
    for workspace_id in (SITE_ID, signed.workspace.pk):
        catch_up(workspace_id)
    before = timezone.now()
    mine = f"WHERE workspace_id = '{signed.workspace.pk}'"
    tamper(workplace, f"UPDATE audit_checkpoint SET frontier = sha256(frontier) || frontier {mine}")
    close(signed)
    assert [action for action, _ in told(signed)] == ["audit.chain.broken"]
    with inside(signed.workspace.pk):
        assert Checkpoint.objects.count() == 1
        assert Verification.objects.get().faults == [
            "the tree kept with checkpoint 1 is not that of the events that it was signed over"
        ]
    follow(signed.workspace.pk)
    assert [alert.rule for alert in alerts_in(signed.workspace.pk)] == ["chain_broken"]
    assert any(alert.subject_id == signed.workspace.pk for alert in alerts_in(SITE_ID, "chain_broken"))
    assert not [alert for alert in alerts_in(SITE_ID, "signing_failed") if alert.last_at > before]


def test_a_checkpoint_by_an_unknown_key_keeps_nothing_from_being_copied_and_verified(
    signed: Persona, settings: Any, tmp_path: Path
) -> None:
    settings.AUDIT_BACKUP_DIR = tmp_path
    sign_as(Ed25519PrivateKey.generate(), signed, timezone.now())
    do_things(signed)
    close(signed)
    assert [action for action, _ in told(signed)] == ["audit.chain.broken"]
    with inside(signed.workspace.pk):
        assert Verification.objects.get().faults == [
            "checkpoint 2 names a signing key that is not of this installation"
        ]
    assert len(list((tmp_path / str(signed.workspace.pk)).glob("checkpoint-*"))) == 2


def test_a_night_of_nothing_new_is_no_failure(alice: Persona, settings: Any) -> None:
    do_things(alice)
    assert sign_checkpoint(alice.workspace.pk) is not None
    with away(seed_in_use(settings)):
        close(alice)
    assert told(alice) == []
