"""Customers, subscriptions, visits to Checkout, invoices and the inbox of Stripe's news."""

import billing.models.invoices
import billing.models.subscriptions
import uuid
import vault.fields
from django.db import migrations, models
from vault.rls import LetOperatorsRead, ProtectTenantTable

KEPT = "SELECT, INSERT, UPDATE"


class Migration(migrations.Migration):
    initial = True

    dependencies = [("accounts", "0016_plans")]

    operations = [
        migrations.CreateModel(
            name="Checkout",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                (
                    "session_id",
                    vault.fields.OptionalSealedText(editable=False, label="billing.checkout.session_id", null=True),
                ),
                ("user_id", models.UUIDField()),
                (
                    "plan",
                    models.CharField(
                        choices=[("trial", "Free trial"), ("team", "Team"), ("business", "Business")], max_length=10
                    ),
                ),
                ("seats", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "At Stripe"), ("complete", "Paid"), ("expired", "Left without paying")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["workspace_id"], name="billing_checkout_open"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("plan__in", ["team", "business"]), ("seats__gte", 1)),
                        name="billing_checkout_plan",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "open")),
                            models.Q(("ended_at__isnull", False), ("state__in", ["complete", "expired"])),
                            _connector="OR",
                        ),
                        name="billing_checkout_ended_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                (
                    "customer_id",
                    vault.fields.OptionalSealedText(editable=False, label="billing.customer.customer_id", null=True),
                ),
                ("asked_number", models.PositiveBigIntegerField(default=0)),
                ("refreshed_number", models.PositiveBigIntegerField(default=0)),
                ("refreshed_at", models.DateTimeField(null=True)),
                ("reconciled_at", models.DateTimeField(null=True)),
                ("differed_at", models.DateTimeField(null=True)),
                ("differences", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id",), name="billing_customer_workspace_once"),
                    models.CheckConstraint(
                        condition=models.Q(("refreshed_number__lte", models.F("asked_number"))),
                        name="billing_customer_numbers",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("digest", models.BinaryField()),
                (
                    "facts",
                    vault.fields.SealedRecord(
                        billing.models.invoices.InvoiceFacts, editable=False, label="billing.invoice.facts"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("paid", "Paid"),
                            ("uncollectible", "Uncollectible"),
                            ("void", "Void"),
                        ],
                        max_length=20,
                    ),
                ),
                ("issued_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["workspace_id", "-issued_at"], name="billing_invoice_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "digest"), name="billing_invoice_digest"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "paid", "uncollectible", "void"])),
                        name="billing_invoice_status",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StripeEvent",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("digest", models.BinaryField()),
                ("type", models.CharField(max_length=80)),
                ("body", vault.fields.SealedBytes(editable=False, label="billing.stripe_event.body")),
                ("asked_number", models.PositiveBigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("received", "Received"), ("handled", "Handled"), ("failed", "Failed")],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=20)),
                ("due_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(auto_now_add=True)),
                ("handled_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "received")),
                        fields=["workspace_id", "due_at"],
                        name="billing_stripeevent_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "digest"), name="billing_stripeevent_digest"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("handled_at__isnull", False), ("state", "handled")),
                            models.Q(("handled_at", None), ("state__in", ["received", "failed"])),
                            _connector="OR",
                        ),
                        name="billing_stripeevent_handled_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                (
                    "facts",
                    vault.fields.SealedRecord(
                        billing.models.subscriptions.SubscriptionFacts,
                        editable=False,
                        label="billing.subscription.facts",
                    ),
                ),
                (
                    "plan",
                    models.CharField(
                        choices=[("trial", "Free trial"), ("team", "Team"), ("business", "Business")], max_length=10
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("trialing", "Trialing"),
                            ("active", "Active"),
                            ("past_due", "Past Due"),
                            ("unpaid", "Unpaid"),
                            ("canceled", "Canceled"),
                            ("paused", "Paused"),
                        ],
                        max_length=10,
                    ),
                ),
                ("seats", models.PositiveIntegerField()),
                ("period_end", models.DateTimeField(null=True)),
                ("cancel_at", models.DateTimeField(null=True)),
                ("past_due_since", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("refreshed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id",), name="billing_subscription_workspace_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["trialing", "active", "past_due", "unpaid", "canceled", "paused"])
                        ),
                        name="billing_subscription_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("plan__in", ["team", "business"]), ("seats__gte", 1)),
                        name="billing_subscription_plan",
                    ),
                ],
            },
        ),
        ProtectTenantTable("billing_checkout", web=KEPT),
        ProtectTenantTable("billing_customer", web=KEPT, scheduler=["id", "workspace_id"]),
        ProtectTenantTable("billing_invoice", web=KEPT),
        ProtectTenantTable("billing_stripeevent", scheduler=["id", "workspace_id", "state", "due_at"]),
        ProtectTenantTable("billing_subscription", web=KEPT),
        LetOperatorsRead(
            "billing_customer",
            "id",
            "workspace_id",
            "refreshed_at",
            "reconciled_at",
            "differed_at",
            "differences",
            "created_at",
        ),
        LetOperatorsRead(
            "billing_stripeevent",
            "id",
            "workspace_id",
            "type",
            "state",
            "attempts",
            "problem",
            "due_at",
            "received_at",
            "handled_at",
        ),
    ]
