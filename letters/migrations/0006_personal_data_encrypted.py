"""Encrypts what is there. The columns become plain text first, so that both readings can be told apart."""

from django.db import migrations, models

import campaign.core.ciphers
import campaign.core.encrypted

BATCH = 500
OF_PARAGRAPH = ["letter_id", "position"]
LETTER = {
    "ask_text": {},
    "sender_address": {"max_length": 500, "verbose_name": "address"},
    "sender_email": {"max_length": 254, "verbose_name": "email"},
    "sender_name": {"max_length": 100, "verbose_name": "name"},
    "sender_postcode": {"max_length": 8, "verbose_name": "postcode"},
}


def rewrite(model, fields, change, keys=("id",), index=False):
    """Change the fields of every row, for its place, some rows at a time, in the order of the key."""
    last = None
    while True:
        rows = model.objects.order_by("pk").only("pk", *keys, *fields)
        batch = list((rows if last is None else rows.filter(pk__gt=last))[:BATCH])
        if not batch:
            return
        for row in batch:
            if index:
                row.sender_email_index = campaign.core.ciphers.make_index(row.sender_email)
            for field in fields:
                parts = [str(getattr(row, key)).replace("-", "") for key in keys]  # a UUID in hex, or a number
                place = " ".join([f"{model._meta.db_table}.{field}", *parts])
                setattr(row, field, change(getattr(row, field), "letters", place))
        written = [*fields, "sender_email_index"] if index else fields
        model.objects.bulk_update(batch, written, batch_size=100)
        last = batch[-1].pk


def encrypt_rows(apps, schema_editor):
    rewrite(apps.get_model("letters", "Letter"), list(LETTER), campaign.core.ciphers.encrypt, index=True)
    rewrite(apps.get_model("letters", "LetterParagraph"), ["text"], campaign.core.ciphers.encrypt, OF_PARAGRAPH)


def decrypt_rows(apps, schema_editor):
    rewrite(apps.get_model("letters", "Letter"), list(LETTER), campaign.core.ciphers.decrypt)
    rewrite(apps.get_model("letters", "LetterParagraph"), ["text"], campaign.core.ciphers.decrypt, OF_PARAGRAPH)


def encrypted_state():
    for name, options in LETTER.items():
        yield migrations.AlterField("letter", name, campaign.core.encrypted.EncryptedTextField(blank=True, **options))
    text = campaign.core.encrypted.EncryptedTextField(blank=True, bound_to=OF_PARAGRAPH)
    yield migrations.AlterField("letterparagraph", "text", text)


class Migration(migrations.Migration):
    dependencies = [("letters", "0005_resending_and_posting")]

    operations = [
        migrations.RemoveConstraint("letter", "letter_scrubbed_has_no_sender"),
        *(migrations.AlterField("letter", name, models.TextField(blank=True)) for name in LETTER),
        # Its index comes after the rows are written: PostgreSQL makes none on rows with pending changes.
        migrations.AddField(
            "letter",
            "sender_email_index",
            campaign.core.encrypted.BlindIndexField(source="sender_email", default="", db_index=False),
            preserve_default=False,
        ),
        migrations.RunPython(encrypt_rows, decrypt_rows),
        migrations.SeparateDatabaseAndState(state_operations=list(encrypted_state())),
        migrations.AlterModelOptions(
            "letter",
            {"ordering": ["-created_at"], "permissions": [("find_by_email", "Can find letters by a supporter's email")]},
        ),
    ]
