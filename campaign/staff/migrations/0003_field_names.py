"""Calls the second factor and a password chosen by somebody else by the field's words.

The phones' table keeps its name, which their keys are encrypted for.
"""

from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("staff", "0002_no_saved_lists")]

    operations = [
        migrations.RenameModel("GivenPassword", "TemporaryPassword"),
        migrations.AlterModelTable("Phone", "staff_phone"),
        migrations.RenameModel("Phone", "TOTPDevice"),
    ]
