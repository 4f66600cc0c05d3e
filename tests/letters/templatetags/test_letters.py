"""What the public page says of letters is honest: what left, counted once, and no rehearsals beside the real ones."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from campaign.content.models import Campaign
from letters.models import DownloadCount, Letter, Status
from letters.statistics.rollup import roll_up
from letters.templatetags.letters import Counts, count_letters
from tests.letters.factories import make_campaign, make_letter

pytestmark = pytest.mark.django_db


def make_sent(campaign: Campaign, count: int, *, rehearsal: bool, answered: bool = False) -> None:
    for _ in range(count):
        letter = make_letter(campaign)
        now = timezone.now()
        moved = {"status": Status.SENT, "sent_at": now, "rehearsal": rehearsal}
        Letter.objects.filter(pk=letter.pk).update(**moved, answered_at=now if answered else None)


def test_rehearsed_letters_are_not_counted_beside_real_ones() -> None:
    campaign = make_campaign()
    make_sent(campaign, 2, rehearsal=True, answered=True)
    make_letter(campaign)  # queued: not sent
    roll_up()
    assert count_letters(campaign) == Counts(sent=2, answered=2, downloaded=0, posted=0)
    make_sent(campaign, 3, rehearsal=False)
    make_sent(campaign, 1, rehearsal=False, answered=True)
    DownloadCount.objects.create(campaign=campaign, constituency_gss="E14001172", count=5, posted=1)
    roll_up()
    campaign.mode = Campaign.Mode.LIVE
    assert count_letters(campaign) == Counts(sent=4, answered=1, downloaded=5, posted=1)
    assert count_letters(make_campaign("other")) == Counts(sent=0, answered=0, downloaded=0, posted=0)


@pytest.mark.parametrize(
    ("goal", "said", "not_said"),
    [
        (None, "3 letters sent.", "of 500"),
        (500, '<strong>4 of 500 letters</strong> <span lang="en">before the debate on 3 March</span>', "is reached"),
        (4, "The goal is reached, and more letters still help.", "500"),
        (1500, '<progress value="4" max="1500"', "is reached"),
    ],
)
def test_a_goal_shows_how_far_the_campaign_has_come(goal: int | None, said: str, not_said: str, client: Client) -> None:
    campaign = make_campaign(mode="live", goal=goal, goal_occasion="before the debate on 3 March")
    make_sent(campaign, 3, rehearsal=False)
    make_sent(campaign, 2, rehearsal=True)
    DownloadCount.objects.create(campaign=campaign, constituency_gss="E14001172", count=5, posted=1)
    roll_up()
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert said in page
    assert not_said not in page


def test_a_campaign_that_takes_no_letters_asks_for_none(client: Client) -> None:
    campaign = make_campaign(mode="closed", goal=500)
    assert "of 500 letters" not in client.get(campaign.get_absolute_url()).content.decode()
