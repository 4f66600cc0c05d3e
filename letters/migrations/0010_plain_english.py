"""Help texts and labels in plain English."""

import django.core.validators
import django.utils.timezone
import letters.models.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('letters', '0009_ask_for_answers'),
    ]

    operations = [
        migrations.AlterField(
            model_name='alert',
            name='kind',
            field=models.CharField(choices=[('paused', 'The queue is paused'), ('resumed', 'The queue has resumed'), ('unwell', 'Something is wrong with the site'), ('well', 'The site is working again'), ('redirected', 'Where letters go has been changed'), ('review', 'Arguments to review')], max_length=10),
        ),
        migrations.AlterField(
            model_name='alert',
            name='second_due_at',
            field=models.DateTimeField(default=django.utils.timezone.now, help_text='By the second way. Empty: sent, or given up.', null=True),
        ),
        migrations.AlterField(
            model_name='breaker',
            name='failures',
            field=models.PositiveIntegerField(default=0, help_text="In a row, for reasons of the server's."),
        ),
        migrations.AlterField(
            model_name='breaker',
            name='opened_at',
            field=models.DateTimeField(help_text='The queue has been paused since then.', null=True),
        ),
        migrations.AlterField(
            model_name='breaker',
            name='probe_at',
            field=models.DateTimeField(help_text='When one letter will test whether it works again.', null=True),
        ),
        migrations.AlterField(
            model_name='finding',
            name='rule',
            field=models.CharField(choices=[('threat', 'Threatening words'), ('link', 'A link'), ('postcode', 'A postcode in another constituency'), ('member', 'The MP as sender'), ('disposable', 'A throw-away address'), ('near-copy', 'A near-copy of another letter')], max_length=10),
        ),
        migrations.AlterField(
            model_name='holdrules',
            name='disposable',
            field=models.TextField(blank=True, default='10minutemail.com\nguerrillamail.com\nmailinator.com\ntemp-mail.org\ntrashmail.com\nyopmail.com\n', help_text='Such as mailinator.com, one on each line. This includes their subdomains. Leave empty to turn the rule off.', validators=[letters.models.validators.refuse_odd_domains, django.core.validators.MaxLengthValidator(10000)], verbose_name='throw-away mail domains'),
        ),
        migrations.AlterField(
            model_name='holdrules',
            name='members',
            field=models.BooleanField(default=True, help_text="The writer's name is the MP's.", verbose_name='the MP as sender'),
        ),
        migrations.AlterField(
            model_name='holdrules',
            name='near_copies',
            field=models.BooleanField(default=False, help_text='Letters whose own words are nearly the same as in another letter to the same MP. Off at first: families and groups write together, and the builder tells writers already.', verbose_name='near-copies'),
        ),
        migrations.AlterField(
            model_name='holdrules',
            name='postcodes',
            field=models.BooleanField(default=True, help_text='A postcode in the text or address that is in another constituency.', verbose_name='postcodes elsewhere'),
        ),
        migrations.AlterField(
            model_name='holdrules',
            name='threats',
            field=models.TextField(blank=True, default='kill* you\nshoot you\nstab you\nhang you\nhurt you\nbeat you up\nburn* your house\nyou * die\ndeserve a bullet\nknow where you live\nwatch your back\ncoming for you\n', help_text='One word or phrase on each line. * stands for any letters: “kill* you” finds “killing you”. Case and accents do not matter. Leave empty to turn the rule off.', validators=[letters.models.validators.refuse_wide_phrases, django.core.validators.MaxLengthValidator(10000)], verbose_name='threatening words'),
        ),
        migrations.AlterField(
            model_name='letterevent',
            name='code',
            field=models.CharField(blank=True, choices=[('preparing_lost', 'its sender stopped before it offered the letter'), ('sending_lost', 'its sender stopped while it offered the letter'), ('corrected', 'taken back from its sender, because its writer corrected it'), ('returned', 'a report of failure came, and the letter was not “sent”'), ('delayed', 'a report of delay came'), ('unclear', 'a report came that a person has to read'), ('soft_bounce', 'the mail provider could not deliver it, for a reason that may pass'), ('member_changed', 'its MP is no longer an MP, or has another address'), ('complaint', 'its recipient complained about it to the mail provider')], max_length=20),
        ),
        migrations.AlterField(
            model_name='letterevent',
            name='type',
            field=models.CharField(choices=[('unconfirmed', 'Waiting for confirmation'), ('queued', 'Queued'), ('held', 'Held'), ('claimed', 'Being prepared'), ('sending', 'Being sent'), ('sent', 'Sent'), ('bounced', 'Bounced'), ('failed', 'Failed'), ('unknown', 'Unknown: may have been delivered'), ('withdrawn', 'Withdrawn'), ('created', 'Written'), ('posted', 'Posted by the supporter'), ('answered', 'Answered by the MP'), ('corrected', 'Corrected by the supporter'), ('text_erased', 'Text and address erased'), ('erased', 'Personal data erased'), ('late_reply', "The mail server's reply, received too late"), ('note', 'Note')], max_length=11),
        ),
        migrations.AlterField(
            model_name='notice',
            name='due_at',
            field=models.DateTimeField(default=django.utils.timezone.now, help_text='Empty: sent, or given up.', null=True),
        ),
        migrations.AlterField(
            model_name='refusal',
            name='reason',
            field=models.CharField(blank=True, help_text='The writer reads it word for word.', max_length=300),
        ),
    ]
