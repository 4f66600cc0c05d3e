import campaign.content.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('content', '0007_titles_in_mails')]

    dependencies = [
        ('content', '0001_squashed'),
    ]

    operations = [
        migrations.AlterField(
            model_name='campaign',
            name='subject',
            field=models.CharField(help_text='The subject line of every letter.', max_length=150, validators=[campaign.content.validators.refuse_hidden_in_line, campaign.content.validators.refuse_encoded_word]),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='title',
            field=models.CharField(max_length=120, validators=[campaign.content.validators.refuse_hidden_in_line, campaign.content.validators.refuse_encoded_word, campaign.content.validators.refuse_address_marks]),
        ),
    ]
