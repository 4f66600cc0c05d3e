"""Help texts and labels in plain English."""

import campaign.content.validators
import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('content', '0004_reviews'),
    ]

    operations = [
        migrations.AlterField(
            model_name='argument',
            name='as_of',
            field=models.CharField(help_text='The date of its facts: 2023-02-28, 2023-02 or 2023. It is shown as you write it.', max_length=10, validators=[django.core.validators.RegexValidator('\\A[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?\\Z', 'Write the date as 2022-11-09, or as 2022-11 or 2022 if the day or month is not known.'), campaign.content.validators.refuse_impossible_date]),
        ),
        migrations.AlterField(
            model_name='argument',
            name='order',
            field=models.PositiveSmallIntegerField(default=0, help_text='Letters put their arguments in this order, lowest number first, so that one leads to the next.', verbose_name='place in the letter'),
        ),
        migrations.AlterField(
            model_name='argument',
            name='since',
            field=models.CharField(blank=True, help_text='What has happened since, as a sentence with its date. Supporters see it with the argument.', max_length=500, validators=[campaign.content.validators.refuse_hidden_in_line]),
        ),
        migrations.AlterField(
            model_name='argument',
            name='since_date',
            field=models.CharField(blank=True, help_text='The date you wrote that: 2026-11-29, 2026-11 or 2026.', max_length=10, validators=[django.core.validators.RegexValidator('\\A[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?\\Z', 'Write the date as 2022-11-09, or as 2022-11 or 2022 if the day or month is not known.'), campaign.content.validators.refuse_impossible_date], verbose_name='written on'),
        ),
        migrations.AlterField(
            model_name='ask',
            name='in_chamber',
            field=models.BooleanField(default=False, help_text='Asks for something in the Commons chamber. Not offered to supporters whose MP takes no part there.'),
        ),
        migrations.AlterField(
            model_name='ask',
            name='not_for',
            field=models.JSONField(blank=True, default=list, help_text='The MPs whom it does not suit.', validators=[campaign.content.validators.refuse_unknown_audiences], verbose_name='not for'),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='mode',
            field=models.CharField(choices=[('draft', 'Draft: only organisers can see it'), ('rehearsal', 'Rehearsal: letters go to the test address only'), ('live', 'Live: letters go to MPs'), ('paused', 'Paused: letters are on hold'), ('closed', 'Closed: no new letters')], default='rehearsal', max_length=10),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='openings',
            field=models.TextField(blank=True, help_text='How a letter may begin, one on each line, with {place} for the constituency. If one does not end with a full stop, the supporter’s reason follows: “I am writing to you, as a constituent in {place}, because”.', validators=[campaign.content.validators.refuse_hidden_in_text]),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='own_words_minimum',
            field=models.PositiveSmallIntegerField(default=20, help_text='How many of their own words supporters need before the site sends a letter. Downloading needs none.', validators=[django.core.validators.MaxValueValidator(300)]),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='pause_message',
            field=models.TextField(blank=True, help_text='What supporters read during a pause: why, and until when. Leave empty for a general sentence.', max_length=1000, validators=[campaign.content.validators.refuse_hidden_in_text]),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='preface',
            field=models.TextField(blank=True, help_text='What every letter says after its opening unless its supporter removes it, such as a condemnation. One wording on each line: each letter gets one of them.', validators=[campaign.content.validators.refuse_hidden_in_text]),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='preface_by_default',
            field=models.BooleanField(default=True, help_text='Whether a new letter has it. Supporters can always add or remove it.'),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='promoter_name',
            field=models.CharField(blank=True, help_text='Who runs this campaign. Shown on the page, in emails and in the PDF.', max_length=150, validators=[campaign.content.validators.refuse_hidden_in_line]),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='prompts',
            field=models.TextField(blank=True, help_text='Questions that help people find their own words. One on each line.', validators=[campaign.content.validators.refuse_hidden_in_text]),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='rehearsal_address',
            field=models.EmailField(blank=True, help_text='Where letters go in rehearsal. Leave empty for the operator’s address.', max_length=254),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='send_from',
            field=models.CharField(blank=True, help_text='Such as 08:00, UK time. Outside these hours, letters are on hold. Leave empty for midnight.', max_length=5, validators=[django.core.validators.RegexValidator('\\A([01][0-9]|2[0-3]):[0-5][0-9]\\Z', 'Write the time with four digits, such as 08:00 or 17:30.')], verbose_name='send letters from'),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='send_until',
            field=models.CharField(blank=True, help_text='Such as 18:00. Leave empty for midnight.', max_length=5, validators=[django.core.validators.RegexValidator('\\A([01][0-9]|2[0-3]):[0-5][0-9]\\Z', 'Write the time with four digits, such as 08:00 or 17:30.')], verbose_name='until'),
        ),
        migrations.AlterField(
            model_name='phrasing',
            name='sources',
            field=models.ManyToManyField(blank=True, help_text='The sources that this wording relies on. Choose none for all of the argument’s.', related_name='+', to='content.source'),
        ),
        migrations.AlterField(
            model_name='source',
            name='publisher',
            field=models.CharField(blank=True, help_text='Leave empty if it was spoken.', max_length=200, validators=[campaign.content.validators.refuse_hidden_in_line]),
        ),
        migrations.AlterField(
            model_name='source',
            name='via',
            field=models.CharField(blank=True, help_text='Where it was found, if nobody has seen the source itself, such as “quoted by …”.', max_length=200, validators=[campaign.content.validators.refuse_hidden_in_line]),
        ),
        migrations.AlterConstraint(
            model_name='campaign',
            name='campaign_sends_until_after_from',
            constraint=models.CheckConstraint(condition=models.Q(('send_until', ''), models.Q(('send_until__gt', models.F('send_from')), models.Q(('send_until', '00:00'), _negated=True)), _connector='OR'), name='campaign_sends_until_after_from', violation_error_message='Sending must end later in the day than it begins. To send until midnight, leave the end empty.'),
        ),
    ]
