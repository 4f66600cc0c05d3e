"""What each role may open and do in the admin: every address, for every role. A new one fails until it is here (campaign/staff/roles.py, letters/admin/permissions.py)."""

from __future__ import annotations

import importlib
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test import Client
from django.urls import reverse

from campaign.content.models import Campaign
from campaign.staff.roles import add_to_roles, list_permissions, make_roles
from letters.models import Alert, Finding, Letter, Part, Refusal, Rule, Status
from letters.statistics.rollup import roll_up_all
from tests.attacks.test_access import AT_THE_DOOR, FORBIDDEN, OWN, paths, snap
from tests.campaign.content.test_admin import read_form
from tests.letters.factories import make_campaign, make_constituency, make_letter, write_paragraph
from tests.otp import otp_login

__all__ = ["paths"]

pytestmark = pytest.mark.django_db

ROLES = {"V": "Viewer", "M": "Moderator", "O": "Organiser", "P": "Privacy officer"}
ALL = "VMOP"
# Who may open what, besides what is open to every organiser (OWN). What stands here for nobody is a superuser's.
MAY_OPEN = {
    **{f"admin:content_{model}_{page}": ALL for model in ("campaign", "argument") for page in ("changelist", "change", "history")},
    **{f"admin:parliament_{model}_{page}": ALL for model in ("constituency", "member") for page in ("changelist", "change", "history")},
    **{f"admin:letters_letter_{page}": ALL for page in ("changelist", "change", "history")},
    **{f"admin:letters_dashboard{page}": ALL for page in ("", "_map", "_constituency", "_constituencies", "_replies")},
    "admin:letters_dashboard_newsletter": "P", "admin:letters_digest": ALL,
    **dict.fromkeys(("admin:letters_report", "admin:letters_report_pdf", "admin:letters_poster", "admin:letters_picture"), ALL), "admin:letters_letter_pdf": "MOP", "admin:content_campaign_pack": ALL, "admin:content_campaign_load_pack": "O",
    "admin:letters_corrections": ALL, "admin:letters_correction": ALL, "admin:letters_correction_csv": "OP",
    "admin:letters_letter_export": "OP", "admin:letters_letter_export_personal": "P",
    **dict.fromkeys(("admin:letters_letter_moderation", "admin:letters_letter_review", "admin:letters_letter_note"), "MO"),
    **dict.fromkeys((f"admin:letters_holdrules_{page}" for page in ("changelist", "change", "history")), "MO"),
    **dict.fromkeys((f"admin:content_campaign_{page}" for page in ("new", "new_preview", "setup", "setup_preview")), "O"),
    **dict.fromkeys(("admin:content_campaign_add", "admin:content_argument_add", "admin:content_argument_delete", "admin:content_argument_review", "admin:content_campaign_go_live", "admin:content_campaign_mode", "admin:content_campaign_copy", "admin:content_campaign_picture", "admin:parliament_member_add", "admin:parliament_member_portrait", "admin:letters_local_facts"), "O"),
}  # fmt: skip
# These lead on: to the lists, a campaign's own list, a new campaign's first screen, the page of a campaign that is no
# draft, and of a letter that is not held.
ANSWERS = {
    "admin:content_campaign_add": 302,
    "admin:content_campaign_setup": 302,
    "admin:content_argument_changelist": 302,
    "admin:content_argument_review": 302,
    "admin:letters_letter_review": 302,
}
# What takes a POST and nothing else, and whose.
MAY_POST = {"admin:letters_letter_find": "VMOP"}
NOT_OPENED = {"admin:autocomplete", *MAY_POST}

