"""How old a paragraph's facts are, apart from its sources."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('letters', '0011_offices'),
    ]

    operations = [
        migrations.AddField(
            model_name='letterparagraph',
            name='age',
            field=models.CharField(blank=True, help_text='How old its facts are, if nobody has reviewed them since.', max_length=200),
        ),
    ]
