"""Payers and Stripe's news on the operators' pages; billing grants their role the columns."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("operators", "0004_violations"), ("billing", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Payer",
            fields=[("id", models.UUIDField(primary_key=True, serialize=False))],
            options={"managed": False, "db_table": "billing_customer"},
        ),
        migrations.CreateModel(
            name="News",
            fields=[("id", models.UUIDField(primary_key=True, serialize=False))],
            options={
                "managed": False,
                "db_table": "billing_stripeevent",
                "verbose_name": "news from Stripe",
                "verbose_name_plural": "news from Stripe",
            },
        ),
    ]
