"""On Mondays, whoever asked for it gets last week's figures once, and nothing about anybody (week.py, letters/admin/digest.py, letters/models/digest.py)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from campaign.content.models import Argument, Campaign
from letters.models import DigestReader, DownloadCount, Letter, Status
from letters.statistics.digest import find_monday, send_digests
from letters.statistics.rollup import roll_up_all
from letters.statistics.week import count_week, find_milestone
from letters.tasks import tidy
from tests.letters.factories import make_campaign, make_letter
from tests.otp import otp_login
from tests.servers.mail import MailServer

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2026, 11, 23)
PAGE = "/admin/letters/letter/digest/"


def at(day: dt.date, hour: int = 12) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


def make_past(campaign: Campaign, day: dt.date, count: int = 1, status: str = Status.SENT, **fields: object) -> None:
    for _number in range(count):
        letter = make_letter(campaign)
        sent_at = at(day) if status in (Status.SENT, Status.BOUNCED) else None
        fields |= {"rehearsal": False, "confirmed_at": at(day), "status": status, "sent_at": sent_at}
        Letter.objects.filter(pk=letter.pk).update(**fields)


def make_reader(name: str = "mo", email: str = "mo@organisers.example", told: dt.date | None = None) -> User:
    user = User.objects.create_user(name, email=email, is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_tally"))
    if told:
        DigestReader.objects.create(user=user, told_until=told)
    return user


@pytest.fixture
def set_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[dt.datetime], None]:
    def set_now(moment: dt.datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return set_now


def test_a_week_begins_on_monday_and_ends_with_sunday() -> None:
    campaign = make_campaign(mode="live", goal=10, goal_occasion="before the debate")
    sunday = MONDAY + dt.timedelta(days=6)
    make_past(campaign, MONDAY - dt.timedelta(days=1), 2)
    make_past(campaign, MONDAY, 1, answered_at=at(MONDAY, 0))
    make_past(campaign, sunday, 2, answered_at=at(sunday, 23))
    make_past(campaign, sunday, 1, Status.HELD)
    make_past(campaign, sunday, 1, Status.BOUNCED)
    make_past(campaign, sunday + dt.timedelta(days=1), 1, answered_at=at(sunday + dt.timedelta(days=1), 0))
    make_letter(make_campaign("other", mode="live"))
    DownloadCount.objects.create(campaign=campaign, constituency_gss="E14001172", count=5, posted=2)
    Argument.objects.filter(campaign=campaign, key="argument-1").update(review_by=timezone.localdate())
    roll_up_all()
    week = count_week(campaign, MONDAY)
    assert (week.confirmed, week.confirmed_before, week.answered) == (5, 2, 3)
    assert (week.with_mps, week.on_their_way, week.held, week.due) == (6, 8, 1, 1)
    assert (week.change, week.fewer, week.rehearsal) == (3, 0, False)


@given(goal=st.integers(1, 3000), before=st.integers(0, 4000), more=st.integers(0, 4000))
def test_a_milestone_is_told_in_the_week_in_which_it_is_reached(goal: int, before: int, more: int) -> None:
    shares = {"all": 1.0, "three quarters": 0.75, "half": 0.5, "a quarter": 0.25}
    words = find_milestone(goal, before, before + more)
    passed = [share for share in shares.values() if before < share * goal <= before + more]
    assert shares.get(words) == max(passed, default=None)
    assert find_milestone(None, before, before + more) == ""


def read_mails(server: MailServer) -> list[EmailMessage]:
    return [one.message for one in server.messages]


def test_it_comes_once_and_has_figures_and_links_only(
    smtp_server: MailServer, settings: Settings, set_time: Callable[[dt.datetime], None]
) -> None:
    campaign = make_campaign(mode="live", goal=4, goal_occasion="before the debate on 3 March")
    make_past(campaign, MONDAY, 3, answered_at=at(MONDAY))
    make_past(campaign, MONDAY - dt.timedelta(days=3), 1)
    make_past(campaign, MONDAY, 1, Status.HELD)
    make_campaign("closed", mode="closed", title="Long ago")
    make_reader(told=MONDAY)
    next_monday = MONDAY + dt.timedelta(days=7)
    set_time(at(next_monday, 6))
    assert send_digests() == 0
    set_time(at(next_monday, 7))
    assert (send_digests(), send_digests()) == (1, 0)
    set_time(at(next_monday + dt.timedelta(days=6), 23))
    assert send_digests() == 0
    [mail] = read_mails(smtp_server)
    assert (mail["To"], mail["Subject"]) == ("mo@organisers.example", "Last week: 4 letters")
    text = mail.get_content().replace("\r", "")
    assert text.startswith("Your campaigns from Monday 23 November to Sunday 29 November 2026.\n")
    for line in (
        "- 4 letters confirmed, 3 more than the week before.",
        "- 4 letters are with MPs in all.",
        "- 4 of 4 letters before the debate on 3 March. You reached your goal this week.",
        "- 3 replies from MPs reported.",
        f"- 1 letter on hold until someone reads it: {settings.SITE_URL}/admin/letters/letter/moderation/",
        f"Overview: {settings.SITE_URL}/admin/letters/letter/dashboard/{campaign.slug}/",
        f"To stop it: {settings.SITE_URL}{PAGE}",
    ):
        assert line in text
    assert "Long ago" not in text
    letter = Letter.objects.defer(None).all()[0]
    assert not [one for one in (letter.sender_name, letter.sender_postcode, letter.sender_email) if one in text]
    set_time(at(next_monday + dt.timedelta(days=7), 8))
    assert send_digests() == 1


def test_what_the_server_defers_comes_an_hour_later(
    smtp_server: MailServer, set_time: Callable[[dt.datetime], None]
) -> None:
    make_reader(told=MONDAY)
    set_time(at(MONDAY + dt.timedelta(days=7)))
    smtp_server.answer_with("451 4.3.0 Try again later", at="RCPT")
    tidy()
    assert smtp_server.messages == []
    tidy()
    assert len(smtp_server.messages) == 1


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}, {"email": ""}])
def test_who_may_not_read_it_gets_none(
    change: dict[str, object], smtp_server: MailServer, set_time: Callable[[dt.datetime], None]
) -> None:
    make_reader(told=MONDAY)
    reader = make_reader("jo", "jo@organisers.example", told=MONDAY)
    User.objects.filter(pk=reader.pk).update(**change)
    without = make_reader("al", "al@organisers.example", told=MONDAY)
    without.user_permissions.clear()
    set_time(at(MONDAY + dt.timedelta(days=7)))
    assert send_digests() == 1
    assert [mail["To"] for mail in read_mails(smtp_server)] == ["mo@organisers.example"]


def test_an_organiser_asks_for_it_and_stops_it(client: Client) -> None:
    otp_login(client, make_reader())
    assert "Send it to mo@organisers.example" in client.get(PAGE).content.decode()
    page = client.post(PAGE, {"wanted": "yes"}, follow=True).content.decode()
    assert "You will get an email every Monday morning." in page
    assert "Stop the weekly email" in page
    assert DigestReader.objects.get().told_until == find_monday()
    page = client.post(PAGE, {"wanted": "no"}, follow=True).content.decode()
    assert "You will get no more weekly emails." in page
    assert not DigestReader.objects.exists()


def test_an_account_without_an_address_is_told_so(client: Client) -> None:
    otp_login(client, make_reader(email=""))
    assert "has no email address" in client.get(PAGE).content.decode()
    assert "has no email address" in client.post(PAGE, {"wanted": "yes"}, follow=True).content.decode()
    assert not DigestReader.objects.exists()
