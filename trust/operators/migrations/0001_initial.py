"""What operators read: their role's columns, of every workspace. Django's own log of its admin stays empty."""

from django.db import migrations, models
from vault.rls import LetOperatorsRead, ProtectGlobalTable


def unmanaged(name, table, **options):
    # What is not managed has no columns here: models.py names them, the grants below give them.
    return migrations.CreateModel(
        name=name,
        fields=[("id", models.UUIDField(primary_key=True, serialize=False))],
        options={"managed": False, "db_table": table, **options},
    )


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("accounts", "0012_operators"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("integrations", "0006_responsibility"),
        ("vault", "0002_key_lifecycle"),
    ]

    operations = [
        unmanaged("Person", "accounts_user", verbose_name_plural="people"),
        unmanaged("Workspace", "accounts_workspace"),
        unmanaged("Membership", "accounts_membership"),
        unmanaged("Session", "accounts_usersession"),
        unmanaged("Grant", "accounts_operatorgrant"),
        unmanaged("Recovery", "accounts_recoveryrequest", verbose_name_plural="recoveries"),
        unmanaged("RecoveryDecision", "accounts_recoverystep"),
        unmanaged("Connection", "integrations_connection"),
        unmanaged("Run", "integrations_syncrun"),
        unmanaged("Webhook", "integrations_webhookreceipt"),
        unmanaged("WorkspaceKey", "vault_workspacekey"),
        LetOperatorsRead("accounts_user", "id", "email", "is_active", "date_joined", "last_login", tenant=False),
        LetOperatorsRead(
            "accounts_usersession", "id", "user_id", "signed_in_at", "last_seen_at", "expires_at", tenant=False
        ),
        LetOperatorsRead("accounts_recoveryrequest", "id", "user_id", "state", "due_at", tenant=False),
        LetOperatorsRead("accounts_workspace", "id", "slug", "created_at"),
        LetOperatorsRead("accounts_membership", "id", "workspace_id", "user_id", "role", "created_at"),
        LetOperatorsRead(
            "accounts_operatorgrant", "id", "workspace_id", "operator_id", "created_at", "expires_at", "ended_at"
        ),
        LetOperatorsRead(
            "accounts_recoverystep",
            "id",
            "workspace_id",
            "request_id",
            "judge",
            "state",
            "first_by_id",
            "second_by_id",
            "created_at",
            "decided_at",
        ),
        LetOperatorsRead(
            "integrations_connection",
            "id",
            "workspace_id",
            "provider",
            "state",
            "problem",
            "failures",
            "synced_at",
            "due_at",
            "created_at",
            "disconnected_at",
        ),
        LetOperatorsRead(
            "integrations_syncrun",
            "id",
            "workspace_id",
            "connection_id",
            "trigger",
            "state",
            "problem",
            "problem_code",
            "attempts",
            "created_at",
            "due_at",
            "started_at",
            "finished_at",
        ),
        LetOperatorsRead(
            "integrations_webhookreceipt",
            "id",
            "workspace_id",
            "provider",
            "code",
            "state",
            "received_at",
            "handled_at",
        ),
        LetOperatorsRead(
            "vault_workspacekey", "id", "workspace_id", "version", "created_at", "retired_at", "destroyed_at"
        ),
        ProtectGlobalTable(
            "django_admin_log",
            because="Django's log of its admin, which stays empty: there is the record",
            # Django looks there before it lets go of a person.
            web="SELECT, DELETE",
        ),
    ]
