"""People are invited to roles that the inviter may give, by a link that works once (invite_pages.py, invitation_link.py, role_words.py)."""

from __future__ import annotations

import datetime as dt
import importlib
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from campaign.core.logs import HideSecretPaths
from campaign.staff.invitations import Guest, find_invited, list_group_rights, make_link, prepare
from campaign.staff.models import Invitation
from campaign.staff.role_words import describe_rights
from campaign.staff.roles import make_roles
from tests.otp import otp_login
from tests.servers.mail import MailServer

pytestmark = pytest.mark.django_db
INVITE, LIST = reverse("admin:auth_user_invite"), reverse("admin:auth_user_changelist")
LOGIN, CODE, SET_UP = (reverse(f"admin:{name}") for name in ("login", "code", "second-factor-phone"))
PASSWORD = "tulips by Leeds canal"
CHOICE = {"new_password1": PASSWORD, "new_password2": PASSWORD}
EMAIL = "olive@group.example"
REFUSED = "This link does not work"


@pytest.fixture(autouse=True)
def _roles() -> None:
    make_roles(apps, importlib.import_module("letters.migrations.0001_squashed").ROLES, connection.alias)


@pytest.fixture
def chief(client: Client) -> User:
    user = User.objects.create_superuser("chief", first_name="Carla", last_name="Chief")
    otp_login(client, user)
    return user


def find_role(name: str) -> Group:
    return Group.objects.get(name=name)


def fill_in(role: str = "Viewer", **changed: Any) -> dict[str, Any]:
    return {"email": EMAIL, "name": "Olive Organiser", "role": find_role(role).pk} | changed


def make_guest(email: str = EMAIL) -> tuple[User, str]:
    """Somebody who is invited, and the path of their link."""
    user = prepare(Guest(email, "Olive Organiser", find_role("Viewer")))
    return user, urlsplit(make_link(user)).path


def read_link(server: MailServer) -> str:
    text = server.messages[-1].message.get_content()
    [link] = re.findall(rf"{re.escape(django_settings.SITE_URL)}(/invitation/\S+/)", text)
    return str(link)


def is_refused(path: str) -> bool:
    """Whether the link is refused, by GET and POST alike."""
    answers = [Client().get(path), Client().post(path, CHOICE)]
    pages = [(answer.status_code, REFUSED in answer.content.decode()) for answer in answers]
    assert len(set(pages)) == 1
    return pages[0] == (404, True)


