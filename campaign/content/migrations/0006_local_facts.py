"""Facts about constituencies."""

import campaign.content.validators
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('content', '0005_plain_english'),
    ]

    operations = [
        migrations.CreateModel(
            name='LocalFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gss', models.CharField(max_length=9, validators=[django.core.validators.RegexValidator('\\A[ENSW][0-9]{8}\\Z', 'Write the GSS code as a letter and eight digits, such as E14001064.')], verbose_name='GSS code')),
                ('figure', models.CharField(max_length=60, validators=[campaign.content.validators.refuse_hidden_in_line])),
                ('sentence', models.CharField(max_length=300, validators=[campaign.content.validators.refuse_hidden_in_line])),
                ('source', models.CharField(max_length=300, validators=[campaign.content.validators.refuse_hidden_in_line])),
                ('date', models.CharField(max_length=10, validators=[django.core.validators.RegexValidator('\\A[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?\\Z', 'Write the date as 2022-11-09, or as 2022-11 or 2022 if the day or month is not known.'), campaign.content.validators.refuse_impossible_date])),
                ('valid_until', models.DateField()),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='local_facts', to='content.campaign')),
            ],
            options={
                'ordering': ['gss'],
                'constraints': [models.UniqueConstraint(fields=('campaign', 'gss'), name='local_fact_unique_in_constituency')],
            },
        ),
    ]
