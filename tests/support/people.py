"""The people of the tests. Each has a random name, so that nothing has to be flushed and row-level security keeps them apart."""

import os
import time
from dataclasses import dataclass
from secrets import token_hex

from django_otp.oath import TOTP

from accounts.actions import add_member, create_user, create_workspace
from accounts.models import TotpDevice, User, Workspace
from accounts.permissions import Role
from accounts.second_factor import FactorKind, Proof, write_proof
from audit.log import Actor
from tests.support.client import ScopeCheckingClient
from tests.support.environment import OPERATORS

SETUP = Actor.system("tests")
PASSWORD = "a long enough passphrase"


@dataclass(frozen=True, slots=True)
class Persona:
    """A person, the workspace they work in, and a client signed in as them."""

    user: User
    workspace: Workspace
    client: ScopeCheckingClient
    password: str = PASSWORD

    @property
    def actor(self) -> Actor:
        return Actor.person(self.user.pk)


def make_person(name: str, *, has_factor: bool = True) -> User:
    """A new person, by default with a confirmed authenticator app."""
    email = f"{name}-{token_hex(6)}@example.test"
    user = create_user(actor=SETUP, email=email, password=PASSWORD, display_name=name.title())
    if has_factor:
        give_app(user)
    return user


def listed_operator(number: int = 0) -> User:
    """Somebody whose address is on the environment's list of operators; the flag is another matter."""
    email = OPERATORS[number]
    known = User.objects.filter(email=email).first()
    return known or create_user(actor=SETUP, email=email, password=PASSWORD, display_name="Olive")


def give_app(user: User) -> TotpDevice:
    """A confirmed authenticator app."""
    return TotpDevice.objects.create(user=user, name="Phone", key=os.urandom(20), confirmed=True)


def code_of(user: User) -> str:
    """The code that the person's app shows now, or the next one if this was used."""
    device = TotpDevice.objects.get(user=user, confirmed=True)
    clock = TOTP(device.key)
    clock.time = max(time.time(), (device.last_step + 1) * 30)
    return f"{clock.token():06}"


def make_owner(name: str, company: str, base_currency: str = "USD") -> Persona:
    """A new person with a new workspace of their own."""
    user = make_person(name)
    workspace = create_workspace(actor=SETUP, owner=user, name=f"{company} {token_hex(6)}", base_currency=base_currency)
    return Persona(user, workspace, sign_in(user))


def make_member(name: str, workspace: Workspace, role: Role) -> Persona:
    """A new person with a role in somebody's workspace."""
    user = make_person(name)
    add_member(actor=SETUP, workspace=workspace, user=user, role=role)
    return Persona(user, workspace, sign_in(user))


def sign_in(user: User, proof: FactorKind | None = FactorKind.TOTP) -> ScopeCheckingClient:
    """A client signed in as somebody, by default just proven by their app; `proof=None` by nothing but the password."""
    client = ScopeCheckingClient()
    client.force_login(user)
    if proof is not None:
        device = TotpDevice.objects.filter(user=user).first() if proof == FactorKind.TOTP else None
        prove(client, proof, device.pk if device else "of-a-test")
    return client


def prove(client: ScopeCheckingClient, kind: FactorKind, factor: object = "of-a-test") -> None:
    """Mark a client's session as proven just now."""
    session = client.session
    write_proof(session, Proof.now(kind, factor))
    session.save()
