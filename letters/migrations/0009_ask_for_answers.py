"""Supporters are asked once whether an answer came."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('letters', '0008_carried_arguments_stay'),
    ]

    operations = [
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('confirm', 'Please confirm your letter'), ('remind', 'Your letter is still to be sent'), ('sent', 'Your letter was sent'), ('returned', 'Your letter did not arrive'), ('refused', 'Your letter was not sent'), ('held', 'Your letter is on hold'), ('links', 'The links to your letters'), ('answer', 'Did your MP answer?')], max_length=10),
        ),
    ]
