"""A supporter may add their constituency's fact: with its source, only while it is in date, and by value (letters/forms/local_fact.py, letters/admin/local_facts.py)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from campaign.content.models import Campaign, LocalFact
from letters.models import Letter
from letters.moderation.rules import list_passages
from letters.writing.compose import read_letter
from letters.writing.originality import measure_letter
from tests.letters.factories import GSS, make_campaign, make_constituency
from tests.letters.views.test_journey import DETAILS, come_to_words, go, words

pytestmark = pytest.mark.django_db
SENTENCE = "In Cities of London and Westminster, 1,234 people have signed for talks."
NOTE = "Our petition, October 2026."
ENOUGH = "I have thought about this for many years."


@pytest.fixture
def fact() -> LocalFact:
    make_constituency()
    return LocalFact.objects.create(
        campaign=make_campaign(),
        gss=GSS,
        figure="1,234",
        sentence="In {place}, {figure} people have signed for talks.",
        source="Our petition",
        date="2026-10",
        valid_until=timezone.localdate(),
    )


def test_it_is_offered_with_its_source_and_not_in_the_letter_unless_it_is_ticked(
    client: Client, fact: LocalFact
) -> None:
    come_to_words(client)
    page = go(client, "write-words").content.decode()
    assert f"Add: “{SENTENCE}”" in page
    assert f"Source: {NOTE}" in page
    assert SENTENCE not in [part.text for part in go(client, "write-words").context["text"].paragraphs]
    go(client, "write-words", words(client, local_fact="on", own_words=ENOUGH, action="save"))
    text = go(client, "write-words").context["text"]
    assert (f"{SENTENCE} ({NOTE})", text.sources) in [(part.text, ()) for part in text.paragraphs]
    go(client, "write-words", words(client, source_style="notes", action="save"))
    text = go(client, "write-words").context["text"]
    [part] = [part for part in text.paragraphs if part.text == SENTENCE]
    assert [text.sources[number - 1] for number in part.note_numbers] == [NOTE]
    go(client, "write-words", words(client, source_style="line", action="save"))
    text = go(client, "write-words").context["text"]
    assert (text.source_line, {part.note_numbers for part in text.paragraphs}) == (
        f"Where these facts come from: {NOTE} Jane Roe, Report 1, The Paper, February 2023.",
        {()},
    )
    unticked = {name: value for name, value in words(client).items() if name != "local_fact"}
    go(client, "write-words", unticked | {"action": "save"})
    assert SENTENCE not in [part.text for part in go(client, "write-words").context["text"].paragraphs]


def test_past_its_date_it_is_neither_offered_nor_in_a_letter(client: Client, fact: LocalFact) -> None:
    come_to_words(client)
    go(client, "write-words", words(client, local_fact="on", own_words=ENOUGH, action="save"))
    LocalFact.objects.update(valid_until=timezone.localdate() - dt.timedelta(days=1))
    answer = go(client, "write-words")
    assert SENTENCE not in answer.content.decode()
    assert "local_fact" not in answer.context["form"].fields
    assert go(client, "write-words", words(client)).status_code == 302  # nothing else is lost


def test_it_stays_behind_when_the_supporter_writes_to_another_mp(client: Client, fact: LocalFact) -> None:
    make_constituency("E14001001", "Leeds Test")
    LocalFact.objects.create(
        campaign=fact.campaign, gss="E14001001", figure="9", sentence="9 in {place}.", source="S", date="2026",
        valid_until=timezone.localdate(),
    )  # fmt: skip
    come_to_words(client)
    go(client, "write-words", words(client, local_fact="on", action="save"))
    go(client, "write-constituencies", {"gss": "E14001001"})
    answer = go(client, "write-words")
    assert not answer.context["form"]["local_fact"].value()
    assert "9 in Leeds Test." not in [part.text for part in answer.context["text"].paragraphs]


def test_a_stored_letter_keeps_it_by_value_and_it_counts_as_the_campaigns(client: Client, fact: LocalFact) -> None:
    come_to_words(client)
    go(client, "write-words", words(client, local_fact="on", own_words=ENOUGH, source_style="line"))
    go(client, "write-send", DETAILS | {"consent": "on"})
    letter = Letter.objects.get()
    measured, _keys = measure_letter(letter)
    assert measured.own_count == len(ENOUGH.split())
    [passage] = [one for one in list_passages(letter) if one.text == SENTENCE]
    assert passage.own == []
    LocalFact.objects.all().delete()
    text = read_letter(Letter.objects.get())
    assert SENTENCE in [part.text for part in text.paragraphs]
    assert NOTE in text.sources


def test_a_campaign_without_facts_offers_none(client: Client) -> None:
    make_constituency()
    make_campaign()
    come_to_words(client)
    assert "A fact about" not in go(client, "write-words").content.decode()
    assert Campaign.objects.get().local_facts.count() == 0
