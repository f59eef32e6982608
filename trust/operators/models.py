"""The tables as operators see them: the columns that their role is granted, and no other. None of them is managed here.

A test holds each column to the grants, and shows that nothing sealed is among them.
"""

from django.db import models

from accounts.models import RecoveryRequest, RecoveryStep
from accounts.permissions import Role
from billing.models import EventState
from integrations.models import Connection as ConnectionFacts
from integrations.models import ReceiptState, RunState, Trigger
from integrations.problems import Problem, State
from trust.alerts.models import Alert as AlertFacts
from trust.alerts.rules import RULES


def _foreign_key(to: type[models.Model]) -> models.ForeignKey[models.Model, models.Model]:
    return models.ForeignKey(to, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)


class Person(models.Model):
    """Somebody who can sign in, by address. Their name is theirs."""

    id = models.UUIDField(primary_key=True)
    email = models.EmailField()
    is_active = models.BooleanField("may sign in")
    date_joined = models.DateTimeField("joined")
    last_login = models.DateTimeField("last sign-in", null=True)

    class Meta:
        managed = False
        db_table = "accounts_user"
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.email


class Workspace(models.Model):
    """A workspace by its address, which says nothing of the company."""

    id = models.UUIDField(primary_key=True)
    slug = models.SlugField("address")
    created_at = models.DateTimeField("created")

    class Meta:
        managed = False
        db_table = "accounts_workspace"

    def __str__(self) -> str:
        return self.slug


class Membership(models.Model):
    id = models.UUIDField(primary_key=True)
    workspace = _foreign_key(Workspace)
    user = _foreign_key(Person)
    role = models.CharField(choices=Role.choices)
    created_at = models.DateTimeField("since")

    class Meta:
        managed = False
        db_table = "accounts_membership"

    def __str__(self) -> str:
        return f"membership {self.pk}"


class Session(models.Model):
    """That somebody is signed in, and since when; from where is theirs."""

    id = models.UUIDField(primary_key=True)
    user = _foreign_key(Person)
    signed_in_at = models.DateTimeField("signed in", null=True)
    last_seen_at = models.DateTimeField("last used")
    expires_at = models.DateTimeField("ends")

    class Meta:
        managed = False
        db_table = "accounts_usersession"

    def __str__(self) -> str:
        return f"session {self.pk}"


class Grant(models.Model):
    """What a workspace lets an operator read. Why is sealed, and stands on its own pages."""

    id = models.UUIDField(primary_key=True)
    workspace = _foreign_key(Workspace)
    operator = _foreign_key(Person)
    created_at = models.DateTimeField("given")
    expires_at = models.DateTimeField("ends")
    ended_at = models.DateTimeField("ended before", null=True)

    class Meta:
        managed = False
        db_table = "accounts_operatorgrant"

    def __str__(self) -> str:
        return f"grant {self.pk}"


class Recovery(models.Model):
    """A person's request to be let back in without their second factors."""

    id = models.UUIDField(primary_key=True)
    user = _foreign_key(Person)
    state = models.CharField(choices=RecoveryRequest.State.choices)
    due_at = models.DateTimeField("let in from", null=True)

    class Meta:
        managed = False
        db_table = "accounts_recoveryrequest"
        verbose_name_plural = "recoveries"

    def __str__(self) -> str:
        return f"recovery {self.pk}"


class RecoveryDecision(models.Model):
    """What one workspace has to say to a request; where the person is its only Owner, two operators do."""

    id = models.UUIDField(primary_key=True)
    workspace = _foreign_key(Workspace)
    request = _foreign_key(Recovery)
    judge = models.CharField("decided by", choices=RecoveryStep.Judge.choices)
    state = models.CharField(choices=RecoveryStep.State.choices)
    first_by_id = models.UUIDField("first approval", null=True)
    second_by_id = models.UUIDField("second approval", null=True)
    created_at = models.DateTimeField("asked")
    decided_at = models.DateTimeField("decided", null=True)

    class Meta:
        managed = False
        db_table = "accounts_recoverystep"

    def __str__(self) -> str:
        return f"recovery decision {self.pk}"


class Connection(models.Model):
    id = models.UUIDField(primary_key=True)
    workspace = _foreign_key(Workspace)
    provider = models.CharField(choices=ConnectionFacts.Provider.choices)
    state = models.CharField(choices=State.choices)
    problem = models.CharField(choices=Problem.choices)
    failures = models.PositiveSmallIntegerField()
    synced_at = models.DateTimeField("last sync", null=True)
    due_at = models.DateTimeField("next sync", null=True)
    created_at = models.DateTimeField("connected")
    disconnected_at = models.DateTimeField("disconnected", null=True)

    class Meta:
        managed = False
        db_table = "integrations_connection"

    def __str__(self) -> str:
        return f"connection {self.pk}"


