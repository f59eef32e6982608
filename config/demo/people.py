"""Makes the sample people and workspaces through the product's own actions, as the web role. Needs Django set up."""

from base64 import b32decode

from accounts.actions import add_member, create_user, create_workspace, set_up_workspace
from accounts.models import TotpDevice, User
from accounts.permissions import Role
from audit.log import Actor
from config.demo.companies import Company

SETUP = Actor.system("demo")


def create_company(company: Company, passwords: dict[str, str]) -> str:
    """The slug of the new workspace."""
    users = [
        create_user(actor=SETUP, email=person.email, password=passwords[person.email], display_name=person.name)
        for person in company.people
    ]
    owner, *others = users
    workspace = create_workspace(actor=SETUP, owner=owner, name=company.name)
    set_up_workspace(actor=SETUP, workspace=workspace, base_currency=company.base_currency, fiscal_year_start_month=1)
    for user, person in zip(others, company.people[1:], strict=True):
        add_member(actor=SETUP, workspace=workspace, user=user, role=Role(person.role))
    return workspace.slug


def give_apps(secrets: dict[str, str]) -> None:
    """A confirmed authenticator app for each address, with its secret in base 32, unless there is one already."""
    for email, secret in secrets.items():
        user = User.objects.get(email=email)
        if not TotpDevice.objects.filter(user=user, confirmed=True).exists():
            TotpDevice.objects.create(user=user, name="Sample phone", key=b32decode(secret), confirmed=True)


def exists(company: Company) -> bool:
    """Whether its Owner is there already, perhaps from another copy of this repository on the same database."""
    return User.objects.filter(email=company.people[0].email).exists()
