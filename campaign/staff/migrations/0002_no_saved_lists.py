from django.db import migrations


class Migration(migrations.Migration):

    replaces = [('staff', '0005_no_saved_lists')]

    dependencies = [
        ('staff', '0001_squashed'),
    ]

    operations = [
        migrations.DeleteModel(
            name='SavedList',
        ),
    ]
