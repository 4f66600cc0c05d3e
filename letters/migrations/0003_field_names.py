"""Calls an event's type and the status that the roll-up has counted by the field's words."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("letters", "0002_codes_and_bindings")]

    operations = [
        migrations.RenameField("letterevent", "what", "type"),
        migrations.RemoveIndex("letter", "letter_uncounted"),  # its condition names the field
        migrations.RenameField("letter", "counted_as", "tallied_status"),
        migrations.AddIndex(
            "letter",
            models.Index(fields=["campaign"], condition=~Q(status=F("tallied_status")), name="letter_uncounted"),
        ),
    ]
