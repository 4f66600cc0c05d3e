"""Organisers are reminded of reviews."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('letters', '0004_alerts_by_two_ways'),
    ]

    operations = [
        migrations.AlterField(
            model_name='alert',
            name='kind',
            field=models.CharField(choices=[('paused', 'The queue is paused'), ('resumed', 'The queue goes on'), ('unwell', 'Something is wrong with the site'), ('well', 'The site is well again'), ('redirected', 'Where letters go has been changed'), ('review', 'Arguments to review')], max_length=10),
        ),
        migrations.AlterField(
            model_name='alert',
            name='words',
            field=models.TextField(blank=True, help_text='What is wrong; who changed what; or which arguments have to be reviewed.'),
        ),
    ]
