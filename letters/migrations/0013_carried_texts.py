"""Letters know which versions of the campaign's texts they carry: those here, where the words are equal."""

import logging
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from campaign.core.ciphers import UndecryptableError

BATCH = 200

logger = logging.getLogger(__name__)


def tie_letters(apps: Any, _editor: Any) -> None:
    """Tie each letter that still has its text to the versions whose words it has, one batch of letters at a time."""
    Letter, CarriedText = apps.get_model("letters", "Letter"), apps.get_model("letters", "CarriedText")
    versions: dict[tuple[int, str, str], list[Any]] = defaultdict(list)
    for version in apps.get_model("content", "TextVersion").objects.order_by("pk"):
        versions[version.campaign_id, version.argument_key, version.kind].append(version)
    letters = Letter.objects.filter(text_erased_at=None).only("pk", "campaign_id", "ask_text").order_by("pk")
    batch = list(letters[:BATCH])
    while batch:
        found = apps.get_model("letters", "LetterParagraph").objects.filter(letter__in=batch)
        rows = groupby(found.order_by("letter_id", "position"), key=lambda row: row.letter_id)
        paragraphs = {pk: list(its) for pk, its in rows}
        carried = []
        for letter in batch:
            try:
                carried += [
                    CarriedText(letter_id=letter.pk, position=position, version=version)
                    for position, version in find_carried(letter, paragraphs.get(letter.pk, []), versions)
                ]
            except UndecryptableError:
                logger.error("letter %s cannot be decrypted: which texts it carries stays unknown", letter.pk)
        CarriedText.objects.bulk_create(carried)
        batch = list(letters.filter(pk__gt=batch[-1].pk)[:BATCH])


def find_carried(letter: Any, paragraphs: list[Any], versions: Any) -> Iterator[tuple[int | None, Any]]:
    introduced: set[str] = set()
    for paragraph in paragraphs:
        here = (letter.campaign_id, paragraph.argument_key)
        if not paragraph.argument_key:
            yield from find_equal(paragraph.position, paragraph.text, versions[*here, "preface"])
            continue
        texts = [*versions[*here, "paragraph"], *versions[*here, "claim"]]
        for version in texts:
            text, people = refer_back(version, introduced)
            if text == paragraph.text:
                introduced |= people
                yield paragraph.position, version
                break
        for note in (*paragraph.sources, paragraph.age):
            yield from find_equal(paragraph.position, note, [*versions[*here, "source"], *versions[*here, "age"]])
    yield from find_equal(None, letter.ask_text, versions[letter.campaign_id, "", "ask"])


def find_equal(position: int | None, words: str, versions: list[Any]) -> Iterator[tuple[int | None, Any]]:
    yield from [(position, version) for version in versions if version.words == words][:1]


def refer_back(version: Any, introduced: set[str]) -> tuple[str, set[str]]:
    """Return the paragraph as it reads after these introductions, and whom it introduces itself."""
    text, own = version.words, set()
    for person in version.values.get("people", []):
        if person["introduced"] not in text:
            continue
        if person["who"] in introduced | own:
            text = text.replace(person["introduced"], person["after"], 1)
        own.add(person["who"])
    return text, own


class Migration(migrations.Migration):

    dependencies = [
        ('content', '0007_versions'),
        ('letters', '0012_age_of_facts'),
    ]

    operations = [
        migrations.CreateModel(
            name='CarriedText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(help_text='Of the paragraph; empty: it is the ask.', null=True)),
                ('edited', models.BooleanField(default=False, help_text='Whether its writer has changed it.')),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.RemoveIndex(
            model_name='letter',
            name='letter_turn',
        ),
        migrations.AddField(
            model_name='letter',
            name='outdated_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='letterevent',
            name='code',
            field=models.CharField(blank=True, choices=[('preparing_lost', 'its sender stopped before it offered the letter'), ('sending_lost', 'its sender stopped while it offered the letter'), ('corrected', 'taken back from its sender, because its writer corrected it'), ('outdated', 'taken back from its sender, because it carries words that were corrected'), ('returned', 'a report of failure came, and the letter was not “sent”'), ('delayed', 'a report of delay came'), ('unclear', 'a report came that a person has to read'), ('soft_bounce', 'the mail provider could not deliver it, for a reason that may pass'), ('member_changed', 'its MP is no longer an MP, or has another address'), ('complaint', 'its recipient complained about it to the mail provider')], max_length=20),
        ),
        migrations.AlterField(
            model_name='letterevent',
            name='type',
            field=models.CharField(choices=[('unconfirmed', 'Waiting for confirmation'), ('queued', 'Queued'), ('held', 'Held'), ('claimed', 'Being prepared'), ('sending', 'Being sent'), ('sent', 'Sent'), ('bounced', 'Bounced'), ('failed', 'Failed'), ('unknown', 'Unknown: may have been delivered'), ('withdrawn', 'Withdrawn'), ('created', 'Written'), ('posted', 'Posted by the supporter'), ('answered', 'Answered by the MP'), ('corrected', 'Corrected by the supporter'), ('outdated', 'Not sent until its writer has chosen: it carries words that were corrected'), ('renewed', 'Its writer has chosen about the corrected words'), ('text_erased', 'Text and address erased'), ('erased', 'Personal data erased'), ('late_reply', "The mail server's reply, received too late"), ('note', 'Note')], max_length=11),
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('confirm', 'Please confirm your letter'), ('remind', 'Your letter is still to be sent'), ('sent', 'Your letter was sent'), ('returned', 'Your letter did not arrive'), ('refused', 'Your letter was not sent'), ('held', 'Your letter is on hold'), ('outdated', 'Your letter needs a correction'), ('corrected', 'A correction to a letter that you sent'), ('links', 'The links to your letters'), ('answer', 'Did your MP answer?')], max_length=10),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(condition=models.Q(('outdated_at__isnull', True), ('status', 'queued')), fields=['campaign', 'rehearsal', 'constituency_gss', 'next_attempt_at'], name='letter_turn'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(condition=models.Q(('outdated_at__isnull', False)), fields=['campaign'], name='letter_outdated'),
        ),
        migrations.AddField(
            model_name='carriedtext',
            name='letter',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='carried', to='letters.letter'),
        ),
        migrations.AddField(
            model_name='carriedtext',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='content.textversion'),
        ),
        migrations.AddConstraint(
            model_name='carriedtext',
            constraint=models.UniqueConstraint(fields=('letter', 'position', 'version'), name='carried_once_in_a_paragraph'),
        ),
        migrations.RunPython(tie_letters, migrations.RunPython.noop, elidable=True),
    ]