NAME, STREET, POSTCODE, EMAIL = "Zebulon Quagmire", "77 Wobbly Lane", "LS1 4AP", "zebulon@quagmire.example"
WORDS = "My marmalade is political."
SECRETS = ["Zebulon", "Quagmire", "Wobbly", POSTCODE, "LS14AP", "quagmire.example", "marmalade"]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """What is refused is logged with a traceback; hundreds of them take longer than the pages."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def roles() -> None:
    """The groups, as the migration makes them (a test before may have emptied the tables)."""
    made = importlib.import_module("letters.migrations.0001_squashed")
    make_roles(apps, made.ROLES, connection.alias)


def sign_in(client: Client, role: str) -> User:
    user = User.objects.create_user(f"one {role}".replace(" ", "-"), is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    otp_login(client, user)
    return user


def make_secret_letter(**fields: Any) -> Letter:
    secret = {"sender_name": NAME, "sender_address": STREET, "sender_postcode": POSTCODE, "sender_email": EMAIL}
    letter = make_letter(**secret | fields)
    write_paragraph(letter, WORDS)
    return letter


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_and_does_what_the_table_says(
    client: Client, paths: dict[str, str], role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for slow in ("letters.render_letter_pdf", "report.print_report", "report.print_poster"):
        monkeypatch.setattr(f"letters.admin.{slow}", lambda _text: b"%PDF-")  # that takes a second
    roll_up_all()  # which a dashboard does, whoever looks at it
    sign_in(client, ROLES[role])
    before = snap()
    answers = {name: client.get(paths[name]).status_code for name in FORBIDDEN - NOT_OPENED}
    mine = {name for name, who in MAY_OPEN.items() if role in who}
    assert answers == {name: ANSWERS.get(name, 200) if name in mine else 403 for name in answers}
    assert {name for name in answers if name not in mine and client.post(paths[name]).status_code != 403} == set()
    for name, who in MAY_POST.items():
        status = 302 if role in who else 403
        assert (client.get(paths[name]).status_code, client.post(paths[name]).status_code) == (status, status), name
    assert snap() == before


def test_the_table_names_only_addresses_that_exist() -> None:
    assert set(MAY_OPEN) | set(MAY_POST) <= FORBIDDEN | OWN | AT_THE_DOOR


def test_no_role_can_give_itself_more() -> None:
    held = Permission.objects.filter(group__name__in=ROLES.values()).values_list("content_type__app_label", flat=True)
    assert set(held) == {"letters", "content", "parliament"}


def list_viewer_pages(paths: dict[str, str], letters: list[Letter]) -> list[str]:
    pages = [paths[name] for name, who in MAY_OPEN.items() if "V" in who] + [paths[name] for name in OWN]
    pages += [
        reverse(f"admin:letters_letter_{page}", args=[one.pk]) for one in letters for page in ("change", "history")
    ]
    listed = reverse("admin:letters_letter_changelist")
    queries = [f"status__exact={status}" for status in Status] + [
        f"q={letters[0].reference}",
        "written=today",
        "written=9999-12",
    ]
    return [*pages, *(f"{listed}?{query}" for query in queries), "/health/?details"]


def test_a_viewer_finds_no_personal_data_on_any_page(client: Client, paths: dict[str, str]) -> None:
    campaign = make_campaign("second")
    letters = [make_secret_letter(campaign=campaign, constituency_name="Leeds Test") for _ in range(3)]
    Letter.objects.filter(pk=letters[1].pk).update(status=Status.HELD)
    Finding.objects.create(letter=letters[1], rule=Rule.THREAT, part=Part.TEXT, paragraph=0, start=3, end=12)
    Refusal.objects.create(letter=letters[0], reason="Say it otherwise.")
    Letter.objects.filter(pk=letters[2].pk).update(status=Status.UNKNOWN)
    sign_in(client, "Viewer")
    for page in list_viewer_pages(paths, letters):
        answer = client.get(page, follow=True)
        text = answer.content.decode(errors="replace")  # some are pictures
        assert not [secret for secret in SECRETS if secret.casefold() in text.casefold()], page
    assert (
        "Hidden: your role cannot "
        "see personal data." in client.get(paths["admin:letters_letter_change"]).content.decode()
    )
    sign_in(client, "Moderator")  # the test would notice
    path = reverse("admin:letters_letter_change", args=[letters[0].pk])
    assert [secret for secret in SECRETS if secret in client.get(path).content.decode()] == [
        secret for secret in SECRETS if secret != "LS14AP"
    ]


@pytest.mark.parametrize(
    "query",
    [
        "sender_email_index__in=abc", "sender_email_index__startswith=a", "sender_email=x", "sender_name=",
        "paragraphs__text__exact=", "confirm_token_hash__startswith=a", "letter_token_hash__gt=8", "message_id__contains=x",
        "campaign__promoter_name=x", "draft_id__isnull=0", "text_erased_at__isnull=1", "status__regex=(a%2B)%2B$",
        "campaign__letter__sender_email_index__startswith=a", "_to_field=sender_name", "status__exact=%00", "party=%00",
    ],
)  # fmt: skip
def test_a_viewer_cannot_ask_the_list_for_what_it_does_not_show(client: Client, query: str) -> None:
    make_constituency()
    make_secret_letter()
    sign_in(client, "Viewer")
    assert client.get(f"{reverse('admin:letters_letter_changelist')}?{query}").status_code == 400


def test_a_row_that_no_list_has_is_refused(client: Client, paths: dict[str, str]) -> None:
    otp_login(client, User.objects.create_superuser("chief"))
    for name, action in (("letters_letter", "hold"), ("auth_user", "delete_selected"), ("content_campaign", "pause")):
        for key in ("x", "\0", "9" * 30):
            sent = {"action": action, "_selected_action": [key], "reason": "A look"}
            answer = client.post(paths[f"admin:{name}_changelist"], sent)
            assert (name, key, answer.status_code) == (name, key, 400)


def test_who_may_find_by_email_gets_there(client: Client) -> None:
    letter = make_secret_letter()
    sign_in(client, "Privacy officer")
    page = client.post(reverse("admin:letters_letter_find"), {"sought": EMAIL.upper()}, follow=True).content.decode()
    assert letter.reference in page


@pytest.mark.parametrize("role", ["V", "M"])
def test_who_may_not_find_by_email_does_not(client: Client, role: str) -> None:
    make_secret_letter()
    sign_in(client, ROLES[role])
    assert client.post(reverse("admin:letters_letter_find"), {"sought": EMAIL}).status_code == 403
    assert "email" not in client.get(reverse("admin:letters_letter_changelist")).content.decode().lower()


@pytest.mark.parametrize(("role", "moved"), [("V", False), ("M", True), ("O", True), ("P", False)])
def test_who_may_decide_about_letters(client: Client, role: str, moved: bool) -> None:
    letter = make_letter()
    sign_in(client, ROLES[role])
    action = {"action": "hold", "_selected_action": [letter.pk], "reason": "Asked by phone"}
    client.post(reverse("admin:letters_letter_changelist"), action)
    letter.refresh_from_db()
    assert (letter.status == Status.HELD) is moved


# What decides where letters go, by address and form; whose it is stands in MAY_OPEN, and a session that was found open
# does none of it.
REDIRECTS: dict[str, dict[str, Any]] = {
    "admin:parliament_member_change": {"email": "attacker@evil.example"},
    "admin:content_campaign_change": {"rehearsal_address": "attacker@evil.example"},
    "admin:content_campaign_go_live": {"slug": "peace", "received": "on", "notice": "on"},
    "admin:content_campaign_mode": {"mode": "rehearsal"},
}


@pytest.mark.parametrize("name", REDIRECTS)
@pytest.mark.parametrize("role", ROLES)
def test_no_role_redirects_letters_without_password_and_code(
    client: Client, paths: dict[str, str], role: str, name: str
) -> None:
    Campaign.objects.update(mode=Campaign.Mode.PAUSED, paused_from=Campaign.Mode.LIVE)
    otp_login(client, User.objects.create_superuser("chief"))
    form = read_form(client, paths[name]) if name.endswith("_change") else {}
    otp_login(client, sign_in(client, ROLES[role]), seconds_ago=11 * 60)
    before = snap()
    answer = client.post(paths[name], form | REDIRECTS[name])
    assert snap() == before
    if role == "O":
        assert (answer.status_code, "Confirm that it is you" in answer.content.decode()) == (200, True)
    else:
        assert answer.status_code in ((200, 403) if name == "admin:content_campaign_go_live" else (403,))


def test_an_organiser_tells_all_of_a_redirection(client: Client, paths: dict[str, str]) -> None:
    otp_login(client, sign_in(client, "Organiser"))
    name = "admin:parliament_member_change"
    sent = read_form(client, paths[name]) | REDIRECTS[name]
    assert client.post(paths[name], sent).status_code == 302
    assert "attacker@evil.example" in Alert.objects.get().words
    assert "attacker@evil.example" in client.get(paths["admin:parliament_member_history"]).content.decode()


def test_a_group_that_an_organiser_has_changed_stays_as_it_is() -> None:
    viewer = Group.objects.get(name="Viewer")
    viewer.permissions.set(list_permissions(apps, ["letters.view_tally"], connection.alias))
    make_roles(apps, {"Viewer": ["letters.view_letter"]}, connection.alias)
    assert [one.codename for one in viewer.permissions.all()] == ["view_tally"]
    add_to_roles(apps, {"Viewer": ["letters.view_letter"], "Nobody": ["letters.view_letter"]}, connection.alias)
    assert sorted(one.codename for one in viewer.permissions.all()) == ["view_letter", "view_tally"]
    assert not Group.objects.filter(name="Nobody").exists()


def test_a_permission_that_does_not_exist_is_named() -> None:
    with pytest.raises(LookupError, match=re.escape("letters.fly_letter")):
        make_roles(apps, {"Pilot": ["letters.fly_letter"]}, connection.alias)
