"""One gentle hint about what offices distrust; about the supporter's own words alone, and never about a quotation."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from campaign.content.models import Argument
from campaign.content.parsing import parse_pack
from letters.writing.draft import OWN_WAY, Draft, Piece
from letters.writing.style import AMERICAN, LEGAL, UNSUPPORTED, advise_on_style, find_advice
from tests.campaign.content.test_dumping import SHIPPED
from tests.letters.factories import make_campaign, make_constituency
from tests.letters.views.test_journey import come_to_words, go, words


def code(*texts: str) -> str:
    advice = find_advice(texts)
    return advice.code if advice else ""


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", ""),
        ("   ", ""),
        ("I served in Bosnia, and I saw how a war ends.", ""),
        ("The war has to end. It costs lives.", "impersonal"),
        ("The US has to act, i.e. soon.", "impersonal"),
        ("It troubles us.", ""),
        ("I want:\n- talks\n- peace\n- aid", "list"),
        ("I want:\n- talks\n  - soon", "list"),
        ("I want two things:\n1. talks\n2. aid", ""),
        ("I met 3. battalion.\n\n- my son", ""),
        ("My son thinks that studies show it.", "unsupported"),
        ("My son says studies show that talks work.", ""),
        ("I think 90% of people want talks.", "unsupported"),
        ("I know that nine out of ten want talks.", "unsupported"),
        ("I read that 60% want talks, according to YouGov.", ""),
        ("I read a poll by YouGov: 60% want talks.", ""),
        ("I read in the Ipsos poll (March 2023) that 60% want talks.", ""),
        ("My 3 children ask me. I am 90.", ""),
        ("I ask you, pursuant to your duty, to act.", "legal"),
        ("I hereby\nask you.", "legal"),
        ("I care about defense.", "american"),
        ("I worked at the Department of Defense.", ""),
        ("I organize the food bank, and I realize what war costs.", ""),
        ("He told me “studies show” and “defense”, and I laughed.", ""),
        ('I read "90% want talks".', ""),
        ("I don't know what 'experts agree' means.", ""),
    ],
)
def test_what_is_hinted_at(text: str, hint: str) -> None:
    assert code(text) == hint


def test_a_hint_says_which_word_and_what_to_do() -> None:
    said = {one.code: one.text for text in (
        "I honor him.", "I ask you forthwith.", "I think Experts  agree.",
    ) if (one := find_advice([text]))}  # fmt: skip
    assert said == {
        "american": "“honor” is the American spelling. British offices notice: here it is “honour”.",
        "legal": "“forthwith” sounds like a lawyer’s letter. How would you say it to a neighbour?",
        "unsupported": "“Experts agree” makes an office ask how you know. Say who found it and when, or say that it is "
        "what you think.",
    }


@given(st.lists(st.text(), max_size=4))
def test_any_text_gets_one_hint_or_none(texts: list[str]) -> None:
    assert code(*texts) in {"", "impersonal", "list", "unsupported", "legal", "american"}


@given(st.sampled_from([*AMERICAN, *LEGAL, *UNSUPPORTED, "90%"]), st.sampled_from(["“%s”", '"%s"', "‘%s’"]))
def test_what_others_said_is_no_fault_of_the_writers(said: str, quoted: str) -> None:
    assert code(f"I heard them say {quoted % said} on the radio.") == ""


@given(st.sampled_from([*LEGAL, *UNSUPPORTED]), st.booleans())
def test_each_phrase_is_found_whatever_its_case(phrase: str, loud: bool) -> None:
    assert code(f"I think {phrase.upper() if loud else phrase} this.") in ("legal", "unsupported")


@given(st.sampled_from(sorted(AMERICAN.values())))
def test_british_spellings_are_left_alone(word: str) -> None:
    assert code(f"I wrote {word} here.") == ""


def test_nothing_that_the_campaign_supplies_is_hinted_at() -> None:
    pack = parse_pack(SHIPPED)
    texts = [phrasing.text for argument in pack.arguments for phrasing in argument.phrasings]
    assert len(texts) > 100
    found = {advice.text for text in texts if (advice := find_advice([f"I agree. {text}"]))}
    assert found == set()


@pytest.mark.django_db
def test_of_an_edited_argument_only_what_was_added_is_looked_at() -> None:
    make_campaign()
    argument = Argument.objects.with_facts().get(key="argument-1")
    phrasing = argument.phrasings.get(length="short")
    phrasing.text = "It is about defense. Experts agree."
    phrasing.save()
    arguments = {argument.key: Argument.objects.with_facts().get(key="argument-1")}
    draft = Draft(pieces=[Piece(argument.key)], own_words="I think so.")
    assert advise_on_style(draft, arguments) is None
    draft.pieces[0].edits["short"] = "It is about defense. Experts agree. I say so too."
    assert advise_on_style(draft, arguments) is None
    draft.pieces[0].edits["short"] = "It is about defense. Experts agree. I hereby say so too."
    assert (advise_on_style(draft, arguments) or draft).code == "legal"  # type: ignore[union-attr]
    draft.pieces[0].length = OWN_WAY
    assert advise_on_style(draft, arguments) is None
    draft.pieces[0].edits[OWN_WAY] = "I favor it."
    assert (advise_on_style(draft, arguments) or draft).code == "american"  # type: ignore[union-attr]


@pytest.mark.django_db
def test_the_builder_shows_one_hint_after_the_own_words_and_blocks_nothing(client: Client) -> None:
    make_constituency()
    make_campaign()
    come_to_words(client)

    def read_hint(own_words: str) -> str:
        answer = go(client, "write-words", words(client, own_words=own_words, action="save"))
        assert answer.status_code == 302
        found = re.findall(r'<p class="advice">(.*?)</p>', go(client, "write-words").content.decode())
        assert len(found) <= 1
        return found[0] if found else ""

    assert "American" not in read_hint("I favor talks.")  # too few words: that comes first
    enough = "I favor talks, for my brother and for all who have to live through another winter of this terrible war."
    assert "American spelling" in read_hint(enough)
    assert "American spelling" not in read_hint(enough.replace("favor", "favour"))
    answer = go(client, "write-words", words(client, own_words=f"{enough} I hereby say: experts agree."))
    assert answer["Location"].endswith("/details/")
