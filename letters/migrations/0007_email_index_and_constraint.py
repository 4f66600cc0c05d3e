from django.db import migrations, models
from django.db.models import Q

import campaign.core.encrypted


class Migration(migrations.Migration):
    dependencies = [("letters", "0006_personal_data_encrypted")]

    operations = [
        migrations.AlterField(
            "letter", "sender_email_index", campaign.core.encrypted.BlindIndexField(source="sender_email", db_index=True)
        ),
        migrations.AddConstraint(
            "letter",
            models.CheckConstraint(
                name="letter_scrubbed_has_no_sender",
                condition=Q(scrubbed_at__isnull=True)
                | Q(sender_name="", sender_address="", sender_postcode="", sender_email="", sender_email_index=""),
            ),
        ),
    ]
