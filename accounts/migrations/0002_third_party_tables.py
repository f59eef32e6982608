"""What the web role may do with the tables of Django and allauth, none of which belongs to a workspace."""

from django.db import migrations

from vault.rls import ProtectGlobalTable


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        ProtectGlobalTable("account_emailaddress", because="an address belongs to a person"),
        ProtectGlobalTable("account_emailconfirmation", because="an address belongs to a person"),
        ProtectGlobalTable("django_content_type", because="names of models", web="SELECT"),
        ProtectGlobalTable("django_migrations", because="names of migrations", web="SELECT"),
        *(
            ProtectGlobalTable(table, because="Django's own permissions, which this product does not use", web="SELECT")
            for table in ("auth_group", "auth_group_permissions", "auth_permission")
        ),
    ]
