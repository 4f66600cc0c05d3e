"""An account's phones go with it, their keys unread. Nothing changes in the database."""

from django.conf import settings
from django.db import migrations, models

from campaign.staff.models import delete_unread


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0003_saved_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField("phone", "user", models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=delete_unread)),
    ]
