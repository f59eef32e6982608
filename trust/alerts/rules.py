"""What alerts: the one table of rules over the events of the record. docs/ALERTS.md says the same, and a test compares.

What is said here also stands in mails, which travel in the open: no name, company or figure.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from trust.alerts.conditions import Facts, gives_control, is_raised, is_weaker

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Severity(StrEnum):
    """How soon somebody should look."""

    NOTICE = "notice"
    WARNING = "warning"
    CRITICAL = "critical"


class Record(StrEnum):
    """Whose record the events stand in."""

    WORKSPACE = "the workspace's"
    SITE = "the site's"


class Audience(StrEnum):
    """Who is told. Of an event in the site's record that is about a person, the admins of all their workspaces."""

    ADMINS = "Owners and Admins"
    OPERATORS = "operators"


class Subject(StrEnum):
    """What is counted apart, and has an alert of its own."""

    TARGET = "target"
    ACTOR = "actor"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Rule:
    """Events with one of `actions` for which `condition` holds; `threshold` of them in `within` where one is not enough.

    Who is told of an alert is told again in `window` at the earliest. `outlives_key`: told by mail also where a workspace
    can keep no alert any more.
    """

    title: str
    meaning: str
    to_do: str
    severity: Severity
    record: Record
    audience: frozenset[Audience]
    actions: tuple[str, ...]
    subject: Subject = Subject.TARGET
    threshold: int = 1
    within: timedelta = HOUR
    window: timedelta = HOUR
    condition: Callable[[Facts], bool] | None = None
    outlives_key: bool = False


ADMINS, OPERATORS = frozenset({Audience.ADMINS}), frozenset({Audience.OPERATORS})
BOTH = ADMINS | OPERATORS

