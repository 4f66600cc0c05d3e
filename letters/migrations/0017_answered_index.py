from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0016_weekly_digest"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="letter",
            name="letter_answered",
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                condition=models.Q(("answered_at__isnull", False)),
                fields=["campaign", "rehearsal", "answered_at"],
                name="letter_answered",
            ),
        ),
    ]
