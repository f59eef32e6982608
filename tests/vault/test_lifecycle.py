"""A key from its second version to its end. R13, R14, R15, C5; rulings 11, 16."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from tests.support.people import Persona
from vault import keyring as keyrings
from vault.keyring import (
    KeyDestroyed,
    KeyMismatch,
    destroyed_workspace_ids,
    key_rows,
    keyring_of,
    prepare_person_keys,
    provider,
    workspace_keyring,
)
from vault.lifecycle import (
    begin_rotation,
    destroy_keys,
    forget_old_shares,
    forget_shares,
    is_rotating,
    owner_scope,
    retire_old_versions,
)
from vault.providers.base import KeyOwner, ShareMissing
from vault.routing import add_route, find_route
from vault.tasks import forget_shares_out_of_use
from vault.tenancy import enter_workspace

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])
ROW = uuid4()


@pytest.fixture(params=["workspace", "person"])
def owner(request: pytest.FixtureRequest, alice: Persona) -> Iterator[KeyOwner]:
    kind = request.param
    yield KeyOwner(kind, alice.workspace.pk if kind == "workspace" else alice.user.pk)
    keyrings._opened.clear()


def rotate(owner: KeyOwner) -> None:
    with owner_scope(owner):
        begin_rotation(owner)
    with owner_scope(owner):
        retire_old_versions(owner)


def seal(owner: KeyOwner, value: bytes = b"value") -> bytes:
    with owner_scope(owner):
        return keyring_of(owner).seal("label", ROW, value)


def open_sealed(owner: KeyOwner, sealed: bytes) -> bytes:
    with owner_scope(owner):
        return keyring_of(owner).open("label", ROW, sealed)


def has_share(owner: KeyOwner, version: int) -> bool:
    try:
        provider().fetch(owner, version)
    except ShareMissing:
        return False
    return True


def test_a_newer_version_seals_at_once_and_the_older_one_still_opens(owner: KeyOwner) -> None:
    before = seal(owner)
    with owner_scope(owner):
        begun = begin_rotation(owner)
    after = seal(owner)
    assert (begun.version, begun.is_new) == (2, True)
    assert (before[1:5], after[1:5]) == (b"\0\0\0\1", b"\0\0\0\2")
    assert open_sealed(owner, before) == open_sealed(owner, after) == b"value"


def test_a_rotation_that_was_not_finished_is_gone_on_with(owner: KeyOwner) -> None:
    with owner_scope(owner):
        begin_rotation(owner)
        again = begin_rotation(owner)
        assert (again.version, again.is_new) == (2, False)
        assert is_rotating(owner)
        assert retire_old_versions(owner) == [1]
        assert not is_rotating(owner)
        assert begin_rotation(owner).version == 3


def test_what_stays_under_old_versions_opens_through_the_newest_alone(owner: KeyOwner) -> None:
    sealed = [seal(owner, b"first")]
    for value in (b"second", b"third"):
        rotate(owner)
        sealed.append(seal(owner, value))
    for version in (1, 2):
        provider().destroy(owner, version)
    keyrings._opened.clear()
    assert [open_sealed(owner, one) for one in sealed] == [b"first", b"second", b"third"]
    with owner_scope(owner):
        rows = key_rows(owner)
    assert [bytes(row.share) == b"" for row in rows] == [True, True, False]
    assert [row.retired_at is None for row in rows] == [False, False, True]


def test_a_key_wrapped_for_another_row_is_refused(owner: KeyOwner) -> None:
    rotate(owner)
    rotate(owner)
    with owner_scope(owner):
        first, second, _ = key_rows(owner)
        first.wrapped = second.wrapped
        first.save(update_fields=["wrapped"])
    keyrings._opened.clear()
    with pytest.raises((ValueError, KeyMismatch)):
        seal(owner)


# Ruling 11: a backup of the database is worth nothing without the key store of its day.
def test_a_share_is_kept_for_older_backups_and_then_forgotten(owner: KeyOwner) -> None:
    rotate(owner)
    forget_shares_out_of_use()
    assert has_share(owner, 1)
    forget_shares(retired_before=timezone.now())
    assert not has_share(owner, 1)
    assert has_share(owner, 2)


def test_a_share_can_be_forgotten_without_waiting(owner: KeyOwner) -> None:
    rotate(owner)
    with owner_scope(owner):
        forget_old_shares(owner)
    assert not has_share(owner, 1)
    assert has_share(owner, 2)


def test_a_destroyed_key_leaves_nothing_that_opens(owner: KeyOwner) -> None:
    rotate(owner)
    sealed = seal(owner)
    with owner_scope(owner):
        assert destroy_keys(owner)
        assert has_share(owner, 2)
    assert not has_share(owner, 1)
    assert not has_share(owner, 2)
    with pytest.raises(KeyDestroyed) as gone:
        open_sealed(owner, sealed)
    assert gone.value.owner == owner
    assert timezone.now() - gone.value.destroyed_at < timedelta(minutes=5)
    with owner_scope(owner):
        assert {(bytes(row.share), row.wrapped) for row in key_rows(owner)} == {(b"", None)}


@pytest.mark.parametrize("again", ["the clock", "the command"])
def test_what_a_crash_left_in_the_key_store_is_removed_later(owner: KeyOwner, again: str) -> None:
    with owner_scope(owner):
        destroy_keys(owner)
        kept = has_share(owner, 1)
        # The process dies after the commit and before the key store is told.
        connection.run_on_commit.clear()
    assert kept
    assert has_share(owner, 1)
    if again == "the clock":
        forget_shares_out_of_use()
    else:
        with owner_scope(owner):
            assert not destroy_keys(owner)
    assert not has_share(owner, 1)


def test_a_destroyed_key_is_neither_rotated_nor_made_anew(owner: KeyOwner) -> None:
    with owner_scope(owner):
        destroy_keys(owner)
    for deed in (begin_rotation, retire_old_versions):
        with owner_scope(owner), pytest.raises(KeyDestroyed):
            deed(owner)


def test_destruction_waits_for_a_rotation_that_is_beginning_and_destroys_its_key_too(
    owner: KeyOwner, workplace_url: str
) -> None:
    lock = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
    with owner_scope(owner), psycopg.connect(workplace_url) as other:
        begin_rotation(owner)
        assert other.execute(lock, [f"counterfoil.keys:{owner.kind}:{owner.id}"]).fetchone() == (False,)
    with owner_scope(owner):
        destroy_keys(owner)
        assert all(row.destroyed_at is not None for row in key_rows(owner))


@pytest.fixture
def workplace_url(db: None) -> str:
    from django.conf import settings

    configured = settings.DATABASES["default"]
    return psycopg.conninfo.make_conninfo(
        host=configured["HOST"],
        port=configured["PORT"],
        user=configured["USER"],
        password=configured["PASSWORD"],
        dbname=configured["NAME"],
    )


def test_the_scheduler_knows_where_no_work_is_left(alice: Persona, mallory: Persona) -> None:
    owner = KeyOwner("workspace", alice.workspace.pk)
    assert not {alice.workspace.pk, mallory.workspace.pk} & destroyed_workspace_ids()
    with owner_scope(owner):
        destroy_keys(owner)
    assert {alice.workspace.pk, mallory.workspace.pk} & destroyed_workspace_ids() == {alice.workspace.pk}


def test_nobody_who_knocks_finds_a_destroyed_workspace(alice: Persona) -> None:
    owner = KeyOwner("workspace", alice.workspace.pk)
    key = str(uuid4())
    with owner_scope(owner):
        add_route(kind="test", key=key, object_id=ROW)
    with transaction.atomic():
        assert find_route(kind="test", key=key) is not None
    with owner_scope(owner):
        destroy_keys(owner)
    with transaction.atomic():
        assert find_route(kind="test", key=key) is None


def test_the_keys_of_many_people_are_read_in_one_query(
    alice: Persona, bob: Persona, mallory: Persona, django_assert_num_queries: object
) -> None:
    people = [alice.user, bob.user, mallory.user]
    with transaction.atomic():
        destroy_keys(KeyOwner("person", mallory.user.pk))
    with transaction.atomic(), enter_workspace(alice.workspace.pk):
        prepare_person_keys([user.pk for user in people])
        read = [User.objects.get(pk=user.pk) for user in people]
        with django_assert_num_queries(0):  # type: ignore[operator] # pytest-django's own
            assert [user.shown_name for user in read] == ["Alice", "Bob", "Deleted person"]


def test_the_workspaces_own_keys_are_asked_for_once_a_stay(alice: Persona) -> None:
    owner = KeyOwner("workspace", alice.workspace.pk)
    with owner_scope(owner):
        before = workspace_keyring()
        begin_rotation(owner)
        assert workspace_keyring() is before
    with owner_scope(owner):
        assert workspace_keyring().newest == 2
