"""The sample companies, their people, their bank and their books. Invented; the addresses are in a domain that exists nowhere."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    email: str
    role: str


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
            Person("Maya Lindqvist", "maya@cedarline.example", "owner"),
            Person("Tomas Okafor", "tomas@cedarline.example", "manager"),
            Person("Ines Varga", "ines@cedarline.example", "auditor"),
        ),
        organization="Cedarline Instruments, Inc.",
    ),
    Company(
        name="Tidewater Studio",
        base_currency="USD",
        institution="First Harbor",
        people=(Person("Jonah Reyes", "jonah@tidewater.example", "owner"),),
    ),
)
