"""What a thief of the database gets: a whole dump, read as text, hex and base64. R2, R3, R4, R84, C2; ruling 36."""

import subprocess
from base64 import b32encode, b64encode
from collections.abc import Iterator
from datetime import date
from io import StringIO
from secrets import token_hex

import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command
from psycopg import sql

from accounts.access import workspace_scope
from accounts.actions.factors import make_backup_codes
from accounts.models import TotpDevice
from audit.log import record
from config.demo.wheels import postgres_program
from integrations.models import Connection, ItemFacts
from integrations.providers.secret import Secret
from ledger.actions import (
    apply_feed_page,
    create_category,
    recategorise_transactions,
    save_accounts,
    write_note,
)
from ledger.feeds import FeedAccount, FeedPage, FeedTransaction
from ledger.kinds import AccountKind, CategoryKind
from ledger.models import Transaction
from tests.house import planted_alerts, planted_billing, planted_books, planted_grant, planted_people, planted_rest
from tests.house.thief import open_everything
from tests.support.environment import Workplace
from tests.support.people import Persona, make_owner
from vault import roles
from vault.fields import SealedBlob, SealedField
from vault.providers.base import KeyOwner

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "scheduler"])

# Random in each run, so that nothing else in the database can hold them by chance.
MARK = token_hex(4)
PLANTED = {
    "workspace name": f"Planted Holdings {MARK}",
    "institution": f"Planted Bank {MARK}",
    "account name": f"Planted Checking {MARK}",
    "mask": f"mask{MARK}",
    "description": f"PLANTED WIRE {MARK}",
    "memo": f"Planted memo {MARK}",
    "counterparty": f"Planted Supplies {MARK}",
    "category": f"Planted Category {MARK}",
    "note": f"Planted note {MARK}",
    "access token": f"access-planted-{MARK}",
    "audit detail": f"Planted detail {MARK}",
    "person": f"Planted{MARK}",
    **planted_alerts.texts(MARK),
    **planted_billing.texts(MARK),
    **planted_books.texts(MARK),
    **planted_grant.secrets(MARK),
    **planted_people.texts(MARK),
    **planted_rest.texts(MARK),
}
AMOUNT, BALANCE, BOOKED = 73_915_577_311, 918_273_645_546, 62_804_466_137
READABLE = f"planted-provider-id-{MARK}"


def plant() -> Persona:
    """One of everything that must not be readable, through the product's own actions."""
    alice = make_owner("alice", PLANTED["workspace name"])
    alice.user.display_name = PLANTED["person"]
    alice.user.save()
    seed = PLANTED["factor's secret"].encode()
    TotpDevice.objects.create(user=alice.user, name=PLANTED["factor"], key=seed, confirmed=True)
    make_backup_codes(actor=alice.actor, user=alice.user)
    planted_people.plant_person(alice.user, PLANTED)
    with workspace_scope(alice.workspace.pk):
        connection = Connection.objects.create(
            facts=ItemFacts(f"item-{MARK}", PLANTED["institution"]), access_token=Secret(PLANTED["access token"])
        )
        account = FeedAccount(
            "account-1", PLANTED["account name"], None, PLANTED["mask"], AccountKind.DEPOSITORY, "checking", "USD",
            BALANCE, BALANCE, None,
        )  # fmt: skip
        save_accounts(actor=alice.actor, connection_id=connection.pk, accounts=[account])
        row = FeedTransaction(
            READABLE, "account-1", date(2026, 3, 4), None, AMOUNT, "USD", False, None,
            PLANTED["description"], PLANTED["counterparty"], PLANTED["memo"], None,
        )  # fmt: skip
        apply_feed_page(actor=alice.actor, connection_id=connection.pk, page=FeedPage((row,), ()), merge=True)
        planted = Transaction.objects.get(provider_id=READABLE)
        category = create_category(actor=alice.actor, name=PLANTED["category"], kind=CategoryKind.OPERATING_EXPENSE)
        recategorise_transactions(actor=alice.actor, ids=[planted.pk], category_id=category.pk)
        write_note(actor=alice.actor, transaction_id=planted.pk, note=PLANTED["note"])
        planted_books.plant_books(alice.actor, connection.pk, PLANTED, BOOKED)
        planted_billing.plant_billing(alice.actor, PLANTED)
        planted_grant.plant_grant(alice.actor, alice.user.pk, PLANTED)
        planted_people.plant_members(alice.user, PLANTED)
        planted_alerts.plant_alerts(alice.actor, PLANTED)
        planted_rest.plant_rest(alice.actor, connection, planted.pk, PLANTED)
        record(actor=alice.actor, action="tests.thing.done", detail={"says": PLANTED["audit detail"]})
    return alice


