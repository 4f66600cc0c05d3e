"""Codes in place of sentences; letters given up in a field; ciphertexts bound to their table, column and row."""

import logging
from typing import Any

from django.db import migrations, models
from django.db.models import Exists, OuterRef

from campaign.core.rotation import rotate_tables

logger = logging.getLogger(__name__)


# What a letter's events have said in words until now, and what says it from now on.
CODES = {
    "Taken back from its sender: corrected by its writer.": "corrected",
    "The sender stopped before sending.": "preparing_lost",
    "The sender stopped while sending.": "sending_lost",
    "A failure report came, but the letter was not “sent”; its status stays as it is.": "returned",
    "The recipient's mail server has not delivered it yet and goes on trying.": "delayed",
    "A mail server's report came that only a person can read; it is in the mailbox for returned mail.": "unclear",
    "The mail provider says that it could not deliver it, for a reason that may pass.": "soft_bounce",
    "The mail provider says that its recipient complained of it as unwanted.": "complaint",
}
EXPORTED = 10  # letters.admin.exports


def write_codes(apps: Any, _editor: Any) -> None:
    events = apps.get_model("letters", "LetterEvent").objects
    for words, code in CODES.items():
        events.filter(note__startswith=words).update(code=code)
    entries = apps.get_model("admin", "LogEntry").objects
    of_letters = entries.filter(content_type__app_label="letters", content_type__model="letter", object_id=None)
    of_letters.filter(change_message__startswith="Exported").update(action_flag=EXPORTED)


def write_given_up(apps: Any, _editor: Any) -> None:
    """A person has given up a letter if the last of its failures is theirs, and they have not refused it."""
    events = apps.get_model("letters", "LetterEvent").objects
    again = events.filter(letter=OuterRef("letter"), what="failed", pk__gt=OuterRef("pk"))
    last = events.filter(~Exists(again), what="failed", actor__isnull=False, letter__status="failed")
    for pk, at in last.filter(letter__refusal=None).values_list("letter", "at"):
        apps.get_model("letters", "Letter").objects.filter(pk=pk).update(given_up_at=at)


def bind_values(apps, schema_editor):
    for table in rotate_tables(apps.get_models()):
        if table.unreadable:  # and was so before
            logger.error("%s: %d rows cannot be decrypted, and stay as they are", table.name, table.unreadable)


class Migration(migrations.Migration):

    replaces = [
        ('letters', '0018_destination_changes'),
        ('letters', '0019_given_up'),
        ('letters', '0020_ciphertexts_bound'),
    ]

    dependencies = [
        ('admin', '0003_logentry_add_action_flag_choices'),
        ('content', '0001_squashed'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('letters', '0001_squashed'),
        ('staff', '0002_no_saved_lists'),
    ]

    operations = [
        migrations.AlterField(
            model_name='alert',
            name='kind',
            field=models.CharField(choices=[('paused', 'The queue is paused'), ('resumed', 'The queue goes on'), ('redirected', 'Where letters go has been changed')], max_length=10),
        ),
        migrations.AlterField(
            model_name='alert',
            name='words',
            field=models.TextField(blank=True, help_text='What the mail server said; or who changed what.'),
        ),
        migrations.AddField(
            model_name='heartbeat',
            name='seconds_ahead',
            field=models.FloatField(help_text="Of the database's clock, where one was wrong.", null=True),
        ),
        migrations.AddField(
            model_name='letter',
            name='given_up_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='letterevent',
            name='code',
            field=models.CharField(blank=True, choices=[('preparing_lost', 'its sender was gone before it offered the letter'), ('sending_lost', 'its sender was gone while it offered the letter'), ('corrected', 'taken back from its sender, because its writer corrected it'), ('returned', 'a report of failure came, and the letter was not “sent”'), ('delayed', 'a report of delay came'), ('unclear', 'a report came that a person has to read'), ('soft_bounce', 'the mail provider could not deliver it, for a reason that may pass'), ('complaint', 'its recipient complained of it to the mail provider')], max_length=20),
        ),
        migrations.AlterField(
            model_name='letterevent',
            name='what',
            field=models.CharField(choices=[('unconfirmed', 'Waiting for confirmation'), ('queued', 'Queued'), ('held', 'Held'), ('claimed', 'Being prepared'), ('sending', 'Being sent'), ('sent', 'Sent'), ('bounced', 'Bounced'), ('failed', 'Failed'), ('unknown', 'Unknown: may have been delivered'), ('withdrawn', 'Withdrawn'), ('created', 'Written'), ('posted', 'Posted by the supporter'), ('answered', 'Answered by the MP'), ('corrected', 'Corrected by the supporter'), ('text_erased', 'Text and address erased'), ('erased', 'Personal data erased'), ('late_reply', "The mail server's reply, heard too late"), ('note', 'Note')], max_length=11),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(condition=models.Q(('given_up_at__isnull', False)), fields=['campaign'], name='letter_given_up'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.CheckConstraint(condition=models.Q(('given_up_at__isnull', True), ('status', 'failed'), _connector='OR'), name='letter_given_up_has_failed'),
        ),
        migrations.RunPython(write_codes, migrations.RunPython.noop),
        migrations.RunPython(write_given_up, migrations.RunPython.noop),
        migrations.RunPython(bind_values, migrations.RunPython.noop),
    ]
