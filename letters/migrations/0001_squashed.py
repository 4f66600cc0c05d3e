import campaign.core.encrypted
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import letters.models.validators
import letters.models
import uuid
from django.conf import settings
from django.db import migrations, models

from campaign.staff.roles import make_roles

CONTENT = ("campaign", "theme", "argument", "phrasing", "source", "ask")
VIEWER = [
    "letters.view_letter",
    "letters.view_tally",
    *(f"content.view_{model}" for model in CONTENT),
    "parliament.view_constituency",
    "parliament.view_member",
]
MODERATOR = [
    *VIEWER,
    "letters.see_personal_data",
    "letters.decide_letter",
    "letters.moderate_letter",
    "letters.view_holdrules",
]
ORGANISER = [
    *MODERATOR,
    "letters.find_by_email",
    "letters.export_letter",
    "letters.change_holdrules",
    *(f"content.{verb}_{model}" for verb in ("add", "change") for model in CONTENT),
    *(f"content.delete_{model}" for model in CONTENT if model != "campaign"),
    "content.take_live",
    "parliament.change_constituency",
    "parliament.add_member",
    "parliament.change_member",
]
PRIVACY_OFFICER = [
    *VIEWER,
    "letters.see_personal_data",
    "letters.find_by_email",
    "letters.export_letter",
    "letters.export_personal_data",
]
ROLES = {
    "Viewer": VIEWER,
    "Moderator": MODERATOR,
    "Organiser": ORGANISER,
    "Privacy officer": PRIVACY_OFFICER,
}


def add_roles(apps, schema_editor):
    make_roles(apps, ROLES, schema_editor.connection.alias)


