"""Versions of the texts that letters may carry; what is said now is the first version of each."""

from collections.abc import Iterator
from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from campaign.content.dates import say_date

BATCH = 500
SAID_BY_SOURCES = ("date", "publisher", "quotation", "title", "url", "via", "who")


def list_versions(apps: Any) -> Iterator[dict[str, Any]]:
    for campaign in apps.get_model("content", "Campaign").objects.all():
        lines = [line.strip() for line in campaign.preface.splitlines() if line.strip()]
        for slot, line in enumerate(lines):
            yield {"campaign_id": campaign.pk, "kind": "preface", "row": campaign.pk, "slot": slot, "words": line}
    for ask in apps.get_model("content", "Ask").objects.iterator():
        values = {"key": ask.key, "label": ask.label}
        yield {"campaign_id": ask.campaign_id, "kind": "ask", "row": ask.pk, "words": ask.text, "values": values}
    for argument in apps.get_model("content", "Argument").objects.prefetch_related("phrasings", "sources"):
        yield from list_of_argument(argument)


def list_of_argument(argument: Any) -> Iterator[dict[str, Any]]:
    of = {"campaign_id": argument.campaign_id, "argument_key": argument.key}
    said = {name: getattr(argument, name) for name in ("title", "since", "since_date", "since_in_letter")}
    yield of | {"kind": "claim", "row": argument.pk, "words": argument.claim, "values": said}
    reviewed_on = str(argument.reviewed_on or "")
    reviewed = f"Last reviewed on {say_date(reviewed_on)}." if reviewed_on else "Not reviewed since."
    age = f"Facts as of {say_date(argument.as_of)}. {reviewed}"
    values = {"as_of": argument.as_of, "reviewed_on": reviewed_on}
    yield of | {"kind": "age", "row": argument.pk, "words": age, "values": values}
    since = f" {argument.since}" if argument.since and argument.since_in_letter else ""
    for phrasing in argument.phrasings.all():
        values = {name: getattr(phrasing, name) for name in ("language", "length", "variant", "people")}
        yield of | {"kind": "paragraph", "row": phrasing.pk, "words": f"{phrasing.text}{since}", "values": values}
    for source in argument.sources.all():
        values = {name: getattr(source, name) for name in SAID_BY_SOURCES}
        yield of | {"kind": "source", "row": source.pk, "words": write_note(source), "values": values}


def write_note(source: Any) -> str:
    said = ""
    for part in (source.who, source.title, source.publisher, say_date(source.date), source.via, source.url):
        if part and part.casefold() not in said.casefold():
            said = f"{said}, {part}" if said else part
    return f"{said}."


def make_first_versions(apps: Any, _editor: Any) -> None:
    TextVersion = apps.get_model("content", "TextVersion")
    TextVersion.objects.bulk_create((TextVersion(**values) for values in list_versions(apps)), batch_size=BATCH)


class Migration(migrations.Migration):

    dependencies = [
        ('content', '0006_local_facts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TextVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('paragraph', 'paragraph'), ('claim', 'claim'), ('source', 'source'), ('age', 'date of the facts'), ('ask', 'ask'), ('preface', 'preface')], max_length=9)),
                ('row', models.PositiveBigIntegerField(help_text='The key of the row that says it, which may have been deleted.')),
                ('slot', models.PositiveSmallIntegerField(default=0, help_text='Which of several texts of one row.')),
                ('argument_key', models.CharField(blank=True, max_length=60)),
                ('words', models.TextField(help_text='As letters carry it.')),
                ('values', models.JSONField(default=dict)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('superseded_at', models.DateTimeField(null=True)),
                ('corrected_at', models.DateTimeField(null=True)),
                ('change', models.CharField(choices=[('first', 'First version'), ('style', 'Change of style'), ('fact', 'Correction of fact'), ('review', 'Review')], default='first', max_length=6)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='content.campaign')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['row', 'kind'], name='versions_of_row')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('superseded_at__isnull', True)), fields=('kind', 'row', 'slot'), name='one_current_version'), models.CheckConstraint(condition=models.Q(('corrected_at__isnull', True), ('superseded_at__isnull', False), _connector='OR'), name='only_an_old_version_is_corrected')],
            },
        ),
        migrations.RunPython(make_first_versions, migrations.RunPython.noop, elidable=True),
    ]
