"""An invitation says who invites, to what and for how long, and puts nothing else into the mail."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from pytest_django import Settings

from campaign.staff.invitations import Guest, make_link, prepare, send
from campaign.staff.models import Invitation
from tests.servers.mail import MailServer

pytestmark = pytest.mark.django_db


def make_guest(name: str = "Olive Organiser") -> tuple[User, Group]:
    role, _is_new = Group.objects.get_or_create(name="Helper")
    return prepare(Guest("olive@group.example", name, role)), role


def test_the_mail(smtp_server: MailServer, settings: Settings) -> None:
    user, role = make_guest()
    chief = User.objects.create_user("chief", first_name="Carla", last_name="Chief")
    assert send(user, role, chief) == ""
    assert Invitation.objects.get().sent_at is not None
    [delivered] = smtp_server.messages
    mail = delivered.message
    assert (mail["To"], mail["Subject"]) == (
        "Olive Organiser <olive@group.example>",
        "Carla Chief invites you to Parley",
    )
    text = mail.get_content()
    for words in (make_link(user).rpartition("/invitation/")[0], "Helper", "within 7 days", settings.SITE_URL):
        assert words in text


def test_a_name_adds_no_line_and_no_header(smtp_server: MailServer) -> None:
    user, role = make_guest("Olive\r\nBcc: evil@evil.example")
    assert send(user, role, User.objects.create_user("chief", first_name="C\nFrom: x@evil.example")) == ""
    [delivered] = smtp_server.messages
    assert delivered.recipients == ("olive@group.example",)
    assert delivered.message["Bcc"] is None
    assert "\nFrom:" not in delivered.message.get_content()


def test_what_the_server_says_is_handed_back(smtp_server: MailServer, settings: Settings) -> None:
    user, role = make_guest()
    settings.EMAIL_PORT = 1
    assert "Refused" in send(user, role, user)
    user.email = "not an address"
    assert "characters" in send(user, role, user)
    assert Invitation.objects.get().sent_at is None
