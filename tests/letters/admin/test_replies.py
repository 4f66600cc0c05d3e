"""Replies are counted by MP and party as supporters have said them (letters/statistics/replies.py)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaign.content.models import Campaign
from letters.actions.note import note_by_supporter
from letters.models import EventType, Letter, Status
from letters.statistics.replies import read_replies
from letters.statistics.rollup import roll_up_all
from tests.letters.factories import make_campaign, make_constituency, make_letter

pytestmark = pytest.mark.django_db
MON = "W07000112"


@pytest.fixture
def campaign() -> Campaign:
    make_constituency()
    return make_campaign()


def send(campaign: Campaign, party: str, *, gss: str = "", answered_after: int | None = None) -> Letter:
    """A letter that was sent thirty days ago, and perhaps answered some days after."""
    place: Any = (
        {"constituency_gss": gss, "constituency_name": "Ynys Môn", "member_name": "Llinos Medi MP"} if gss else {}
    )
    letter = make_letter(campaign, member_party=party, **place)
    sent = timezone.now() - dt.timedelta(days=30)
    answered = None if answered_after is None else sent + dt.timedelta(days=answered_after)
    Letter.objects.filter(pk=letter.pk).update(status=Status.SENT, sent_at=sent, answered_at=answered)
    return letter


def show(client: Client) -> str:
    answer = client.get(reverse("admin:letters_dashboard_replies", args=["peace"]))
    assert answer.status_code == 200
    return answer.content.decode()


def read_rows(page: str, heading: str) -> list[list[str]]:
    section = page[page.index(f'aria-labelledby="{heading}"') :]
    body = section[section.index("<tbody>") : section.index("</tbody>")]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [
        [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]
        for row in rows
    ]


def test_answers_are_counted_by_mp_and_by_party_with_their_days(campaign: Campaign, admin_client: Client) -> None:
    send(campaign, "Labour", answered_after=4)
    send(campaign, "Labour (Co-op)", answered_after=10)
    send(campaign, "Labour")
    send(campaign, "Plaid Cymru", gss=MON, answered_after=20)
    send(campaign, "Green Party")
    roll_up_all()
    page = show(admin_client)
    # Labour and Labour (Co-op) are one party. A party that has not answered is there, too.
    assert [row[:4] for row in read_rows(page, "parties")] == [
        ["Labour", "2", "3", "7"],
        ["Green Party", "0", "1", "–"],
        ["Plaid Cymru", "1", "1", "20"],
    ]
    assert ["Llinos Medi MP", "Ynys Môn", "Plaid Cymru", "1", "1", "20"] in [
        row[:6] for row in read_rows(page, "members")
    ]
    text = " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert "3 letters were answered. 5 letters are with MPs. An answer took 11 days on average." in text
    assert page.index('id="newest"') < page.index("Llinos Medi MP")


def test_every_link_leads_to_the_letters_it_counts(campaign: Campaign, admin_client: Client) -> None:
    answered = {send(campaign, "Labour", answered_after=days).reference for days in (3, 5)}
    send(campaign, "Labour")
    roll_up_all()
    urls = re.findall(r'href="([^"]*stage=answered[^"]*)"', show(admin_client))
    assert len(urls) == 2  # the party, the MP
    for url in urls:
        listed = admin_client.get(url.replace("&amp;", "&")).content.decode()
        assert set(re.findall(r">([0-9A-Z]{4}-[0-9A-Z]{4})</a>", listed)) == answered


def test_what_came_back_was_not_with_the_mp(campaign: Campaign) -> None:
    returned = send(campaign, "Labour")
    Letter.objects.filter(pk=returned.pk).update(status=Status.BOUNCED)
    send(campaign, "Labour", answered_after=1)
    roll_up_all()
    replies = read_replies(campaign, rehearsal=True)
    assert (replies.all.answered, replies.all.reached, replies.all.percent) == (1, 1, 100)


def test_a_letter_posted_by_hand_is_answered_from_its_posting(campaign: Campaign) -> None:
    letter = make_letter(campaign)
    now = timezone.now()
    assert note_by_supporter(letter, EventType.ANSWERED)
    assert read_replies(campaign, rehearsal=True).all.days is None  # nobody knows since when
    Letter.objects.filter(pk=letter.pk).update(posted_at=now - dt.timedelta(days=9), answered_at=now)
    assert read_replies(campaign, rehearsal=True).all.days == 9


def test_without_replies_the_page_says_how_they_get_there(campaign: Campaign, admin_client: Client) -> None:
    page = " ".join(show(admin_client).split())
    assert "No supporter has said yet that an MP has answered" in page
    assert "they press “I got an answer”" in page
    assert "3 weeks after a letter was sent" in page
    assert "No letter has been sent yet." in page
    send(campaign, "Labour")
    roll_up_all()
    assert "1 letter is with its MP." in " ".join(show(admin_client).split())
