"""Help texts and labels in plain English."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parliament', '0002_wordings_and_facts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='constituency',
            name='as_of',
            field=models.DateField(help_text='The date of the facts about the constituency itself (its name, its boundaries).'),
        ),
        migrations.AlterField(
            model_name='constituency',
            name='vacant_as_of',
            field=models.DateField(blank=True, help_text='While it has no MP: the date on which that was last known.', null=True),
        ),
        migrations.AlterField(
            model_name='member',
            name='email',
            field=models.EmailField(blank=True, help_text='Never guess it: without an address, letters go by post only.', max_length=254),
        ),
        migrations.AlterConstraint(
            model_name='member',
            name='one_sitting_member_per_seat',
            constraint=models.UniqueConstraint(condition=models.Q(('sitting', True)), fields=('constituency',), name='one_sitting_member_per_seat', violation_error_message='This constituency has an MP already: first untick “sitting” there.'),
        ),
    ]
