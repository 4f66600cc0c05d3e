"""More subject lines, wordings of asks and whom they are for, and what makes the preface unnecessary."""

import campaign.content.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('content', '0008_first_arguments'),
    ]

    operations = [
        migrations.AddField(
            model_name='argument',
            name='subjects',
            field=models.TextField(blank=True, help_text='For letters that begin with this argument. One on each line.', validators=[campaign.content.validators.refuse_hidden_in_text, campaign.content.validators.refuse_long_lines], verbose_name='subject lines'),
        ),
        migrations.AddField(
            model_name='ask',
            name='only_for',
            field=models.JSONField(blank=True, default=list, help_text='Offer it only in letters to these MPs. Choose none for all.', validators=[campaign.content.validators.refuse_unknown_audiences], verbose_name='only for'),
        ),
        migrations.AddField(
            model_name='ask',
            name='wordings',
            field=models.TextField(blank=True, help_text='One on each line. Each letter gets the one used least in letters to the same MP.', validators=[campaign.content.validators.refuse_hidden_in_text], verbose_name='other wordings'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='preface_signs',
            field=models.TextField(blank=True, help_text='Words that show that a letter already says what the preface says, such as “condemn”, which is also found in “condemned”. One on each line. Such a letter has no preface unless its supporter adds it.', validators=[campaign.content.validators.refuse_hidden_in_text], verbose_name='signs of the preface'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='subjects',
            field=models.TextField(blank=True, help_text='One on each line. Each letter gets the one used least in letters to the same MP.', validators=[campaign.content.validators.refuse_hidden_in_text, campaign.content.validators.refuse_long_lines], verbose_name='more subject lines'),
        ),
        migrations.AlterField(
            model_name='ask',
            name='not_for',
            field=models.JSONField(blank=True, default=list, help_text='Leave out letters to these MPs.', validators=[campaign.content.validators.refuse_unknown_audiences], verbose_name='not for'),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='subject',
            field=models.CharField(help_text='The subject line of letters that get no other.', max_length=150, validators=[campaign.content.validators.refuse_hidden_in_line, campaign.content.validators.refuse_encoded_word]),
        ),
    ]