class Migration(migrations.Migration):

    initial = True
    # A database that has all of these has this one.
    replaces = [
        ('letters', '0001_initial'),
        ('letters', '0002_letters_are_compared'),
        ('letters', '0003_letters_are_counted'),
        ('letters', '0004_turns'),
        ('letters', '0005_resending_and_posting'),
        ('letters', '0006_personal_data_encrypted'),
        ('letters', '0007_email_index_and_constraint'),
        ('letters', '0008_nothing_left_in_free_pages'),
        ('letters', '0009_rights'),
        ('letters', '0010_letters_listed'),
        ('letters', '0011_breaker'),
        ('letters', '0012_roles'),
        ('letters', '0013_fewer_indexes'),
        ('letters', '0014_moderation'),
        ('letters', '0015_answered_counted'),
        ('letters', '0016_rules_named'),
        ('letters', '0017_fewer_indexes_again'),
    ]

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('content', '0001_squashed'),
        ('parliament', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('paused', 'The queue is paused'), ('resumed', 'The queue goes on')], max_length=10)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('words', models.CharField(blank=True, help_text='What the mail server said.', max_length=500)),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now, help_text='Empty: sent or given up.', null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Breaker',
            fields=[
                ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('failures', models.PositiveIntegerField(default=0, help_text="In a row, for the server's own reasons.")),
                ('failing_since', models.DateTimeField(null=True)),
                ('last_answer', models.CharField(blank=True, max_length=500)),
                ('opened_at', models.DateTimeField(help_text='Since when the queue is paused.', null=True)),
                ('probe_at', models.DateTimeField(help_text='When one letter tries whether it works again.', null=True)),
                ('probes', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('opened_at__isnull', True), ('probe_at__isnull', False), _connector='OR'), name='breaker_open_has_probe')],
            },
        ),
        migrations.CreateModel(
            name='HoldRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('threats', models.TextField(blank=True, default='kill* you\nshoot you\nstab you\nhang you\nhurt you\nbeat you up\nburn* your house\nyou * die\ndeserve a bullet\nknow where you live\nwatch your back\ncoming for you\n', help_text='One word or phrase a line; * stands for any letters: “kill* you” finds “killing you”. Case and accents do not matter. Empty: the rule is off.', validators=[letters.models.validators.refuse_wide_phrases, django.core.validators.MaxLengthValidator(10000)], verbose_name='threatening words')),
                ('links', models.BooleanField(default=True, help_text="Web addresses in the writer's own words, name or address.")),
                ('postcodes', models.BooleanField(default=True, help_text='A postcode in the text or address that lies in another constituency.', verbose_name='postcodes elsewhere')),
                ('members', models.BooleanField(default=True, help_text="The writer has the MP's own name.", verbose_name='the MP as sender')),
                ('disposable', models.TextField(blank=True, default='10minutemail.com\nguerrillamail.com\nmailinator.com\ntemp-mail.org\ntrashmail.com\nyopmail.com\n', help_text='Such as mailinator.com, one a line; their subdomains are meant, too. Empty: the rule is off.', validators=[letters.models.validators.refuse_odd_domains, django.core.validators.MaxLengthValidator(10000)], verbose_name='throw-away mail domains')),
                ('near_copies', models.BooleanField(default=False, help_text='Letters whose own words stand nearly so in another letter to the same MP. Off by default: families and groups write together, and the builder says so to the writer already.', verbose_name='near-copies')),
                ('campaign', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='content.campaign')),
            ],
            options={
                'verbose_name': 'set of rules that hold letters',
                'verbose_name_plural': 'rules that hold letters',
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reference', models.CharField(default=letters.models.make_reference, editable=False, max_length=9, unique=True)),
                ('draft_id', models.UUIDField(editable=False, null=True, unique=True)),
                ('language', models.CharField(default='en', max_length=10)),
                ('rehearsal', models.BooleanField(default=True, help_text='Confirmed in rehearsal: never goes to an MP.')),
                ('constituency_gss', models.CharField(max_length=9, verbose_name='GSS code')),
                ('constituency_name', models.CharField(max_length=100, verbose_name='constituency')),
                ('member_name', models.CharField(help_text='As on the envelope.', max_length=200, verbose_name='MP')),
                ('member_party', models.CharField(max_length=80, verbose_name='party')),
                ('member_email', models.EmailField(max_length=254, verbose_name="MP's address")),
                ('salutation', models.CharField(max_length=150)),
                ('sender_name', campaign.core.encrypted.EncryptedTextField(blank=True, max_length=100, verbose_name='name')),
                ('sender_address', campaign.core.encrypted.EncryptedTextField(blank=True, max_length=500, verbose_name='address')),
                ('sender_postcode', campaign.core.encrypted.EncryptedTextField(blank=True, max_length=8, verbose_name='postcode')),
                ('sender_email', campaign.core.encrypted.EncryptedTextField(blank=True, max_length=254, verbose_name='email')),
                ('sender_email_index', campaign.core.encrypted.BlindIndexField(blank=True, editable=False, max_length=64, source='sender_email')),
                ('subject', models.CharField(max_length=150)),
                ('ask_text', campaign.core.encrypted.EncryptedTextField(blank=True)),
                ('with_sources', models.BooleanField(default=True)),
                ('own_word_count', models.PositiveSmallIntegerField(editable=False, null=True, verbose_name='words of their own')),
                ('own_share', models.FloatField(editable=False, null=True, verbose_name='share of their own')),
                ('own_score', models.FloatField(editable=False, null=True, verbose_name='distinctiveness')),
                ('dated', models.DateField(default=django.utils.timezone.localdate, help_text='The date on the letter.')),
                ('status', models.CharField(choices=[('unconfirmed', 'Waiting for confirmation'), ('queued', 'Queued'), ('held', 'Held'), ('claimed', 'Being prepared'), ('sending', 'Being sent'), ('sent', 'Sent'), ('bounced', 'Bounced'), ('failed', 'Failed'), ('unknown', 'Unknown: may have been delivered'), ('withdrawn', 'Withdrawn')], default='unconfirmed', max_length=11)),
                ('counted_as', models.CharField(default='unconfirmed', editable=False, max_length=11)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('posted_at', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('scrubbed_at', models.DateTimeField(blank=True, null=True)),
                ('next_attempt_at', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('last_answer', models.CharField(blank=True, help_text='What the mail server said last.', max_length=500)),
                ('lease_token', models.UUIDField(editable=False, null=True)),
                ('lease_until', models.DateTimeField(editable=False, null=True)),
                ('message_id', models.CharField(editable=False, max_length=200, null=True)),
                ('envelope_sender', models.CharField(blank=True, editable=False, max_length=200)),
                ('pdf_sha256', models.CharField(blank=True, editable=False, max_length=64)),
                ('confirm_token_hash', models.CharField(editable=False, max_length=64)),
                ('confirm_generation', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('confirm_repeats', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('letter_token_hash', models.CharField(editable=False, max_length=64)),
                ('text_erased_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('erase_requested_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='content.campaign')),
            ],
            options={
                'ordering': ['-created_at'],
                'permissions': [('see_personal_data', "Can see supporters' names, addresses, emails and words"), ('find_by_email', "Can find letters by a supporter's email"), ('decide_letter', 'Can hold, release, retry and give up letters'), ('moderate_letter', 'Can release or refuse letters that a rule holds'), ('export_letter', 'Can export letters without personal data'), ('export_personal_data', 'Can export letters with personal data')],
            },
        ),
        migrations.CreateModel(
            name='Fingerprint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('constituency_gss', models.CharField(max_length=9)),
                ('own', models.BinaryField(help_text="MinHash of the writer's own words, with a secret key; may be empty.")),
                ('argument_keys', models.CharField(blank=True, help_text='In order, with spaces between.', max_length=300)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='content.campaign')),
                ('letter', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='fingerprint', to='letters.letter')),
            ],
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(choices=[('threat', 'Threatening words'), ('link', 'A link'), ('postcode', 'A postcode elsewhere'), ('member', 'The MP as sender'), ('disposable', 'A throw-away address'), ('near-copy', 'Nearly another letter')], max_length=10)),
                ('part', models.CharField(choices=[('text', 'paragraph'), ('name', 'name'), ('address', 'address'), ('email', 'email'), ('whole', 'the whole letter')], max_length=7)),
                ('paragraph', models.PositiveSmallIntegerField(help_text='Its position in the letter.', null=True)),
                ('start', models.PositiveIntegerField(default=0, help_text='The first character.')),
                ('end', models.PositiveIntegerField(default=0, help_text='The one after the last.')),
                ('letter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='letters.letter')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=20)),
                ('text_sha256', models.CharField(max_length=64)),
                ('given_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('letter', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='consent', to='letters.letter')),
            ],
        ),
        migrations.CreateModel(
            name='LetterEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('what', models.CharField(choices=[('unconfirmed', 'Waiting for confirmation'), ('queued', 'Queued'), ('held', 'Held'), ('claimed', 'Being prepared'), ('sending', 'Being sent'), ('sent', 'Sent'), ('bounced', 'Bounced'), ('failed', 'Failed'), ('unknown', 'Unknown: may have been delivered'), ('withdrawn', 'Withdrawn'), ('created', 'Written'), ('posted', 'Posted by the supporter'), ('answered', 'Answered by the MP'), ('corrected', 'Corrected by the supporter'), ('text_erased', 'Text and address erased'), ('erased', 'Personal data erased'), ('note', 'Note')], max_length=11)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('actor', models.ForeignKey(blank=True, db_index=False, help_text='Who did it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('letter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='letters.letter')),
            ],
            options={
                'ordering': ['at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='LetterParagraph',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('argument_key', models.CharField(blank=True, max_length=60)),
                ('text', campaign.core.encrypted.EncryptedTextField(blank=True, bound_to=('letter_id', 'position'))),
                ('sources', models.JSONField(default=list, help_text='Source notes, one string each.')),
                ('argument', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='content.argument')),
                ('letter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='paragraphs', to='letters.letter')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='LinkRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email_index', models.CharField(max_length=64, unique=True)),
                ('asked_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('answered_at', None)), fields=['asked_at'], name='links_asked_for')],
            },
        ),
        migrations.CreateModel(
            name='NewsConsent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=20)),
                ('text_sha256', models.CharField(max_length=64)),
                ('given_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('letter', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='news_consent', to='letters.letter')),
            ],
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('confirm', 'Please confirm your letter'), ('sent', 'Your letter was sent'), ('returned', 'Your letter did not arrive'), ('refused', 'Your letter was not sent'), ('links', 'The links to your letters')], max_length=10)),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now, help_text='Empty: sent or given up.', null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('last_answer', models.CharField(blank=True, max_length=500)),
                ('letter', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='letters.letter')),
            ],
        ),
        migrations.CreateModel(
            name='Refusal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(blank=True, help_text='As the writer reads it.', max_length=300)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('letter', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='refusal', to='letters.letter')),
            ],
        ),
        migrations.CreateModel(
            name='StepCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(choices=[('started', 'Started: chose an MP'), ('made', 'Made: saw the finished letter'), ('downloaded', 'Downloaded the PDF')], max_length=10)),
                ('day', models.DateField(default=django.utils.timezone.localdate)),
                ('count', models.PositiveIntegerField(default=0)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='content.campaign')),
            ],
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rehearsal', models.BooleanField()),
                ('kind', models.CharField(choices=[('seat', 'Constituency, party and status'), ('confirmed', 'Day of confirmation'), ('sent', 'Day of sending'), ('argument', 'Argument'), ('pair', 'Two arguments in one letter')], max_length=10)),
                ('key', models.CharField(max_length=60)),
                ('other', models.CharField(blank=True, max_length=80)),
                ('status', models.CharField(blank=True, max_length=11)),
                ('count', models.IntegerField(default=0)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='content.campaign')),
            ],
        ),
        migrations.CreateModel(
            name='Tombstone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('erased', 'Erased'), ('withdrawn', 'Withdrawn'), ('no-news', 'No News')], max_length=10)),
                ('digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('digest', 'kind'), name='one_tombstone_of_a_kind')],
            },
        ),
        migrations.CreateModel(
            name='DownloadCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('constituency_gss', models.CharField(max_length=9)),
                ('day', models.DateField(default=django.utils.timezone.localdate)),
                ('count', models.PositiveIntegerField(default=0)),
                ('posted', models.PositiveIntegerField(default=0, help_text='How many told us that they posted theirs.')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='downloads', to='content.campaign')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('campaign', 'constituency_gss', 'day'), name='one_download_count_a_day')],
            },
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(condition=models.Q(('status', 'queued')), fields=['campaign', 'rehearsal', 'constituency_gss', 'next_attempt_at'], name='letter_turn'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(condition=models.Q(('status__in', ['claimed', 'sending'])), fields=['lease_until'], name='letter_leased'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(fields=['status', '-created_at'], name='letter_status_newest'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(fields=['constituency_gss', '-created_at'], name='letter_seat_newest'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(fields=['member_party'], name='letter_party'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(condition=models.Q(('rehearsal', True)), fields=['-created_at'], name='letter_rehearsal_newest'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(fields=['-created_at'], name='letter_newest'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(condition=models.Q(('sent_at__isnull', False)), fields=['-sent_at'], name='letter_last_sent'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(condition=models.Q(('status', models.F('counted_as')), _negated=True), fields=['campaign'], name='letter_uncounted'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(condition=models.Q(('erase_requested_at__isnull', False)), fields=['id'], name='letter_to_be_erased'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(fields=['sender_email_index'], name='letter_of_email'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(condition=models.Q(('answered_at__isnull', False)), fields=['campaign'], name='letter_answered'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.UniqueConstraint(fields=('message_id',), name='letter_message_id_unique'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.UniqueConstraint(fields=('confirm_token_hash',), name='letter_confirm_token_unique'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.UniqueConstraint(fields=('letter_token_hash',), name='letter_token_unique'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['sent', 'bounced']), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='letter_sent_has_sent_at'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'queued'), _negated=True), ('next_attempt_at__isnull', False), _connector='OR'), name='letter_queued_has_next_attempt'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lease_token__isnull', False), ('lease_until__isnull', False), ('status__in', ['claimed', 'sending'])), models.Q(models.Q(('status__in', ['claimed', 'sending']), _negated=True), ('lease_token__isnull', True), ('lease_until__isnull', True)), _connector='OR'), name='letter_leased_only_while_claimed_or_sending'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['unconfirmed', 'withdrawn']), models.Q(('confirmed_at__isnull', False), ('message_id__isnull', False)), _connector='OR'), name='letter_confirmed_before_anything_else'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['queued', 'claimed', 'sending']), _negated=True), ('text_erased_at__isnull', True), _connector='OR'), name='letter_on_its_way_has_its_text'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.CheckConstraint(condition=models.Q(('text_erased_at__isnull', True), models.Q(('ask_text', ''), ('sender_address', ''), ('sender_postcode', '')), _connector='OR'), name='letter_without_text_has_no_address'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.CheckConstraint(condition=models.Q(('scrubbed_at__isnull', True), models.Q(('sender_address', ''), ('sender_email', ''), ('sender_email_index', ''), ('sender_name', ''), ('sender_postcode', ''), ('text_erased_at__isnull', False)), _connector='OR'), name='letter_scrubbed_has_no_sender'),
        ),
        migrations.AddIndex(
            model_name='fingerprint',
            index=models.Index(fields=['campaign', 'constituency_gss'], name='fingerprint_of_seat'),
        ),
        migrations.AddIndex(
            model_name='letterevent',
            index=models.Index(condition=models.Q(('actor__isnull', False)), fields=['actor'], name='event_of_actor'),
        ),
        migrations.AddConstraint(
            model_name='letterparagraph',
            constraint=models.UniqueConstraint(fields=('letter', 'position'), name='paragraph_position_unique'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='notice_due'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(fields=('letter', 'kind'), name='one_notice_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='stepcount',
            constraint=models.UniqueConstraint(fields=('campaign', 'step', 'day'), name='one_step_count_a_day'),
        ),
        migrations.AddConstraint(
            model_name='tally',
            constraint=models.UniqueConstraint(fields=('campaign', 'rehearsal', 'kind', 'key', 'other', 'status'), name='one_tally_of_a_kind'),
        ),
        migrations.RunPython(add_roles, migrations.RunPython.noop),
    ]
