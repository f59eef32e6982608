"""What links, disconnections, webhooks and mails promise, kept by the database."""

from django.db import migrations, models

LINK_OPEN = ("open", "finishing")


class Migration(migrations.Migration):
    dependencies = [("integrations", "0006_responsibility")]

    operations = [
        migrations.AddConstraint(
            model_name="linksession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("due_at__isnull", False),
                        ("expires_at__isnull", False),
                        ("state__in", LINK_OPEN),
                        models.Q(
                            ("link_token__isnull", False),
                            models.Q(("access_token__isnull", False), ("facts__isnull", False)),
                            _connector="OR",
                        ),
                    ),
                    models.Q(
                        ("access_token__isnull", True),
                        ("due_at", None),
                        ("facts__isnull", True),
                        ("link_token__isnull", True),
                        models.Q(("state__in", LINK_OPEN), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="integrations_linksession_secrets_while_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="connection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("disconnected_at__isnull", False), ("due_at", None), ("state", "disconnected")),
                    models.Q(models.Q(("state", "disconnected"), _negated=True), ("disconnected_at", None)),
                    _connector="OR",
                ),
                name="integrations_connection_disconnected_since",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookreceipt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("handled_at__isnull", False), ("state", "handled")),
                    models.Q(("handled_at", None), ("state", "received")),
                    _connector="OR",
                ),
                name="integrations_webhookreceipt_handled_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sent_at__isnull", False), ("state", "sent")),
                    models.Q(models.Q(("state", "sent"), _negated=True), ("sent_at", None)),
                    _connector="OR",
                ),
                name="integrations_alert_sent_at",
            ),
        ),
    ]
