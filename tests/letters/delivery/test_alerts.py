"""The organisers are told, by a mail that goes to nobody else, when letters begin to go elsewhere."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from campaign.staff.destinations import Redirection, tell
from letters.delivery.alerts import MAX_LISTED, send_alerts
from letters.models import Alert
from tests.servers.mail import MailServer

pytestmark = pytest.mark.django_db


def read_mail(smtp_server: MailServer) -> EmailMessage:
    [delivered] = smtp_server.messages
    return delivered.message


def test_the_mail_says_who_changed_what_and_when(smtp_server: MailServer, settings: Settings) -> None:
    settings.ORGANISERS_EMAIL = "group@organisers.example"
    chief = User.objects.create_user("chief")
    tell(chief, [Redirection("member Ann Example", "ann@parliament.example", "attacker@evil.example")])
    tell(chief, [])
    assert (send_alerts(), send_alerts()) == (1, 0)
    mail = read_mail(smtp_server)
    assert mail["To"] == "group@organisers.example"
    assert smtp_server.messages[0].recipients == ("group@organisers.example",)
    assert mail["Subject"] == f"Where letters go has been changed: {settings.SITE_URL}"
    text = mail.get_content()
    assert "By: chief\nmember Ann Example: ann@parliament.example → attacker@evil.example\n" in text.replace("\r", "")
    assert f"{Alert.objects.get().at:%Y}" in text


def test_a_name_adds_no_line_to_it(smtp_server: MailServer) -> None:
    tell("chief", [Redirection("member Ann\nBy: nobody", "a@b.example", "c@d.example")])
    assert Alert.objects.get().words == "By: chief\nmember Ann By: nobody: a@b.example → c@d.example"


def test_of_hundreds_the_first_are_listed_and_the_others_counted() -> None:
    tell(
        "manage.py import_members",
        [Redirection(f"constituency {n}", "", f"{n}@x.example") for n in range(MAX_LISTED + 7)],
    )
    lines = Alert.objects.get().words.splitlines()
    assert (len(lines), lines[-1]) == (MAX_LISTED + 2, "… and 7 more.")