class Run(models.Model):
    """One sync: how it stands and how long it took."""

    id = models.UUIDField(primary_key=True)
    workspace = _foreign_key(Workspace)
    connection_id = models.UUIDField("connection")
    trigger = models.CharField("started by", choices=Trigger.choices)
    state = models.CharField(choices=RunState.choices)
    problem = models.CharField(choices=Problem.choices)
    problem_code = models.CharField("provider’s code")
    attempts = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField("asked for")
    due_at = models.DateTimeField("due", null=True)
    started_at = models.DateTimeField("started", null=True)
    finished_at = models.DateTimeField("finished", null=True)

    class Meta:
        managed = False
        db_table = "integrations_syncrun"

    def __str__(self) -> str:
        return f"run {self.pk}"


class Webhook(models.Model):
    """A delivery from a provider, by what it says has happened; its body is sealed."""

    id = models.UUIDField(primary_key=True)
    workspace = _foreign_key(Workspace)
    provider = models.CharField()
    code = models.CharField()
    state = models.CharField(choices=ReceiptState.choices)
    received_at = models.DateTimeField("received")
    handled_at = models.DateTimeField("handled", null=True)

    class Meta:
        managed = False
        db_table = "integrations_webhookreceipt"

    def __str__(self) -> str:
        return f"webhook {self.pk}"


class Payer(models.Model):
    """A workspace that has ever gone to pay, and how well what we know of it agreed with Stripe at night."""

    id = models.UUIDField(primary_key=True)
    workspace = _foreign_key(Workspace)
    refreshed_at = models.DateTimeField("last look", null=True)
    reconciled_at = models.DateTimeField("last compared", null=True)
    differences = models.CharField("differed then")
    differed_at = models.DateTimeField("last differed", null=True)
    created_at = models.DateTimeField("since")

    class Meta:
        managed = False
        db_table = "billing_customer"

    def __str__(self) -> str:
        return f"payer {self.pk}"


class News(models.Model):
    """An event of Stripe's, by its kind; its body and its id are sealed."""

    id = models.UUIDField(primary_key=True)
    workspace = _foreign_key(Workspace)
    type = models.CharField()
    state = models.CharField(choices=EventState.choices)
    attempts = models.PositiveSmallIntegerField()
    problem = models.CharField()
    received_at = models.DateTimeField("received")
    due_at = models.DateTimeField("next try")
    handled_at = models.DateTimeField("handled", null=True)

    class Meta:
        managed = False
        db_table = "billing_stripeevent"
        verbose_name = "news from Stripe"
        verbose_name_plural = "news from Stripe"

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"


class Alert(models.Model):
    """That something across the site needs a look. Those of workspaces are theirs: no row of them is visible here."""

    id = models.UUIDField(primary_key=True)
    rule = models.CharField()
    state = models.CharField(choices=AlertFacts.State.choices)
    count = models.PositiveIntegerField("times")
    first_at = models.DateTimeField("first")
    last_at = models.DateTimeField("last")
    acknowledged_at = models.DateTimeField("acknowledged", null=True)

    class Meta:
        managed = False
        db_table = "alerts_alert"

    def __str__(self) -> str:
        return RULES[self.rule].title


class WorkspaceKey(models.Model):
    """One version of a workspace's data key, without any share of it."""

    id = models.UUIDField(primary_key=True)
    workspace_id = models.UUIDField("workspace")
    version = models.PositiveIntegerField()
    created_at = models.DateTimeField("made")
    retired_at = models.DateTimeField("rotated out", null=True)
    destroyed_at = models.DateTimeField("destroyed", null=True)

    class Meta:
        managed = False
        db_table = "vault_workspacekey"

    def __str__(self) -> str:
        return f"key version {self.version}"


class Chain(models.Model):
    """What the last verification of a record found; the nil id is the site's own."""

    workspace_id = models.UUIDField("workspace", primary_key=True)
    began_at = models.DateTimeField("began", null=True)
    finished_at = models.DateTimeField("verified", null=True)
    length = models.PositiveBigIntegerField("events")
    waiting = models.PositiveIntegerField("not linked then")
    checkpoints = models.PositiveIntegerField()
    fault_count = models.PositiveIntegerField("faults")

    class Meta:
        managed = False
        db_table = "audit_verification"
        verbose_name = "audit log"

    def __str__(self) -> str:
        return f"audit log of {self.workspace_id}"


class Violation(models.Model):
    """Something that the policy of a page stopped, by route and host name."""

    id = models.UUIDField(primary_key=True)
    route = models.CharField()
    directive = models.CharField()
    blocked = models.CharField()
    count = models.PositiveIntegerField("times")
    first_at = models.DateTimeField("first")
    last_at = models.DateTimeField("last")

    class Meta:
        managed = False
        db_table = "violations_violation"
        verbose_name = "policy violation"

    def __str__(self) -> str:
        return f"{self.directive} on {self.route}"
