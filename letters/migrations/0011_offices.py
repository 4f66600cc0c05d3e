"""How to reply, a phone number, whose case, on whose behalf."""

import campaign.core.encrypted
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('content', '0004_reviews'),
        ('letters', '0010_plain_english'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='letter',
            name='letter_without_text_has_no_address',
        ),
        migrations.AddField(
            model_name='letter',
            name='on_behalf_of',
            field=campaign.core.encrypted.EncryptedTextField(blank=True, max_length=100, verbose_name='on behalf of'),
        ),
        migrations.AddField(
            model_name='letter',
            name='own_case',
            field=models.BooleanField(default=False, verbose_name="also about the writer's own case"),
        ),
        migrations.AddField(
            model_name='letter',
            name='reply_by',
            field=models.CharField(blank=True, choices=[('email', 'By email'), ('post', 'By post')], max_length=5, verbose_name='reply'),
        ),
        migrations.AddField(
            model_name='letter',
            name='sender_phone',
            field=campaign.core.encrypted.EncryptedTextField(blank=True, max_length=40, verbose_name='phone'),
        ),
        migrations.AlterField(
            model_name='finding',
            name='part',
            field=models.CharField(choices=[('text', 'paragraph'), ('name', 'name'), ('address', 'address'), ('email', 'email'), ('behalf', 'on behalf of'), ('whole', 'the whole letter')], max_length=7),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.CheckConstraint(condition=models.Q(('text_erased_at__isnull', True), models.Q(('ask_text', ''), ('on_behalf_of', ''), ('sender_address', ''), ('sender_phone', ''), ('sender_postcode', '')), _connector='OR'), name='letter_without_text_has_no_address'),
        ),
    ]