def dump(workplace: Workplace, role: str = roles.BACKUP, *options: str) -> str:
    """The whole database as text, bytea in hex, with the rows that the role's policies show it."""
    address = workplace.servers.role_url(role, workplace.database)
    command = [str(postgres_program("pg_dump")), "--enable-row-security", "--no-sync", *options, address]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def rows_in_dump(text: str) -> dict[str, int]:
    """Rows of each table, counted in the dump's own COPY blocks."""
    counts: dict[str, int] = {}
    table = None
    for line in text.splitlines():
        if line.startswith("COPY public."):
            table = line.split()[1].removeprefix("public.")
            counts[table] = 0
        elif line == "\\.":
            table = None
        elif table is not None:
            counts[table] += 1
    return counts


def dump_and_count(workplace: Workplace) -> tuple[str, dict[str, int]]:
    """A dump and the rows of each table, both of one moment: a worker of other tests may still be writing."""
    with psycopg.connect(workplace.servers.postgres.admin_url_of(workplace.database)) as superuser:
        superuser.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        (snapshot,) = superuser.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        tables = superuser.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        count = sql.SQL("SELECT count(*) FROM {}")
        counts = {name: count_of(superuser, count.format(sql.Identifier(name))) for (name,) in tables}
        return dump(workplace, roles.BACKUP, f"--snapshot={snapshot}"), counts


def count_of(connection: psycopg.Connection[tuple[int]], query: sql.Composed) -> int:
    (rows,) = connection.execute(query).fetchone() or (0,)
    return rows


def spellings(value: str) -> Iterator[str]:
    """How a text would look in a dump: as it is, in hex, and in base 32, and in base64 at each of the three alignments."""
    raw = value.encode()
    yield value
    yield raw.hex()
    # As an authenticator app is told it.
    yield b32encode(raw).decode().rstrip("=")
    for shift in range(3):
        encoded = b64encode(bytes(shift) + raw).decode()
        yield encoded[4 if shift else 0 : -4]


def spellings_of_amount(minor: int) -> Iterator[str]:
    """How an amount would look: digits, decimals, and eight bytes of either order in hex and base64."""
    yield from (str(minor), f"{minor // 100}.{minor % 100:02}", f"{minor // 100:,}.{minor % 100:02}")
    for raw in (minor.to_bytes(8, "little"), minor.to_bytes(8, "big")):
        yield raw.hex()
        yield b64encode(raw).decode().rstrip("=")


def everything_planted() -> list[tuple[str, str]]:
    texts = [(what, spelling) for what, value in PLANTED.items() for spelling in spellings(value)]
    minor = {"amount": AMOUNT, "balance": BALANCE, "booked": BOOKED}
    return texts + [(what, spelling) for what, value in minor.items() for spelling in spellings_of_amount(value)]


def traces(text: str) -> list[str]:
    """What of the planted can be read in `text`, in any case of letters."""
    folded = text.casefold()
    return [what for what, spelling in everything_planted() if spelling.casefold() in folded]


def opened_by_a_thief(text: str, workplace: Workplace, owner: KeyOwner) -> set[str]:
    """What of the planted a dump opens together with the key store as it is now."""
    plaintext = open_everything(text, workplace.folder / "keys", owner)
    return {what for what, value in PLANTED.items() if value.encode() in plaintext}


def test_a_dump_holds_every_row_and_nothing_that_was_planted(workplace: Workplace) -> None:
    plant()

    text, in_database = dump_and_count(workplace)

    # The dump is whole, and what is readable is found in it: otherwise finding nothing would mean nothing.
    counts = rows_in_dump(text)
    assert counts == in_database
    assert READABLE in text
    assert traces(text) == []


