"""What the public page says of letters is honest: what left, counted once, and no rehearsals beside the real ones."""

from __future__ import annotations

import pytest
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
