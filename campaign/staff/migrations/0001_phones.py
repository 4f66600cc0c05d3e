"""Moves the keys of organisers' phones from django-otp's table, where they were plain, into one that encrypts them."""

import campaign.core.encrypted
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


SAME = ("name", "confirmed", "drift", "last_t", "throttling_failure_timestamp", "throttling_failure_count", "last_used_at")


def move_phones(old, new, schema_editor):
    """Make a new phone of each old one: nobody has to set theirs up again."""
    new.objects.bulk_create(
        new(user_id=row.user_id, key=row.key, **{name: getattr(row, name) for name in SAME}) for row in old.objects.all()
    )
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"TRUNCATE {old._meta.db_table}")  # in deleted rows the keys would stand for a while yet
    else:
        old.objects.all().delete()  # SQLite overwrites what it deletes


def encrypt_keys(apps, schema_editor):
    move_phones(apps.get_model("otp_totp", "TOTPDevice"), apps.get_model("staff", "Phone"), schema_editor)


def decrypt_keys(apps, schema_editor):
    move_phones(apps.get_model("staff", "Phone"), apps.get_model("otp_totp", "TOTPDevice"), schema_editor)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("otp_totp", "0003_add_timestamps"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Phone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='The human-readable name of this device.', max_length=64)),
                ('confirmed', models.BooleanField(default=True, help_text='Is this device ready for use?')),
                ('throttling_failure_timestamp', models.DateTimeField(blank=True, default=None, help_text='A timestamp of the last failed verification attempt. Null if last attempt succeeded.', null=True)),
                ('throttling_failure_count', models.PositiveIntegerField(default=0, help_text='Number of successive failed attempts.')),
                ('created_at', models.DateTimeField(auto_now_add=True, help_text='The date and time when this device was initially created in the system.', null=True)),
                ('last_used_at', models.DateTimeField(blank=True, help_text='The most recent date and time this device was used.', null=True)),
                ('key', campaign.core.encrypted.EncryptedTextField(bound_to=['user_id'])),
                ('drift', models.SmallIntegerField(default=0)),
                ('last_t', models.BigIntegerField(default=-1)),
                ('user', models.ForeignKey(help_text='The user that this device belongs to.', on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'phone',
                'verbose_name_plural': 'phones',
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('key', ''), _negated=True), name='phone_has_key')],
            },
        ),
        migrations.RunPython(encrypt_keys, decrypt_keys),
    ]
