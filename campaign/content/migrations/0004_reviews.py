"""Dates as they are known, and reviews by persons: what nobody has reviewed is due by the date of its facts."""

import datetime as dt
from typing import Any

import campaign.content.validators
import django.core.validators
from django.db import migrations, models


def count_reviews(apps: Any, _editor: Any) -> None:
    """A review was on the day from which its argument's day was counted; loading a pack was none."""
    for argument in apps.get_model("content", "Argument").objects.all():
        interval = dt.timedelta(days=argument.review_every_days)
        known = dt.date.fromisoformat(argument.as_of)
        if argument.reviewed_by_id:
            argument.reviewed_on = argument.review_by - interval
            known = max(known, argument.reviewed_on)
        argument.review_by = known + interval
        argument.save(update_fields=["reviewed_on", "review_by"])


class Migration(migrations.Migration):

    dependencies = [
        ('content', '0003_wordings_and_facts'),
    ]

    operations = [
        migrations.AddField(
            model_name='argument',
            name='reminded_days',
            field=models.PositiveSmallIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='argument',
            name='review_note',
            field=models.CharField(blank=True, editable=False, max_length=300, validators=[campaign.content.validators.refuse_hidden_in_line]),
        ),
        migrations.AddField(
            model_name='argument',
            name='reviewed_on',
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='argument',
            name='since',
            field=models.CharField(blank=True, help_text='What has happened since, as a sentence that names its date. Supporters see it with the argument.', max_length=500, validators=[campaign.content.validators.refuse_hidden_in_line]),
        ),
        migrations.AddField(
            model_name='argument',
            name='since_date',
            field=models.CharField(blank=True, help_text='When you wrote that: 2026-11-29, 2026-11 or 2026.', max_length=10, validators=[django.core.validators.RegexValidator('\\A[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?\\Z', 'Write the date as 2022-11-09, or as 2022-11 or 2022 if the day or month is not known.'), campaign.content.validators.refuse_impossible_date], verbose_name='written on'),
        ),
        migrations.AddField(
            model_name='argument',
            name='since_in_letter',
            field=models.BooleanField(default=False, help_text="The sentence ends the argument's paragraph in new letters.", verbose_name='also in letters'),
        ),
        migrations.AlterField(
            model_name='argument',
            name='as_of',
            field=models.CharField(help_text='When the facts were so: 2023-02-28, 2023-02 or 2023. It is shown as you write it.', max_length=10, validators=[django.core.validators.RegexValidator('\\A[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?\\Z', 'Write the date as 2022-11-09, or as 2022-11 or 2022 if the day or month is not known.'), campaign.content.validators.refuse_impossible_date]),
        ),
        migrations.AlterField(
            model_name='argument',
            name='review_by',
            field=models.DateField(editable=False),
        ),
        migrations.RunPython(count_reviews, migrations.RunPython.noop, elidable=True),
    ]
