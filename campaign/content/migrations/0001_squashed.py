import campaign.content.validators
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True
    # A database that has all of these has this one.
    replaces = [
        ('content', '0001_initial'),
        ('content', '0002_sending_hours'),
        ('content', '0003_news_and_closing'),
        ('content', '0004_complaints_contact'),
        ('content', '0005_drafts_and_pauses'),
        ('content', '0006_paused_from'),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True, validators=[campaign.content.validators.refuse_reserved_slug])),
                ('title', models.CharField(max_length=120, validators=[campaign.content.validators.refuse_hidden_in_line])),
                ('language', models.CharField(default='en', max_length=10, validators=[django.core.validators.RegexValidator('\\A[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\\Z', 'Write the language as a short code, such as en or cy.')])),
                ('subject', models.CharField(help_text='The subject line of every letter.', max_length=150, validators=[campaign.content.validators.refuse_hidden_in_line])),
                ('tagline', models.CharField(help_text="One sentence at the top of the campaign's page.", max_length=250, validators=[campaign.content.validators.refuse_hidden_in_line])),
                ('brief', models.TextField(help_text='The case in brief. An empty line starts a new paragraph.', validators=[campaign.content.validators.refuse_hidden_in_text])),
                ('credit', models.TextField(blank=True, help_text='Where the arguments come from.', validators=[campaign.content.validators.refuse_hidden_in_text])),
                ('prompts', models.TextField(blank=True, help_text='Questions that help people find their own words, one a line.', validators=[campaign.content.validators.refuse_hidden_in_text])),
                ('own_words_minimum', models.PositiveSmallIntegerField(default=20, help_text='Words of their own that a supporter needs before the site sends the letter. Downloading needs none.', validators=[django.core.validators.MaxValueValidator(300)])),
                ('mode', models.CharField(choices=[('draft', 'Draft: only organisers see it'), ('rehearsal', 'Rehearsal: letters go to the test address only'), ('live', 'Live: letters go to MPs'), ('paused', 'Paused: letters wait'), ('closed', 'Closed: no new letters')], default='rehearsal', max_length=10)),
                ('starts_on', models.DateField(blank=True, null=True)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('send_from', models.CharField(blank=True, help_text='Such as 08:00, UK time. Outside these hours letters wait. Empty: from midnight.', max_length=5, validators=[django.core.validators.RegexValidator('\\A([01][0-9]|2[0-3]):[0-5][0-9]\\Z', 'Write the time with four digits, such as 08:00 or 17:30.')], verbose_name='send letters from')),
                ('send_until', models.CharField(blank=True, help_text='Such as 18:00. Empty: midnight.', max_length=5, validators=[django.core.validators.RegexValidator('\\A([01][0-9]|2[0-3]):[0-5][0-9]\\Z', 'Write the time with four digits, such as 08:00 or 17:30.')], verbose_name='until')),
                ('send_days', models.CharField(blank=True, choices=[('', 'Every day'), ('weekdays', 'Monday to Friday')], max_length=8, verbose_name='on')),
                ('promoter_name', models.CharField(blank=True, help_text='Who runs this campaign. Shown on the page, in mails and in the PDF.', max_length=150, validators=[campaign.content.validators.refuse_hidden_in_line])),
                ('promoter_address', models.TextField(blank=True, help_text='Postal address of the promoter, for the imprint.', validators=[campaign.content.validators.refuse_hidden_in_text])),
                ('contact_email', models.EmailField(blank=True, max_length=254)),
                ('complaints_contact', models.CharField(blank=True, help_text='Who deals with complaints, and how to reach them: a name with an email address or a phone number.', max_length=200, validators=[campaign.content.validators.refuse_hidden_in_line])),
                ('rehearsal_address', models.EmailField(blank=True, help_text='Where letters go in rehearsal. Empty: the address the operator has set.', max_length=254)),
                ('offers_news', models.BooleanField(default=False, help_text='Supporters are asked, separately, whether they want news of this campaign by email.')),
                ('pause_message', models.TextField(blank=True, help_text='What supporters read during a pause: why, and until when. Empty: a general sentence.', max_length=1000, validators=[campaign.content.validators.refuse_hidden_in_text])),
                ('paused_from', models.CharField(blank=True, editable=False, max_length=10)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('closed_at', models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                'ordering': ['title'],
                'permissions': [('take_live', 'Can take a campaign live, so that letters go to MPs')],
                'constraints': [models.CheckConstraint(condition=models.Q(('starts_on__isnull', True), ('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='campaign_ends_after_it_starts', violation_error_message='The campaign has to end after it starts.'), models.CheckConstraint(condition=models.Q(('send_until', ''), models.Q(('send_until__gt', models.F('send_from')), models.Q(('send_until', '00:00'), _negated=True)), _connector='OR'), name='campaign_sends_until_after_from', violation_error_message='Sending has to end later in the day than it begins. For hours over midnight, leave the end empty.')],
            },
        ),
        migrations.CreateModel(
            name='Argument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60)),
                ('title', models.CharField(max_length=120, validators=[campaign.content.validators.refuse_hidden_in_line])),
                ('claim', models.CharField(max_length=300, validators=[campaign.content.validators.refuse_hidden_in_line])),
                ('as_of', models.DateField(help_text='The date at which the facts hold.', validators=[campaign.content.validators.refuse_future_date])),
                ('review_every_days', models.PositiveSmallIntegerField(default=180, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3650)])),
                ('review_by', models.DateField(blank=True, help_text='After this day the argument is not offered until somebody has reviewed it.')),
                ('published', models.BooleanField(default=True)),
                ('dropped_by_pack', models.BooleanField(default=False, editable=False)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('reviewed_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='arguments', to='content.campaign')),
            ],
            options={
                'ordering': ['theme__position', 'position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('who', models.CharField(max_length=200, validators=[campaign.content.validators.refuse_hidden_in_line])),
                ('publisher', models.CharField(max_length=200, validators=[campaign.content.validators.refuse_hidden_in_line])),
                ('date', models.CharField(help_text='2022-11-09, 2022-11 or 2022', max_length=10, validators=[django.core.validators.RegexValidator('\\A[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?\\Z', 'Write the date as 2022-11-09, or as 2022-11 or 2022 if the day or month is not known.'), campaign.content.validators.refuse_impossible_date])),
                ('title', models.CharField(max_length=300, validators=[campaign.content.validators.refuse_hidden_in_line])),
                ('url', models.URLField(blank=True, max_length=500, validators=[campaign.content.validators.refuse_other_schemes])),
                ('quotation', models.TextField(blank=True, help_text='The exact words, if any are quoted.', validators=[campaign.content.validators.refuse_hidden_in_text])),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('argument', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sources', to='content.argument')),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Theme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60)),
                ('title', models.CharField(max_length=120, validators=[campaign.content.validators.refuse_hidden_in_line])),
                ('intro', models.CharField(blank=True, max_length=300, validators=[campaign.content.validators.refuse_hidden_in_line])),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='themes', to='content.campaign')),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.AddField(
            model_name='argument',
            name='theme',
            field=models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='arguments', to='content.theme'),
        ),
        migrations.CreateModel(
            name='Ask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60)),
                ('label', models.CharField(max_length=150, validators=[campaign.content.validators.refuse_hidden_in_line])),
                ('text', models.TextField(validators=[campaign.content.validators.refuse_hidden_in_text])),
                ('in_chamber', models.BooleanField(default=False, help_text='Asks for something done in the Commons chamber: not offered to those whose MP takes no part there.')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='asks', to='content.campaign')),
            ],
            options={
                'ordering': ['position', 'id'],
                'constraints': [models.UniqueConstraint(fields=('campaign', 'key'), name='ask_key_unique_in_campaign')],
            },
        ),
        migrations.CreateModel(
            name='Phrasing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(default='en', max_length=10, validators=[django.core.validators.RegexValidator('\\A[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\\Z', 'Write the language as a short code, such as en or cy.')])),
                ('length', models.CharField(choices=[('short', 'Short'), ('full', 'Full')], max_length=5)),
                ('text', models.TextField(validators=[campaign.content.validators.refuse_hidden_in_text])),
                ('argument', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='phrasings', to='content.argument')),
            ],
            options={
                'ordering': ['language', '-length'],
                'constraints': [models.UniqueConstraint(fields=('argument', 'language', 'length'), name='phrasing_unique_in_argument')],
            },
        ),
        migrations.AddConstraint(
            model_name='theme',
            constraint=models.UniqueConstraint(fields=('campaign', 'key'), name='theme_key_unique_in_campaign'),
        ),
        migrations.AddConstraint(
            model_name='argument',
            constraint=models.UniqueConstraint(fields=('campaign', 'key'), name='argument_key_unique_in_campaign'),
        ),
    ]
