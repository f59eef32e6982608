"""The sample companies, their people, their bank and their books. Invented; the addresses are in a domain that exists nowhere."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """`has_app`: they have an authenticator app, whose codes `make code` shows."""

    name: str
    email: str
    role: str
    has_app: bool = False


@dataclass(frozen=True, slots=True)
class Company:
    """`institution` is the bank to choose on the sandbox's page, `organization` the books, if any; the first person is the
    Owner who connects them.
    """

    name: str
    base_currency: str
    institution: str
    people: tuple[Person, ...]
    organization: str = ""


COMPANIES = (
    Company(
        name="Cedarline Instruments",
        base_currency="USD",
        institution="Long History",
        people=(
            Person("Maya Lindqvist", "maya@cedarline.example", "owner", has_app=True),
            Person("Tomas Okafor", "tomas@cedarline.example", "manager", has_app=True),
            Person("Ines Varga", "ines@cedarline.example", "auditor"),
        ),
        organization="Cedarline Instruments, Inc.",
    ),
    Company(
        name="Tidewater Studio",
        base_currency="USD",
        institution="First Harbor",
        people=(Person("Jonah Reyes", "jonah@tidewater.example", "owner", has_app=True),),
    ),
)
