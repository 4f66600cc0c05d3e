"""A constituency's page has what one needs before meeting its MP, and nothing about supporters (letters/admin/place.py)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from campaign.content.models import Campaign
from campaign.parliament.models import Constituency, Member
from letters.models import DownloadCount, Letter, Status
from letters.statistics.place import read_place
from tests.letters.factories import GSS, make_campaign, make_constituency, make_letter
from tests.otp import otp_login

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def write(campaign: Campaign, status: Status, *, answered_after: int | None = None, **fields: object) -> Letter:
    letter = make_letter(campaign)
    now = timezone.now()
    moved: dict[str, object] = {"status": status, "rehearsal": False}
    if status in (Status.SENT, Status.BOUNCED):
        moved["sent_at"] = now - 60 * DAY
    if answered_after is not None:
        moved["answered_at"] = now - 60 * DAY + answered_after * DAY
    Letter.objects.filter(pk=letter.pk).update(**moved | fields)
    return letter


@pytest.fixture
def campaign() -> Campaign:
    campaign = make_campaign(mode="live")
    constituency = make_constituency()
    Member.objects.create(
        constituency=constituency, sitting=False, name_display="Old Member", name_full_title="Old Member MP",
        party="Liberal Democrat", as_of=dt.date(2024, 5, 1),
    )  # fmt: skip
    for days in (3, 9, 40):
        write(campaign, Status.SENT, answered_after=days)
    write(campaign, Status.SENT, member_name="Old Member MP")
    write(campaign, Status.BOUNCED)
    write(campaign, Status.HELD)
    write(campaign, Status.WITHDRAWN)
    write(campaign, Status.SENT, rehearsal=True)
    write(campaign, Status.SENT, constituency_gss="E14001063")
    other = make_letter(make_campaign("other", mode="live"))
    Letter.objects.filter(pk=other.pk).update(rehearsal=False)
    one = write(campaign, Status.QUEUED, next_attempt_at=timezone.now())
    one.paragraphs.filter(argument_key="argument-1").update(argument_key="argument-2")
    DownloadCount.objects.create(campaign=campaign, constituency_gss=GSS, count=5, posted=2)
    return campaign


def test_it_counts_this_campaigns_letters_to_this_place(
    campaign: Campaign, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    constituency = Constituency.objects.get(gss=GSS)
    Member.objects.filter(sitting=True, constituency=constituency).update(name_full_title="Ms Ann Example MP")
    with django_assert_num_queries(8):
        place = read_place(campaign, constituency, rehearsal=False)
    assert (place.written, place.with_mp, place.returned, place.waiting) == (7, 4, 1, 2)
    assert (place.answered, place.days_to_answer) == (3, 9)
    assert (place.downloaded, place.posted, place.to_others) == (5, 2, 1)
    assert place.arguments == [("Argument 1", 6), ("Argument 2", 1)]
    assert [one.name_display for one in place.former] == ["Old Member"]
    assert read_place(campaign, constituency, rehearsal=True).written == 1


def see(client: Client, *permissions: str, gss: str = GSS) -> str:
    user = User.objects.create_user("mo", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    otp_login(client, user)
    answer = client.get(reverse("admin:letters_dashboard_constituency", args=["peace", gss]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_says_it_and_names_no_supporter(client: Client, campaign: Campaign) -> None:
    page = see(client, "view_tally")
    for words in (
        "Half of the answers came within 9 days.",
        "2 supporters say that they have posted theirs.",
        "Old Member, Liberal Democrat (as of May 2024)",
        "Argument 2",
    ):
        assert words in page
    assert "See these letters" not in page
    letter = Letter.objects.filter(campaign=campaign)[0]
    assert not [one for one in (letter.sender_name, letter.sender_email, letter.sender_postcode) if one in page]


def test_it_leads_on_to_the_letters_for_those_who_may_see_them(client: Client, campaign: Campaign) -> None:
    page = see(client, "view_letter")
    assert "See these letters" in page
    assert f"constituency_gss__exact={GSS}" in page


def test_a_place_without_letters_or_mp_has_a_page_too(client: Client, campaign: Campaign) -> None:
    Constituency.objects.create(gss="E14001063", name="Aldershot", nation="E", as_of=dt.date(2026, 6, 1))
    Letter.objects.filter(constituency_gss="E14001063").delete()
    page = see(client, "view_tally", gss="E14001063")
    assert "No MP at the moment" in page
    assert "No letters from here yet." in page
    assert client.get(reverse("admin:letters_dashboard_constituency", args=["peace", "E1"])).status_code == 404
