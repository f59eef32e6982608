"""The people of the tests. Each has a random name, so that nothing has to be flushed and row-level security keeps them apart."""

from dataclasses import dataclass
from secrets import token_hex

from accounts.actions import add_member, create_user, create_workspace
from accounts.models import User, Workspace
from accounts.permissions import Role
from audit.log import Actor
from tests.support.client import ScopeCheckingClient

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


def make_person(name: str) -> User:
    email = f"{name}-{token_hex(6)}@example.test"
    return create_user(actor=SETUP, email=email, password=PASSWORD, display_name=name.title())


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


def sign_in(user: User) -> ScopeCheckingClient:
    client = ScopeCheckingClient()
    client.force_login(user)
    return client
