"""Whatever happens to letters, the figures agree with each other, with the letters, and with the campaign's page (periods.py)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from campaign.content.models import Campaign
from letters.actions.note import note_by_supporter
from letters.models import EventType, Letter, LetterParagraph, Status
from letters.statistics.figures import Figures, list_campaigns, read_figures
from letters.statistics.periods import Numbers, sum_days
from letters.statistics.replies import read_replies
from letters.templatetags.letters import count_letters
from tests.letters.factories import make_campaign, make_constituency
from tests.letters.many import write_many
from tests.letters.statistics.test_rollup import ACTIONS, CONSTITUENCIES, do

DAY = dt.timedelta(days=1)


def happen(action: str, seed: int) -> None:
    letters = list(Letter.objects.order_by("created_at"))
    if action == "answer" and letters:
        one = letters[seed % len(letters)]
        note_by_supporter(one, EventType.ANSWERED)
        Letter.objects.filter(pk=one.pk).update(answered_at=timezone.now() - seed * DAY)
    elif action == "age" and letters:
        one = letters[seed % len(letters)]
        moments = {"created_at": timezone.now() - seed * DAY}
        if one.confirmed_at and one.tallied_status == Status.UNCONFIRMED:  # not counted yet
            moments["confirmed_at"] = timezone.now() - seed * DAY
        Letter.objects.filter(pk=one.pk).update(**moments)
    else:
        do(action, seed)


def check_agreement(figures: Figures) -> None:
    """What one sentence and one screen say together."""
    assert figures.confirmed_in_all == figures.standing + figures.withdrawn
    assert figures.left == figures.returned + figures.statuses[Status.SENT]
    assert figures.written >= figures.confirmed_in_all >= figures.standing >= figures.left >= 0
    assert figures.withdrawn >= 0
    assert sum(figures.sent.values()) == figures.left
    assert figures.by_constituency.total() == figures.standing
    assert sum(letters for letters, _reached in figures.parties.values()) == figures.standing
    assert sum(letters for letters, _reached, _all in figures.regions.values()) == figures.standing
    assert figures.constituencies_reached == sum(count > 0 for count in figures.by_constituency.values())
    assert all(count <= figures.standing for count in figures.arguments.values())


def check_letters(figures: Figures, letters: list[Letter]) -> None:
    """The same by looking at each letter, written as plainly as can be."""
    today = timezone.localdate()

    def count_days(moments: list[dt.datetime | None]) -> Numbers:
        ages = [(today - timezone.localdate(moment)).days for moment in moments if moment]
        return Numbers(len(ages), sum(0 <= age < 7 for age in ages), sum(7 <= age < 14 for age in ages))

    statuses = Counter(letter.status for letter in letters)
    assert {status: count for status, count in figures.statuses.items() if count} == statuses
    assert figures.written == len(letters)
    counted = [letter for letter in letters if letter.status != "unconfirmed"]
    assert sum_days(figures.confirmed, today) == count_days([letter.confirmed_at for letter in counted])
    left = [letter.sent_at for letter in letters if letter.status in ("sent", "bounced")]
    assert sum_days(figures.sent, today) == count_days(left)
    assert figures.answered == count_days([letter.answered_at for letter in letters])
    unconfirmed = [letter.created_at for letter in letters if letter.status == "unconfirmed"]
    assert figures.unconfirmed == count_days([*unconfirmed])
    stands = Counter(one.constituency_gss for one in letters if one.status not in ("unconfirmed", "withdrawn"))
    assert +figures.by_constituency == stands


class TestWhateverHappens(TestCase):
    """A class, because each example needs a transaction of its own."""

    @settings(max_examples=15, phases=[Phase.explicit, Phase.reuse, Phase.generate])
    @given(
        st.lists(st.tuples(st.sampled_from([*ACTIONS, "answer", "age"]), st.integers(0, 30)), min_size=8, max_size=25)
    )
    def test_the_figures_agree(self, happenings: list[tuple[str, int]]) -> None:
        for gss in sorted({gss for gss, _party in CONSTITUENCIES}):
            make_constituency(gss, f"Place {gss}")
        make_campaign()
        make_campaign("other")
        for action, seed in happenings:
            happen(action, seed)
        for campaign in list_campaigns().order_by("pk"):
            for rehearsal in (True, False):
                figures = read_figures(campaign, rehearsal=rehearsal)
                check_agreement(figures)
                check_letters(figures, [*Letter.objects.filter(campaign=campaign, rehearsal=rehearsal)])
                public = Campaign(pk=campaign.pk, mode="rehearsal" if rehearsal else "live")
                counts = count_letters(public)
                assert (counts.sent, counts.answered) == (figures.statuses[Status.SENT], figures.answered.count)
                replies = read_replies(campaign, rehearsal=rehearsal).all
                assert (replies.reached, replies.answered) == (counts.sent, counts.answered)


pytestmark = pytest.mark.django_db


def test_each_figure_leads_to_as_many_letters_as_it_says(admin_client: Client) -> None:
    campaign = make_campaign()
    make_constituency()
    make_constituency("W07000112", "Ynys Môn", party="Labour (Co-op)")
    write_many(campaign, 150, days=20)
    for argument in campaign.arguments.all():
        LetterParagraph.objects.filter(argument_key=argument.key).update(argument=argument)
    for letter in Letter.objects.filter(status=Status.SENT)[:7]:
        note_by_supporter(letter, EventType.ANSWERED)
    page = admin_client.get("/admin/letters/letter/dashboard/peace/?of=live")
    context: Any = page.context
    figures = [*context["totals"], *context["sum"].values()]
    bars = [*context["arguments"], *context["regions"], *context["parties"]]
    days = [(url, column.first) for column, url in context["day_links"]]
    statuses = [(url, count) for _status, _shape, count, _width, url in context["statuses"]]
    asked = [*((one.url, one.count) for one in [*figures, *bars]), *days[::5], *statuses]
    assert len(asked) > 30
    assert len({count for _url, count in asked}) > 10
    for url, count in asked:
        assert admin_client.get(url).context["cl"].result_count == count, url
    assert sum(count for _url, count in days) == context["figures"].confirmed_in_all
    hexes = [(gss, count) for _x, _y, _step, gss, _name, count in context["hexes"]]
    assert sum(count for _gss, count in hexes) == context["figures"].standing
    for gss, _count in hexes:
        assert admin_client.get(f"/admin/letters/letter/dashboard/peace/map/{gss}/?of=live").status_code == 200


@pytest.mark.parametrize(
    "value", ["", "today", "2026-13-01", "2026-11-01_x", "9999-12-31_9999-12-31", "2026-11-01_2026-10-01"]
)
def test_a_day_of_confirmation_that_is_none_breaks_nothing(admin_client: Client, value: str) -> None:
    make_campaign()
    assert admin_client.get("/admin/letters/letter/", {"confirmed": value}).status_code == 200