# By number, as every process of a run must collect the same names and what is planted is random.
@pytest.mark.parametrize("number", range(len(everything_planted())))
def test_each_spelling_would_be_found_if_it_were_there(number: int) -> None:
    what, spelling = everything_planted()[number]
    assert what in traces(f"COPY public.t (a) FROM stdin;\n\\\\x00ff{spelling}00ff\n")


def test_a_plain_column_would_be_found_in_a_dump(workplace: Workplace) -> None:
    with psycopg.connect(workplace.servers.role_url(roles.OWNER, workplace.database), autocommit=True) as owner:
        owner.execute("CREATE TABLE planted_plain (a text, b bytea, c bigint)")
        owner.execute(
            "INSERT INTO planted_plain VALUES (%s, %s, %s)",
            [PLANTED["description"], PLANTED["counterparty"].encode(), AMOUNT],
        )
        try:
            assert set(traces(dump(workplace))) == {"description", "counterparty", "amount"}
        finally:
            owner.execute("DROP TABLE planted_plain")


# Ruling 6: the trap that makes an empty backup look like a good one.
def test_a_dump_as_the_owner_has_no_tenants_rows_though_it_succeeds(workplace: Workplace) -> None:
    plant()
    counts = rows_in_dump(dump(workplace, roles.OWNER))
    assert counts["accounts_user"] > 0
    assert counts["ledger_transaction"] == counts["accounts_workspace"] == 0


# What is never planted is never missed.
def test_every_column_that_is_sealed_has_something_planted_in_it() -> None:
    alice = plant()
    with workspace_scope(alice.workspace.pk):
        empty = {
            f"{model.__name__}.{field.name}"
            for model in apps.get_models()
            for field in model._meta.get_fields()
            if isinstance(field, (SealedField, SealedBlob))
            and not model._default_manager.exclude(**{f"{field.name}__isnull": True}).exists()
        }
    assert empty == set()


def test_what_was_planted_is_there_for_its_own_people() -> None:
    alice = plant()
    page = alice.client.get(f"/w/{alice.workspace.slug}/transactions/").content.decode()
    assert PLANTED["description"] in page


OF_THE_PERSON = {"person", *planted_people.OF_THE_PERSON}
OF_THE_WORKSPACE = PLANTED.keys() - OF_THE_PERSON


# The same again with new keys, and what they are good for: an older dump is worth nothing with the key store of today.
def test_a_dump_after_a_rotation_holds_nothing_either_and_the_one_before_opens_no_more(workplace: Workplace) -> None:
    alice = plant()
    owner = KeyOwner("workspace", alice.workspace.pk)
    before = dump(workplace)
    assert opened_by_a_thief(before, workplace, owner) == OF_THE_WORKSPACE

    rotation = ["--workspace", alice.workspace.slug, "--person", alice.user.email]
    call_command("rotate_keys", *rotation, "--forget-at-once", stdout=StringIO())

    after, in_database = dump_and_count(workplace)
    assert rows_in_dump(after) == in_database
    assert READABLE in after
    assert traces(after) == []
    assert opened_by_a_thief(after, workplace, owner) == OF_THE_WORKSPACE
    assert opened_by_a_thief(before, workplace, owner) == set()


# R15, C5: at once in every backup of the database.
def test_after_the_destruction_no_dump_opens_neither_that_of_today_nor_that_of_before(workplace: Workplace) -> None:
    alice = plant()
    workspace, person = KeyOwner("workspace", alice.workspace.pk), KeyOwner("person", alice.user.pk)
    call_command("rotate_keys", "--workspace", alice.workspace.slug, stdout=StringIO())
    before = dump(workplace)
    assert opened_by_a_thief(before, workplace, workspace) == OF_THE_WORKSPACE
    assert opened_by_a_thief(before, workplace, person) == OF_THE_PERSON

    destruction = ["--workspace", alice.workspace.slug, "--person", alice.user.email, "--yes", "--leave-access"]
    call_command("destroy_keys", *destruction, stdout=StringIO())

    after, in_database = dump_and_count(workplace)
    assert rows_in_dump(after) == in_database
    assert READABLE in after
    assert traces(after) == []
    for text in (before, after):
        assert open_everything(text, workplace.folder / "keys", workspace) == b""
        assert open_everything(text, workplace.folder / "keys", person) == b""
