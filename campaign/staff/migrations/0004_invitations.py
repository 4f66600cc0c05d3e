"""Remembers who is invited, and whether the mail server has taken the invitation."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("staff", "0003_field_names"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("user", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="invitation", serialize=False, to=settings.AUTH_USER_MODEL)),
                ("sent_at", models.DateTimeField(help_text="Empty: no mail server has taken it.", null=True)),
            ],
            options={"default_permissions": ()},
        ),
    ]
