"""SQLite keeps what it has overwritten in the free pages of its file; this rewrites the file without them.

PostgreSQL reuses such space by itself, and no dump holds it.
"""

from django.db import migrations


def rewrite_file(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("letters", "0007_email_index_and_constraint")]
    operations = [migrations.RunPython(rewrite_file, migrations.RunPython.noop)]
