"""How a letter shows its sources is one of several; labels in plain English."""

import django.core.validators
import django.utils.timezone
import letters.models.validators
from django.db import migrations, models


def keep_choice(apps, schema_editor):
    apps.get_model("letters", "Letter").objects.filter(with_sources=False).update(source_style="none")


def restore_choice(apps, schema_editor):
    apps.get_model("letters", "Letter").objects.filter(source_style="none").update(with_sources=False)


class Migration(migrations.Migration):

    dependencies = [
        ('letters', '0013_carried_texts'),
    ]

    operations = [
        migrations.AddField(
            model_name='letter',
            name='source_style',
            field=models.CharField(choices=[('none', 'Not in the letter: its sentences say who said it, and when'), ('line', 'In a line at the end'), ('notes', 'In a list at the end, with numbers in the text')], default='notes', max_length=5, verbose_name='sources'),
        ),
        migrations.RunPython(keep_choice, restore_choice),
        migrations.RemoveField(
            model_name='letter',
            name='with_sources',
        ),
        migrations.AlterField(
            model_name='alert',
            name='due_at',
            field=models.DateTimeField(default=django.utils.timezone.now, help_text='Not set once it has been sent or given up.', null=True),
        ),
        migrations.AlterField(
            model_name='alert',
            name='second_due_at',
            field=models.DateTimeField(default=django.utils.timezone.now, help_text='By the second way. Not set once it has been sent or given up.', null=True),
        ),
        migrations.AlterField(
            model_name='finding',
            name='rule',
            field=models.CharField(choices=[('threat', 'Threatening words'), ('link', 'A link'), ('postcode', 'A postcode in another constituency'), ('member', 'The MP as sender'), ('disposable', 'A disposable email address'), ('near-copy', 'A near-copy of another letter')], max_length=10),
        ),
        migrations.AlterField(
            model_name='holdrules',
            name='disposable',
            field=models.TextField(blank=True, default='10minutemail.com\nguerrillamail.com\nmailinator.com\ntemp-mail.org\ntrashmail.com\nyopmail.com\n', help_text='Such as mailinator.com, one on each line. This includes their subdomains. Leave empty to turn the rule off.', validators=[letters.models.validators.refuse_odd_domains, django.core.validators.MaxLengthValidator(10000)], verbose_name='disposable email domains'),
        ),
        migrations.AlterField(
            model_name='letterparagraph',
            name='variant',
            field=models.PositiveSmallIntegerField(help_text='Which of the argument’s wordings, or of the openings, it began as; none for the supporter’s own.', null=True),
        ),
        migrations.AlterField(
            model_name='notice',
            name='due_at',
            field=models.DateTimeField(default=django.utils.timezone.now, help_text='Not set once it has been sent or given up.', null=True),
        ),
    ]
