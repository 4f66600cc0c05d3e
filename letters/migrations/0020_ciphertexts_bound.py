"""Binds what is encrypted to its row, column and table, organisers' phones included. It can be stopped and run again."""

import logging

from django.db import migrations

from campaign.core.rotation import rotate_tables

logger = logging.getLogger(__name__)


def bind_values(apps, schema_editor):
    for table in rotate_tables(apps.get_models()):
        if table.unreadable:  # and was so before
            logger.error("%s: %d rows cannot be decrypted, and stay as they are", table.name, table.unreadable)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("letters", "0019_given_up"),
        ("staff", "0005_no_saved_lists"),
    ]

    operations = [migrations.RunPython(bind_values, migrations.RunPython.noop)]
