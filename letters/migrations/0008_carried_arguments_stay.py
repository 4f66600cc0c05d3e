"""An argument that letters carry is not deleted."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('content', '0004_reviews'),
        ('letters', '0007_confirmation_reminders'),
    ]

    operations = [
        migrations.AlterField(
            model_name='letterparagraph',
            name='argument',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='content.argument'),
        ),
    ]