# Alerts are kept under these names: they stay as they are.
RULES: dict[str, Rule] = {
    "failed_sign_ins": Rule(
        title="Many wrong passwords for a member’s account",
        meaning="Somebody keeps trying passwords for the account of a member of your workspace, also from more than one "
        "place. None of them was right.",
        to_do="Ask the member whether it was them. If not, have them choose a password that they use nowhere else; their "
        "second factor keeps others out meanwhile.",
        severity=Severity.WARNING,
        record=Record.SITE,
        audience=ADMINS,
        actions=("accounts.session.refused",),
        threshold=10,
        window=6 * HOUR,
    ),
    "failed_factors": Rule(
        title="Wrong second factors after a right password",
        meaning="Somebody gave a right password and then wrong codes, or a passkey that does not fit. Whoever it was may "
        "know the password of a member.",
        to_do="Ask the member whether it was them. If not, have them change their password at once and end their sessions "
        "under Settings, Active sessions.",
        severity=Severity.CRITICAL,
        record=Record.SITE,
        audience=ADMINS,
        actions=("accounts.factor.refused",),
        subject=Subject.ACTOR,
        threshold=5,
        window=6 * HOUR,
    ),
    "failed_sign_ins_everywhere": Rule(
        title="Many failed sign-ins across the site",
        meaning="Far more sign-ins fail than people mistype: passwords are probably being tried for many accounts.",
        to_do="Look in the site’s log where they come from, and block those networks in front of the product. Limits hold "
        "each address and each account back meanwhile.",
        severity=Severity.CRITICAL,
        record=Record.SITE,
        audience=OPERATORS,
        actions=("accounts.session.refused",),
        subject=Subject.ALL,
        threshold=50,
        within=timedelta(minutes=10),
    ),
    "account_locked_out": Rule(
        title="A member’s account was locked for a while",
        meaning="After several wrong passwords nobody can sign in to the account of a member from that place for 15 "
        "minutes.",
        to_do="Ask the member whether it was them. If not, have them choose a password that they use nowhere else.",
        severity=Severity.WARNING,
        record=Record.SITE,
        audience=ADMINS,
        actions=("accounts.user.locked_out",),
        window=6 * HOUR,
    ),
    "address_held_back": Rule(
        title="An address was held back after too many wrong passwords",
        meaning="From one address so many wrong passwords came in an hour that it is held back, whatever the account.",
        to_do="Look in the site’s log for more of them. If they go on, block the address in front of the product.",
        severity=Severity.WARNING,
        record=Record.SITE,
        audience=OPERATORS,
        actions=("accounts.address.locked_out",),
        subject=Subject.ALL,
        window=6 * HOUR,
    ),
    "new_device": Rule(
        title="A member signed in from a new device",
        meaning="A member of your workspace signed in with a browser or from a network that they had not used before.",
        to_do="If you doubt it was them, ask. They were told too, and can end that session under Settings, Active sessions; "
        "an Owner or Admin can remove them from the workspace at once.",
        severity=Severity.NOTICE,
        record=Record.SITE,
        audience=ADMINS,
        actions=("accounts.device.added",),
    ),
    "connection_added": Rule(
        title="A bank or books were connected",
        meaning="A new connection brings data into your workspace, read-only.",
        to_do="Nothing, if you expected it. If not, disconnect it on the Connections page and ask who connected it.",
        severity=Severity.NOTICE,
        record=Record.WORKSPACE,
        audience=ADMINS,
        actions=("integrations.connection.created",),
    ),
    "policy_weakened": Rule(
        title="The policy about second factors asks for less",
        meaning="Fewer people need a second factor, or need it later, or one that proves less is enough now.",
        to_do="Nothing, if you agreed on it. If not, set it back under Settings, Team policy, and ask who changed it.",
        severity=Severity.WARNING,
        record=Record.WORKSPACE,
        audience=ADMINS,
        actions=("accounts.team_policy.changed",),
        condition=is_weaker,
    ),
    "log_exported": Rule(
        title="The audit log was exported",
        meaning="Somebody has asked for an export of the audit log, or has downloaded one. It names people and what they did.",
        to_do="Nothing, if an audit is under way. If not, ask who exported it and what for.",
        severity=Severity.NOTICE,
        record=Record.WORKSPACE,
        audience=ADMINS,
        actions=("audit.bundle.requested", "audit.bundle.downloaded"),
        subject=Subject.ACTOR,
    ),
    "role_raised": Rule(
        title="Somebody may do more than before",
        meaning="A member was given a role that may do more than the one before.",
        to_do="Nothing, if you expected it. If not, change the role back under Settings, Members, and ask who gave it.",
        severity=Severity.WARNING,
        record=Record.WORKSPACE,
        audience=ADMINS,
        actions=("accounts.membership.role_changed",),
        condition=is_raised,
    ),
    "admin_joined": Rule(
        title="A new member came in as an Admin",
        meaning="Somebody who was not in your workspace before belongs to it now and may change almost everything.",
        to_do="Nothing, if you expected it. If not, remove them under Settings, Members, and ask who invited them.",
        severity=Severity.WARNING,
        record=Record.WORKSPACE,
        audience=ADMINS,
        actions=("accounts.membership.created",),
        condition=gives_control,
    ),
    "owner_made": Rule(
        title="Your workspace has a new Owner",
        meaning="An offer of ownership took effect: it was accepted, or nobody objected for seven days.",
        to_do="Nothing, if you agreed on it. If not, remove the new Owner under Settings, Members, at once.",
        severity=Severity.CRITICAL,
        record=Record.WORKSPACE,
        audience=ADMINS,
        actions=("accounts.ownership.accepted", "accounts.ownership.waited"),
    ),
    "chain_broken": Rule(
        title="An audit log does not hold",
        meaning="Verification found that the audit log is not what was written: events are missing, were altered, or do not "
        "fit what was signed.",
        to_do="Export the log now and keep the export: it shows what was found. Those who run the installation have been told "
        "too, and follow docs/INCIDENTS.md from “Assess” on.",
        severity=Severity.CRITICAL,
        record=Record.SITE,
        audience=BOTH,
        actions=("audit.chain.broken",),
        window=DAY,
    ),
    "workspace_key_destroyed": Rule(
        title="The key of a workspace was destroyed",
        meaning="All that this workspace had sealed can never be read again, by nobody.",
        to_do="Nothing, if the workspace was to be given up. If not, talk to those who run the installation at once: only "
        "backups of the last 30 days, of the database and of the key store together, can bring it back.",
        severity=Severity.CRITICAL,
        record=Record.SITE,
        audience=BOTH,
        actions=("accounts.workspace_key.destroyed",),
        outlives_key=True,
    ),
    "person_key_destroyed": Rule(
        title="The key of a person was destroyed",
        meaning="What is known of this person, such as their name and where they signed in from, can never be read again.",
        to_do="Nothing, if they asked for it. If not, find out who ran the command, and follow docs/INCIDENTS.md.",
        severity=Severity.WARNING,
        record=Record.SITE,
        audience=OPERATORS,
        actions=("accounts.person_key.destroyed",),
    ),
    "deletion_asked": Rule(
        title="A member wants their account deleted",
        meaning="A member of your workspace has asked for their account to be deleted. Until then there are some days to "
        "change their mind.",
        to_do="See under Settings, Members, what they look after, and hand it over in time. If you doubt it was them, ask.",
        severity=Severity.NOTICE,
        record=Record.SITE,
        audience=ADMINS,
        actions=("accounts.user.deletion_asked",),
        window=DAY,
    ),
    "webhooks_refused": Rule(
        title="News from a provider with wrong signatures",
        meaning="Messages that claim to come from a bank’s provider or from Stripe are not signed by it. None of them was "
        "believed.",
        to_do="Look in the site’s log where they come from and why they were refused. If the provider has changed its keys, "
        "syncs go on by the clock; if it is somebody else, block them in front of the product.",
        severity=Severity.WARNING,
        record=Record.SITE,
        audience=OPERATORS,
        actions=("integrations.webhook.refused", "billing.webhook.refused"),
        subject=Subject.ALL,
        threshold=3,
        within=timedelta(minutes=15),
        window=6 * HOUR,
    ),
    "redaction_failed": Rule(
        title="Secrets may reach the logs",
        meaning="The nightly self-test wrote one of each kind of secret, samples that open nothing, and not all of them "
        "were taken out.",
        to_do="Run manage.py check_redaction: it names the kind and the way. Stop sending logs elsewhere until it passes, and "
        "look through those of the last day.",
        severity=Severity.CRITICAL,
        record=Record.SITE,
        audience=OPERATORS,
        actions=("trust.redaction.failed",),
        subject=Subject.ALL,
        window=DAY,
    ),
    "violations_rising": Rule(
        title="Many violations of a page’s policy at once",
        meaning="Browsers report far more than usual that the content security policy of a page has stopped something. Either "
        "the page asks for what its own policy forbids, or somebody tries to put something into it.",
        to_do="See under Policy violations of the operators’ pages which route, directive and host it is. Follow docs/ALERTS.md "
        "from “Violations” on. Reports are sent by browsers and can be made up: nothing is proven by them alone.",
        severity=Severity.WARNING,
        record=Record.SITE,
        audience=OPERATORS,
        actions=("trust.policy.violated",),
        subject=Subject.ALL,
        window=DAY,
    ),
    "signing_failed": Rule(
        title="Audit logs are not signed or not verified",
        meaning="The night’s signing of an audit log, or its verification, ended with an error. Until it succeeds, what is new "
        "in that log is not signed, or nobody knows whether it holds.",
        to_do="Look in the site’s log for the kind of error, in the worker’s log for its place, and whether the signing key is "
        "where it belongs: docs/ALERTS.md, “Not signed”. The next night signs all that is missing.",
        severity=Severity.CRITICAL,
        record=Record.SITE,
        audience=OPERATORS,
        actions=("audit.checkpoint.failed", "audit.verification.failed"),
        subject=Subject.ALL,
        window=DAY,
    ),
    "copy_failed": Rule(
        title="Audit logs are not copied to the second place",
        meaning="The place named by AUDIT_BACKUP_DIR could not be written to or read, so what is new in the audit logs is in "
        "the database alone.",
        to_do="See that the place is mounted, has room, and holds what was copied there. The next night copies all that is "
        "missing there.",
        severity=Severity.WARNING,
        record=Record.SITE,
        audience=OPERATORS,
        actions=("audit.copy.failed",),
        subject=Subject.ALL,
        window=DAY,
    ),
    "webhook_disabled": Rule(
        title="Alerts are not sent to your webhook any more",
        meaning="The address that your alerts are sent to has not taken a message for hours, so nothing is sent there any "
        "more. Mails go on.",
        to_do="Put the receiver right, then set the address again under Settings, Alerts, and send a test.",
        severity=Severity.WARNING,
        record=Record.WORKSPACE,
        audience=ADMINS,
        actions=("alerts.webhook.disabled",),
    ),
}


def rules_of(record: Record) -> Mapping[str, tuple[tuple[str, Rule], ...]]:
    """The rules that look at a record, with their names, by action."""
    found: dict[str, tuple[tuple[str, Rule], ...]] = {}
    for name, rule in RULES.items():
        if rule.record == record:
            for action in rule.actions:
                found[action] = (*found.get(action, ()), (name, rule))
    return found
