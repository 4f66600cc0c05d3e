from django.db import migrations

from campaign.staff.roles import make_roles

CONTENT = ("campaign", "theme", "argument", "phrasing", "source", "ask")
VIEWER = [
    "letters.view_letter",
    "letters.view_tally",
    *(f"content.view_{model}" for model in CONTENT),
    "parliament.view_constituency",
    "parliament.view_member",
]
MODERATOR = [*VIEWER, "letters.see_personal_data", "letters.decide_letter", "letters.moderate_letter"]
ORGANISER = [
    *MODERATOR,
    "letters.find_by_email",
    "letters.export_letter",
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

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('content', '0004_complaints_contact'),
        ('parliament', '0001_initial'),
        ('letters', '0011_breaker'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='letter',
            options={'ordering': ['-created_at'], 'permissions': [('see_personal_data', "Can see supporters' names, addresses, emails and words"), ('find_by_email', "Can find letters by a supporter's email"), ('decide_letter', 'Can hold, release, retry and give up letters'), ('moderate_letter', 'Can release or refuse letters that a rule holds'), ('export_letter', 'Can export letters without personal data'), ('export_personal_data', 'Can export letters with personal data')]},
        ),
        migrations.RunPython(add_roles, migrations.RunPython.noop),
    ]
