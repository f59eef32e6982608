"""Fills an empty demonstration: people and workspaces by the product's actions, banks and books through its pages over HTTP."""

import hashlib
import io
import os
from dataclasses import dataclass, field

from config.demo.bank_visit import connect_bank, wait_for_bank
from config.demo.books_visit import connect_books
from config.demo.companies import COMPANIES, Company
from config.demo.environment import owner_environment
from config.demo.failures import DemoFailed
from config.demo.local import REPOSITORY, Local
from config.demo.plan import Plan
from config.demo.visitor import Visitor

STATE = "seeded.json"


class SampleTaken(DemoFailed):
    """The sample people are in this database, but their passwords are not in this directory."""


@dataclass(frozen=True, slots=True)
class SamplePerson:
    email: str
    password: str = field(repr=False)
    role: str
    totp_secret: str | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample company as it can be signed in to."""

    name: str
    slug: str
    people: tuple[SamplePerson, ...]


def seed(plan: Plan, local: Local) -> list[Sample]:
    """Makes what is not there yet; quick when all is. Each step is remembered, so that a stopped start goes on."""
    samples = [_describe(company, _slug_of(company, plan, local), local) for company in COMPANIES]
    for company in COMPANIES:
        _give_apps(company, plan, local)
    if plan.sandbox_port:
        _make_prices(plan, local)
        _connect(plan, local, samples)
        _connect_books(plan, local, samples)
    return samples


def describe_sample(base_url: str, samples: list[Sample]) -> str:
    """What a person is told at the end of a start."""
    lines = ["", f"Counterfoil is at {base_url}", ""]
    for sample in samples:
        lines.append(f"  {sample.name}  {base_url}/w/{sample.slug}/")
        lines += [f"    {person.role:8}  {person.email:26}  {person.password}" for person in sample.people]
    with_app = next(person for sample in samples for person in sample.people if person.totp_secret)
    lines += ["", "Owners and the manager are asked for a code:", f"  make code EMAIL={with_app.email}"]
    lines += ["or give your own authenticator app the totp_secret in .local/demo.json."]
    return "\n".join([*lines, "", "Ctrl-C stops everything that was started here.", ""])


def _connect(plan: Plan, local: Local, samples: list[Sample]) -> None:
    # All are connected before any is waited for, so that their syncs run side by side. A bank that an earlier start has
    # connected and not waited for is found to be connected already.
    waited_for: list[tuple[Company, Sample, Visitor]] = []
    for company, sample in zip(COMPANIES, samples, strict=True):
        if not _recall(plan, local, company, "connected"):
            visitor = _visit_as_owner(plan, sample)
            connect_bank(visitor, sample.slug, company.institution)
            waited_for.append((company, sample, visitor))
    for company, sample, visitor in waited_for:
        wait_for_bank(visitor, sample.slug, company.institution)
        _remember(plan, local, company, "connected", "yes")


def _connect_books(plan: Plan, local: Local, samples: list[Sample]) -> None:
    """After the banks, so that a worker is free while the grant's code is good. What is read then comes in by itself."""
    for company, sample in zip(COMPANIES, samples, strict=True):
        if company.organization and not _recall(plan, local, company, "books"):
            connect_books(_visit_as_owner(plan, sample), sample.slug, company.organization)
            _remember(plan, local, company, "books", "yes")


def _make_prices(plan: Plan, local: Local) -> None:
    """What the sandbox's Stripe sells, as a person makes it once at Stripe; anew where the table of plans has changed."""
    table = hashlib.sha256((REPOSITORY / "billing" / "plans.py").read_bytes()).hexdigest()
    key = f"{plan.place} prices"
    if local.read_json(STATE).get(key) == table:
        return
    _set_up_django(plan, local)
    from django.core.management import call_command

    call_command("sync_plans", stdout=io.StringIO())
    local.write_json(STATE, local.read_json(STATE) | {key: table})


def _visit_as_owner(plan: Plan, sample: Sample) -> Visitor:
    visitor, owner = Visitor(plan.base_url), sample.people[0]
    visitor.sign_in(owner.email, owner.password, owner.totp_secret)
    return visitor


def _give_apps(company: Company, plan: Plan, local: Local) -> None:
    if _recall(plan, local, company, "apps"):
        return
    _set_up_django(plan, local)
    from config.demo.people import give_apps

    give_apps({person.email: local.totp_secret_of(person.email) for person in company.people if person.has_app})
    _remember(plan, local, company, "apps", "yes")


def _set_up_django(plan: Plan, local: Local) -> None:
    os.environ.update(owner_environment(plan, local))
    import django

    django.setup()


def _describe(company: Company, slug: str, local: Local) -> Sample:
    people = tuple(
        SamplePerson(
            one.email, local.password_of(one.email), one.role, local.totp_secret_of(one.email) if one.has_app else None
        )
        for one in company.people
    )
    return Sample(company.name, slug, people)


def _slug_of(company: Company, plan: Plan, local: Local) -> str:
    known = _recall(plan, local, company, "slug")
    if known:
        return known
    _set_up_django(plan, local)
    from config.demo.people import create_company, exists

    if exists(company):
        message = f"{company.people[0].email} is in the database already, made from another directory"
        raise SampleTaken(message)
    slug = create_company(company, {person.email: local.password_of(person.email) for person in company.people})
    _remember(plan, local, company, "slug", slug)
    return slug


def _recall(plan: Plan, local: Local, company: Company, fact: str) -> str:
    return str(local.read_json(STATE).get(_key(plan, company, fact), ""))


def _remember(plan: Plan, local: Local, company: Company, fact: str, value: str) -> None:
    local.write_json(STATE, local.read_json(STATE) | {_key(plan, company, fact): value})


def _key(plan: Plan, company: Company, fact: str) -> str:
    return f"{plan.place} {company.name} {fact}"
