"""What a role allows, in sentences made from its permissions: a superuser may have changed what it allows."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Permission, what it allows, and another one that says the same and more.
SENTENCES = (
    ("letters.view_tally", gettext_lazy("Sees the dashboards."), "letters.view_letter"),
    (
        "letters.view_letter",
        gettext_lazy("Sees dashboards and letters, but no supporter’s name, address or words."),
        "letters.see_personal_data",
    ),
    ("letters.see_personal_data", gettext_lazy("Reads letters, with names and addresses."), ""),
    ("letters.moderate_letter", gettext_lazy("Holds, releases and refuses letters."), ""),
    ("letters.decide_letter", gettext_lazy("Holds and releases letters."), "letters.moderate_letter"),
    ("letters.find_by_email", gettext_lazy("Finds letters by a supporter’s email address."), ""),
    ("letters.export_letter", gettext_lazy("Exports letters without personal data."), "letters.export_personal_data"),
    ("letters.export_personal_data", gettext_lazy("Exports letters with personal data."), ""),
    ("content.change_campaign", gettext_lazy("Changes campaigns and arguments."), ""),
    ("content.take_live", gettext_lazy("Takes campaigns live."), ""),
    ("parliament.change_member", gettext_lazy("Changes where letters to MPs go."), ""),
    ("auth.add_user", gettext_lazy("Invites people."), ""),
    ("auth.change_user", gettext_lazy("Changes and deactivates accounts."), ""),
)


def describe_rights(rights: Collection[str]) -> str:
    said = [str(words) for name, words, more in SENTENCES if name in rights and more not in rights]
    return " ".join(said) or _("Cannot see anything yet: a superuser has to say what this role may do.")
