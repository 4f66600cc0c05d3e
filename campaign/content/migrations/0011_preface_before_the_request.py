"""The preface comes after the arguments."""

import campaign.content.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('content', '0010_campaign_pictures'),
    ]

    operations = [
        migrations.AlterField(
            model_name='campaign',
            name='preface',
            field=models.TextField(blank=True, help_text='What every letter says before its request unless its supporter removes it, such as a condemnation. One wording on each line: each letter gets one of them.', validators=[campaign.content.validators.refuse_hidden_in_text]),
        ),
    ]