def test_from_the_invitation_to_the_second_factor(client: Client, chief: User, smtp_server: MailServer) -> None:
    assert f'href="{INVITE}"' in client.get(LIST).content.decode()
    page = client.post(INVITE, fill_in("Moderator"), follow=True)
    assert page.redirect_chain == [(LIST, 302)]
    assert f"We have emailed an invitation to {EMAIL}." in page.content.decode()
    olive = User.objects.get(email=EMAIL)
    assert (olive.username, olive.first_name, olive.last_name) == (EMAIL, "Olive", "Organiser")
    assert (olive.is_staff, olive.is_superuser, olive.has_usable_password()) == (True, False, False)
    assert [group.name for group in olive.groups.all()] == ["Moderator"]
    assert smtp_server.messages[-1].recipients == (EMAIL,)
    theirs, link = Client(enforce_csrf_checks=True), read_link(smtp_server)
    page = theirs.get(link)
    assert (page.status_code, page["Referrer-Policy"], page["Cache-Control"]) == (
        200,
        "no-referrer",
        "no-store, private",
    )
    assert f'value="{EMAIL}"' in page.content.decode()
    answer = theirs.post(link, CHOICE)
    assert answer.headers["Location"] == LOGIN
    theirs = Client()
    answer = theirs.post(LOGIN, {"username": EMAIL, "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0].startswith(SET_UP), "the password of one's own need not be changed again"
    assert not Invitation.objects.exists()
    told = LogEntry.objects.filter(object_id=str(olive.pk)).order_by("pk").values_list("user", "change_message")
    assert list(told) == [
        (chief.pk, f"Invited {EMAIL} as Moderator."),
        (olive.pk, "Accepted the invitation and chose a password."),
    ]


def test_the_accounts_owner_keeps_to_the_sites_rules_for_passwords() -> None:
    user, link = make_guest()
    for weak in ("tulips", "olive@group.example", "123456789012", "parliament-petition"):
        page = Client().post(link, {"new_password1": weak, "new_password2": weak}).content.decode()
        assert 'class="errorlist"' in page
        assert f'value="{weak}"' not in page.replace('id="username"', "").replace(f'value="{EMAIL}"', "")
    user.refresh_from_db()
    assert not user.has_usable_password()
    assert Client().post(link, CHOICE).status_code == 302


def test_an_account_is_good_for_nothing_before_its_password() -> None:
    user, _link = make_guest()
    client = Client()
    for password in ("", user.password, user.password[1:], "None"):
        client.post(LOGIN, {"username": EMAIL, "password": password})
        assert "_auth_user_id" not in client.session


def end_by_use(user: User, link: str) -> None:
    assert Client().post(link, CHOICE).status_code == 302


def end_by_inviting_again(user: User, link: str) -> None:
    prepare(Guest(EMAIL, "Olive Organiser", find_role("Viewer")), user)


def end_by_deactivating(user: User, link: str) -> None:
    user.is_active = False
    user.save()


def end_by_a_name(user: User, link: str) -> None:
    User.objects.filter(pk=user.pk).update(first_name="Oliver")


def end_by_an_address(user: User, link: str) -> None:
    User.objects.filter(pk=user.pk).update(email="other@group.example")


def end_by_a_role(user: User, link: str) -> None:
    user.groups.add(find_role("Organiser"))


def end_by_a_permission(user: User, link: str) -> None:
    user.user_permissions.add(Permission.objects.get(codename="take_live"))


def end_by_a_password(user: User, link: str) -> None:
    user.set_password(PASSWORD)
    user.save()


def end_by_deleting(user: User, link: str) -> None:
    user.delete()


ENDS = [one for name, one in list(globals().items()) if name.startswith("end_by_")]


@pytest.mark.parametrize("end", ENDS, ids=lambda one: one.__name__)
def test_what_ends_a_link(end: Any) -> None:
    user, link = make_guest()
    assert Client().get(link).status_code == 200
    end(user, link)
    before = list(User.objects.values_list("password", flat=True))
    assert is_refused(link)
    assert list(User.objects.values_list("password", flat=True)) == before


@pytest.mark.parametrize(("ago", "works"), [(dt.timedelta(days=7, minutes=-1), True), (dt.timedelta(days=7, minutes=1), False)])  # fmt: skip
def test_a_link_ends_after_seven_days(monkeypatch: pytest.MonkeyPatch, ago: dt.timedelta, works: bool) -> None:
    moment = (timezone.now() - ago).timestamp()
    with monkeypatch.context() as patched:
        patched.setattr("django.core.signing.time.time", lambda: moment)
        _user, link = make_guest()
    assert (Client().get(link).status_code == 200) is works
    assert works or is_refused(link)


def test_a_foreign_or_altered_link_is_refused_with_the_same_words(settings: Settings) -> None:
    _user, link = make_guest()
    other, others = make_guest("other@group.example")
    token, foreign = link.split("/")[2], others.split("/")[2]
    [content, moment, signature] = token.split(".")
    altered = [
        f"{foreign.split('.')[0]}.{moment}.{signature}",
        f"{content}.{moment}A.{signature}",
        f"{content}.{moment}.{signature[:-1]}",
        f"{content}..{signature}", token[1:], token.replace(".", ":"), "x", "…", "%00", token.upper(),
    ]  # fmt: skip
    pages = set()
    for one in altered:
        assert is_refused(f"/invitation/{one}/"), one
        pages.add(Client().get(f"/invitation/{one}/").content)
    end_by_use(other, others)
    pages.add(Client().get(others).content)
    settings.SECRET_KEY, kept = "another-key-" + "y" * 50, settings.SECRET_KEY
    pages.add(Client().get(link).content)
    assert len(pages) == 1
    settings.SECRET_KEY_FALLBACKS = [kept]
    assert Client().get(link).status_code == 200, "a link of before the key was changed"


def test_no_link_is_in_a_log(caplog: pytest.LogCaptureFixture) -> None:
    user, link = make_guest()
    with caplog.filtering(HideSecretPaths()), caplog.at_level("DEBUG"):
        Client().put(link)
        Client().post(link, CHOICE)
        Client().get(link)
    assert "/invitation/…/" in caplog.text
    assert f"account {user.pk}: accepted an invitation" in caplog.text
    assert link.split("/")[2] not in caplog.text
    assert EMAIL not in caplog.text


@pytest.mark.usefixtures("empty_windows")
def test_wrong_links_are_limited_and_keep_nobody_from_signing_in(settings: Settings) -> None:
    settings.LIMIT_SIGNINS_PER_IP = "3/hour"
    _user, link = make_guest()
    assert [Client().get("/invitation/wrong/").status_code for _ in range(5)] == [404, 404, 404, 429, 429]
    assert Client().get(link).status_code == 200, "who has a link that works is let through"
    assert Client().post(LOGIN, {"username": "x", "password": "y"}).status_code == 200


def test_whoever_was_signed_in_before_is_signed_out(client: Client, chief: User) -> None:
    _user, link = make_guest()
    session = client.session
    session["drafts"] = {"kept": "yes"}
    session.save()
    page = client.post(link, CHOICE, follow=True).content.decode()
    assert f"Your user name is {EMAIL}." in page
    assert "_auth_user_id" not in client.session
    assert client.session["drafts"] == {"kept": "yes"}


def test_an_address_that_has_an_account_is_said_so(client: Client, chief: User, smtp_server: MailServer) -> None:
    User.objects.create_user("nora", email=EMAIL.upper(), first_name="Nora")
    User.objects.create_user("o-brien@group.example")
    for address, name in ((EMAIL, "Nora"), ("o'brien@group.example", "o-brien@group.example")):
        page = client.post(INVITE, fill_in(email=address)).content.decode()
        assert f"This address already has an account: {name}." in page
        assert 'value="Olive Organiser"' in page
    assert User.objects.count() == 3
    assert smtp_server.messages == []


@pytest.mark.parametrize("wrong", [{"email": "olive"}, {"email": "ölive@group.example"}, {"name": " "}, {"name": "A\u202eB"}, {"role": ""}, {"role": "9999"}, {"email": f"{'x' * 150}@group.example"}])  # fmt: skip
def test_bad_input_is_said_and_nothing_is_lost(client: Client, chief: User, wrong: dict[str, str]) -> None:
    page = client.post(INVITE, fill_in() | wrong).content.decode()
    assert "Nobody has been invited yet." in page
    assert page.count('class="errorlist"') == 1
    assert User.objects.count() == 1


def test_if_the_mail_server_does_not_take_it_one_may_try_again(
    client: Client, chief: User, smtp_server: MailServer, settings: Settings
) -> None:
    settings.EMAIL_PORT, port = 1, settings.EMAIL_PORT
    page = client.post(INVITE, fill_in("Organiser"), follow=True)
    again = reverse("admin:auth_user_invite_again", args=[User.objects.get(email=EMAIL).pk])
    assert page.redirect_chain == [(again, 302)]
    text = page.content.decode()
    assert "The invitation has not been sent" in text
    assert (f'value="{EMAIL}"' in text, 'value="Olive Organiser"' in text) == (True, True)
    assert re.search(rf'value="{find_role("Organiser").pk}"[^>]*checked', text)
    assert "No invitation sent" in client.get(LIST).content.decode()
    settings.EMAIL_PORT = port
    sent = fill_in("Viewer", email="olive@corrected.example")
    assert client.post(again, sent).headers["Location"] == LIST
    olive = User.objects.get(email="olive@corrected.example")
    assert (olive.username, [one.name for one in olive.groups.all()]) == ("olive@corrected.example", ["Viewer"])
    assert Client().get(read_link(smtp_server)).status_code == 200


def test_inviting_again_ends_the_link_before(client: Client, chief: User, smtp_server: MailServer) -> None:
    client.post(INVITE, fill_in())
    first = read_link(smtp_server)
    again = reverse("admin:auth_user_invite_again", args=[User.objects.get(email=EMAIL).pk])
    client.post(again, fill_in())
    assert is_refused(first)
    assert Client().post(read_link(smtp_server), CHOICE).status_code == 302
    assert client.get(again).status_code == 403, "an account in use is not taken over"
    assert client.post(again, fill_in(email="mine@evil.example")).status_code == 403


def test_a_change_in_the_admin_ends_the_link_for_good(client: Client, chief: User) -> None:
    user, link = make_guest()
    change = reverse("admin:auth_user_change", args=[user.pk])
    joined = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    form = {"username": EMAIL, "email": EMAIL, "first_name": "Olive", "last_name": "Organiser", "is_staff": "on"}
    form |= joined | {"groups": str(find_role("Viewer").pk)}
    for sent in (form, form | {"is_active": "on"}):
        assert client.post(change, sent).status_code == 302
        assert is_refused(link)


def test_proof_is_asked_for_and_nothing_typed_is_lost(client: Client, chief: User, smtp_server: MailServer) -> None:
    otp_login(client, chief, seconds_ago=11 * 60)
    assert client.get(INVITE).headers["Location"].startswith(reverse("admin:again"))
    page = client.post(INVITE, fill_in()).content.decode()
    assert ("Confirm that it is you" in page, EMAIL in page) == (True, True)
    assert (User.objects.count(), smtp_server.messages) == (1, [])


@pytest.fixture
def inviter(client: Client) -> User:
    """An organiser who may also invite, and sees the list."""
    user = User.objects.create_user("ina", is_staff=True)
    user.groups.add(find_role("Organiser"))
    user.user_permissions.set(Permission.objects.filter(codename__in=["add_user", "view_user"]))
    otp_login(client, user)
    return user


def test_nobody_gives_a_role_that_may_do_more_than_they(client: Client, inviter: User, smtp_server: MailServer) -> None:
    Group.objects.create(name="Chief").permissions.set(Permission.objects.filter(codename="delete_user"))
    page = client.get(INVITE).content.decode()
    assert re.findall(r'"role-name">([^<]+)<', page) == ["Moderator", "Organiser", "Viewer"]
    for role in ("Privacy officer", "Chief"):
        page = client.post(INVITE, fill_in(role)).content.decode()
        assert "Nobody has been invited yet." in page
    assert User.objects.count() == 1
    sent = fill_in("Organiser", is_superuser="on", is_staff="on", user_permissions=["1"], username="root")
    assert client.post(INVITE, sent).status_code == 302
    olive = User.objects.get(email=EMAIL)
    assert (olive.username, olive.is_superuser, olive.user_permissions.count()) == (EMAIL, False, 0)


def test_nobody_invites_again_who_may_do_more_than_they(client: Client, inviter: User) -> None:
    above = prepare(Guest(EMAIL, "Paula", find_role("Privacy officer")))
    path = reverse("admin:auth_user_invite_again", args=[above.pk])
    assert (client.get(path).status_code, client.post(path, fill_in()).status_code) == (403, 403)
    assert path not in client.get(LIST).content.decode()
    assert client.get(reverse("admin:auth_user_add")).status_code == 403, "with a password that they know"


def test_a_role_is_described_by_what_it_may_do() -> None:
    said = {one.name: describe_rights(list_group_rights(one)) for one in Group.objects.all()}
    assert said["Viewer"] == "Sees dashboards and letters, but no supporter’s name, address or words."
    assert said["Moderator"] == "Reads letters, with names and addresses. Holds, releases and refuses letters."
    assert "Exports letters with personal data." in said["Privacy officer"]
    assert "Exports letters without personal data." in said["Organiser"]
    assert "a superuser has to say" in describe_rights(set())


def test_two_presses_set_one_password(monkeypatch: pytest.MonkeyPatch) -> None:
    user, link = make_guest()
    path = "campaign.staff.invitation_link.find_invited"
    monkeypatch.setattr(path, lambda token: find_invited(token) or user)  # as both have seen it before either sets it
    other = {"new_password1": "daffodils by the Aire", "new_password2": "daffodils by the Aire"}
    assert Client().post(link, CHOICE).status_code == 302
    assert Client().post(link, other).status_code == 404
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
