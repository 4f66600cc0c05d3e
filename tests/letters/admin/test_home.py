"""The organisers' first page: a card for each campaign, and what needs this person."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from campaign.content.models import Argument, Campaign
from letters.models import Heartbeat, Letter, Status
from letters.statistics.charts import draw_area
from tests.attacks.test_roles import roles
from tests.letters.factories import make_campaign, make_constituency, make_letter
from tests.otp import otp_login

__all__ = ["roles"]

pytestmark = pytest.mark.django_db
HOME = "/admin/"


@pytest.fixture(autouse=True)
def _swept_just_now() -> None:
    Heartbeat.beat("sweep")


def read_cards(client: Client) -> list[str]:
    """What each card says, in order."""
    page = client.get(HOME).content.decode()
    cards = re.findall(r'<li class="home-card.*?</li>', page, re.DOTALL)
    return [" ".join(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", card, flags=re.DOTALL).split()) for card in cards]


def sign_in(client: Client, role: str) -> None:
    user = User.objects.create_user("vera", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    otp_login(client, user)


def write_letters(campaign: Campaign, days_ago: list[int]) -> list[Letter]:
    letters = []
    for days in days_ago:
        letter = make_letter(campaign)
        confirmed = timezone.now() - dt.timedelta(days=days)
        Letter.objects.filter(pk=letter.pk).update(
            created_at=confirmed, confirmed_at=confirmed, rehearsal=campaign.mode != Campaign.Mode.LIVE
        )
        letters.append(letter)
    return letters


@pytest.fixture
def two() -> tuple[Campaign, Campaign]:
    make_constituency()
    rehearsed, live = make_campaign(), make_campaign("rivers")
    Campaign.objects.filter(pk=live.pk).update(title="Clean rivers", mode=Campaign.Mode.LIVE)
    live.refresh_from_db()
    return rehearsed, live


def test_each_campaign_has_a_card_and_the_live_one_is_first(
    two: tuple[Campaign, Campaign], admin_client: Client
) -> None:
    rehearsed, live = two
    letters = write_letters(live, [0, 1, 6, 7, 40])
    Letter.objects.filter(pk=letters[0].pk).update(status=Status.HELD)
    write_letters(rehearsed, [8, 9])
    Argument.objects.filter(campaign=live, key="argument-1").update(review_by=dt.date(2020, 1, 1))
    first, second = read_cards(admin_client)
    assert first.startswith("● Live Clean rivers 3 letters in seven days ▲ 2 more than in the seven before")
    assert first.endswith("1 held 1 argument due")
    assert f"{rehearsed} 0 letters in seven days ▼ 2 fewer than in the seven before" in second
    assert second.endswith("None held No argument due")
    page = admin_client.get(HOME).content.decode()
    for url in re.findall(r'href="([^"]+)"', page[page.index("home-cards") :]):
        assert admin_client.get(url.replace("&amp;", "&"), follow=True).status_code == 200, url


def test_a_live_campaigns_card_counts_no_rehearsed_letters(
    two: tuple[Campaign, Campaign], admin_client: Client
) -> None:
    live = two[1]
    write_letters(live, [0, 0])
    Letter.objects.filter(pk=write_letters(live, [0])[0].pk).update(rehearsal=True)
    assert "2 letters in seven days" in read_cards(admin_client)[0]


def test_a_viewer_is_not_told_to_do_what_a_viewer_may_not(two: tuple[Campaign, Campaign], client: Client) -> None:
    for status in (Status.HELD, Status.FAILED, Status.UNKNOWN):
        letter = make_letter(two[1])
        Letter.objects.filter(pk=letter.pk).update(status=status)
    Argument.objects.filter(key="argument-1").update(review_by=dt.date(2020, 1, 1))
    sign_in(client, "Viewer")
    page = client.get(HOME).content.decode()
    now = page[page.index('id="now"') :].partition("</section>")[0]
    assert "Nothing that you can do in your role." in now
    assert "href" not in now
    assert "New campaign" not in page
    assert "1 held" in read_cards(client)[0]


def test_a_moderator_is_told_of_letters_and_not_of_arguments(two: tuple[Campaign, Campaign], client: Client) -> None:
    Letter.objects.filter(pk=make_letter(two[1]).pk).update(status=Status.HELD)
    Argument.objects.filter(key="argument-1").update(review_by=dt.date(2020, 1, 1))
    sign_in(client, "Moderator")
    page = client.get(HOME).content.decode()
    now = page[page.index('id="now"') :].partition("</section>")[0]
    assert "1 letter is held" in now
    assert "due for review" not in now


def test_without_a_campaign_the_page_offers_to_make_one(admin_client: Client) -> None:
    page = admin_client.get(HOME).content.decode()
    assert "There is no campaign yet." in page
    assert "Make the first one" in page


def test_the_page_costs_few_queries(
    two: tuple[Campaign, Campaign], client: Client, django_assert_max_num_queries: Any
) -> None:
    write_letters(two[1], [0, 3])
    sign_in(client, "Organiser")
    client.get(HOME)  # counts the letters
    with django_assert_max_num_queries(15):
        client.get(HOME)


def test_an_area_reaches_from_edge_to_edge() -> None:
    area = draw_area([0, 5, 10], 10)
    assert area.line == "M0.0 100.0L50.0 50.0L100.0 0.0"
    assert area.fill == "M0.0 100.0L50.0 50.0L100.0 0.0V100H0Z"
    assert draw_area([3], 3).line == "M0.0 0.0"
