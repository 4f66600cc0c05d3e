"""Held letters: the threats first, one after the other in the chosen filter, with reasons that are ready."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from campaign.content.models import Campaign
from letters.admin.moderation_queue import PREVIEW, make_preview
from letters.models import Finding, Letter, LetterParagraph, Part, Rule, Status
from tests.letters.factories import make_campaign, make_constituency, make_letter, write_paragraph

pytestmark = pytest.mark.django_db
LIST = "/admin/letters/letter/"
QUEUE = f"{LIST}moderation/"


def hold(campaign: Campaign, rule: Rule, text: str, found: str = "", *, days: int = 0) -> Letter:
    letter = make_letter(campaign)
    write_paragraph(letter, text)
    start = text.find(found)
    Finding.objects.create(letter=letter, rule=rule, part=Part.TEXT, paragraph=0, start=start, end=start + len(found))
    assert letter.transition_to(Status.HELD)
    at = timezone.now() - dt.timedelta(days=days)
    Letter.objects.filter(pk=letter.pk).update(created_at=at, confirmed_at=at)
    return letter


@pytest.fixture
def held() -> list[Letter]:
    """A link, an older link and a threat, which is the newest."""
    campaign = make_campaign()
    return [
        hold(campaign, Rule.LINK, "Read www.new.example now.", "www.new.example", days=1),
        hold(campaign, Rule.LINK, "Read www.old.example now.", "www.old.example", days=3),
        hold(campaign, Rule.THREAT, "I know where you live.", "know where you live"),
    ]


def test_threats_come_first_then_the_oldest_with_age_and_preview(admin_client: Client, held: list[Letter]) -> None:
    new, old, threat = held
    page = admin_client.get(QUEUE).content.decode()
    assert re.findall(r"/letter/([\w-]+)/review/", page) == [str(one.pk) for one in (threat, old, new)]
    assert "held for 3 days" in page
    assert "I <mark>know where you live</mark>." in page


def test_the_filter_is_kept_from_letter_to_letter(admin_client: Client, held: list[Letter]) -> None:
    new, old, threat = held
    page = admin_client.get(f"{LIST}{old.pk}/review/?rule=link").content.decode()
    assert "Letter 1 of 2: A link" in page
    assert f"{LIST}{new.pk}/review/?rule=link" in page
    assert str(threat.pk) not in page
    sent = {"decision": "release", "release-reason": "Read."}
    answer = admin_client.post(f"{LIST}{old.pk}/review/?rule=link", sent)
    assert answer["Location"] == f"{LIST}{new.pk}/review/?rule=link"
    assert admin_client.post(answer["Location"], sent)["Location"] == f"{QUEUE}?rule=link"
    page = admin_client.get(f"{QUEUE}?rule=link").content.decode()
    assert "No letters are held by this rule." in page


def test_ready_reasons_fill_the_field_and_can_be_changed(admin_client: Client, held: list[Letter]) -> None:
    page = admin_client.get(f"{LIST}{held[2].pk}/review/?rule=threat").content.decode()
    assert "Some words in your letter read as a threat." in page
    assert "MPs’ offices do not open links." not in page
    page = admin_client.get(f"{LIST}{held[2].pk}/review/?ready=refuse-0").content.decode()
    assert re.search(r'name="refuse-reason" value="Some words in your letter read as a threat\.', page)
    assert 'name="release-reason" value' not in page


def test_both_postcodes_are_shown_with_their_places(admin_client: Client) -> None:
    make_constituency("E14001277", "Huddersfield")
    letter = hold(make_campaign(), Rule.POSTCODE, "My cousin in HD1 1QX.", "HD1 1QX")
    page = admin_client.get(f"{LIST}{letter.pk}/review/").content.decode()
    assert re.search(r"<strong>HD1 1QX</strong>\s+is in the letter: ", page)
    assert re.search(r"<strong>SW1A 1AA</strong>\s+is the supporter’s own: ", page)


def test_pages_cost_few_queries(
    admin_client: Client, held: list[Letter], django_assert_max_num_queries: object
) -> None:
    for path in (QUEUE, f"{LIST}{held[0].pk}/review/?rule=link"):
        with django_assert_max_num_queries(16):  # type: ignore[operator]
            assert admin_client.get(path).status_code == 200


def test_what_is_kept_back_in_bulk_has_a_sentence_for_each_reason(admin_client: Client, held: list[Letter]) -> None:
    chosen = {"action": "release", "_selected_action": [one.pk for one in held]}
    said = "1 letter is kept back: it may threaten someone."
    assert said in admin_client.post(LIST, chosen).content.decode()
    page = admin_client.post(LIST, chosen | {"reason": "Read"}, follow=True).content.decode()
    assert said in page
    assert "2 letters: Released." in page


@pytest.mark.parametrize("at", [0, 300, 900])
def test_a_preview_is_short_and_has_what_was_found(at: int) -> None:
    text = "word " * (at // 5) + "threat " + "word " * 200
    paragraph = LetterParagraph(position=0, text=text)
    finding = Finding(rule=Rule.THREAT, part=Part.TEXT, paragraph=0, start=at, end=at + 6)
    preview = make_preview([paragraph], [finding])
    assert [one.text for one in preview if one.marked] == ["threat"]
    assert sum(len(one.text) for one in preview) <= PREVIEW + 4
    assert make_preview([], []) == make_preview([], [finding])
