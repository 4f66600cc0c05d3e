"""After any sequence of edits, what is the campaign's in each letter can be told from the versions that it carries."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from campaign.content.models import Argument, Ask, Campaign, Phrasing, Source, TextVersion, saving_as
from campaign.parliament.models import Constituency
from letters.actions.submit import submit_letter
from letters.models import CarriedText, Letter
from letters.writing.compose import Sender
from letters.writing.draft import OWN_WAY, Draft
from letters.writing.reproduce import reproduce_stock
from tests.letters.factories import make_campaign, make_constituency

SENDER = Sender("Jane Doe", ("1 Test Street",), "SW1A 1AA", "jane@supporter.example")
PEOPLE = [{"who": "roe", "introduced": "Jane Roe, the judge,", "after": "Jane Roe"}]
WORDS = st.sampled_from(
    ["Nine of ten agree.", "Jane Roe, the judge, agrees.", "Jane Roe, the judge, said in May 2022 that 400 died."]
)
CHANGE = st.sampled_from([TextVersion.Change.STYLE, TextVersion.Change.FACT])
NUMBER = st.integers(0, 3)
LETTER = st.tuples(
    st.just("letter"),
    st.lists(
        st.tuples(
            st.sampled_from(["argument-1", "argument-2", "argument-3"]), st.sampled_from(["short", "full", OWN_WAY])
        ),
        max_size=3,
        unique_by=lambda chosen: chosen[0],
    ),
    st.lists(WORDS, max_size=1),
)
EDIT = st.tuples(
    st.sampled_from(["phrasing", "source", "claim", "since", "as_of", "ask", "preface", "delete", "unsource"]),
    NUMBER,
    WORDS,
    CHANGE,
)
STEPS = st.lists(st.one_of(LETTER, EDIT), min_size=2, max_size=8)


def write(chosen: list[tuple[str, str]], edits: list[str]) -> None:
    campaign = Campaign.objects.get()
    if not Constituency.objects.exists():
        make_constituency()
    constituency = Constituency.objects.with_members().get()
    arguments = {one.key: one for one in Argument.objects.with_facts().select_related("campaign")}
    draft = Draft(gss=constituency.gss, own_words="I have thought about this for years.")
    draft.choose([key for key, _length in chosen])
    for piece, (_key, length) in zip(draft.pieces, chosen, strict=True):
        piece.length = length
        if edits or length == OWN_WAY:
            piece.edits = {length: f"In my own way: {' '.join(edits)}"}
    assert constituency.member is not None
    assert submit_letter(
        campaign, draft, arguments, constituency, constituency.member, SENDER, news=False, count_mail=lambda: None
    )


def edit(what: str, number: int, words: str, change: TextVersion.Change) -> None:
    argument = Argument.objects.all()[number % 3]
    with saving_as(change):
        match what:
            case "phrasing":
                Phrasing.objects.filter(argument=argument, length="short").update(text=words, people=PEOPLE)
            case "source":
                Source.objects.filter(argument=argument).update(title=words[:20])
            case "claim":
                argument.claim = words
                argument.save()
            case "since":
                argument.since, argument.since_in_letter = words, number % 2 == 0
                argument.save()
            case "as_of":
                argument.as_of = f"202{number}-02"
                argument.reviewed_on = None
                argument.save()
            case "ask":
                Ask.objects.update(text=words)
            case "preface":
                Campaign.objects.update(preface=words)
            case "delete":
                Phrasing.objects.filter(argument=argument, length="short").delete()
            case "unsource":
                Source.objects.filter(argument=argument).delete()


def check_letters() -> None:
    """Hold each letter against what its versions make of it."""
    for letter in Letter.objects.all():
        paragraphs = list(letter.paragraphs.all())
        carried = list(CarriedText.objects.filter(letter=letter).select_related("version"))
        stock = reproduce_stock(carried, [(one.position, one.text) for one in paragraphs])
        assert stock[None].text == letter.ask_text
        for one in paragraphs:
            its = stock.get(one.position)
            assert (list(its.notes), its.age) == (one.sources, one.age) if its else not one.sources
            if one.argument_id and one.variant is not None:
                assert its is not None
                assert its.edited or its.text == one.text
            elif one.argument_id and not one.text.startswith("In my own way"):
                assert its is not None
                assert its.text == one.text  # its claim


class UndoneError(Exception):
    """Takes an example's rows back."""


@pytest.mark.django_db
@settings(max_examples=15, phases=(Phase.explicit, Phase.reuse, Phase.generate))  # shrinking takes minutes
@given(STEPS)
def test_each_letter_can_be_reproduced(steps: list[Any]) -> None:
    try:
        with transaction.atomic():
            make_campaign()
            for step in steps:
                if step[0] == "letter":
                    write(*step[1:])
                else:
                    edit(*step)
                check_letters()
            raise UndoneError
    except UndoneError:
        pass


@pytest.mark.django_db
def test_the_preface_is_carried_as_well() -> None:
    make_campaign(preface="I condemn the war.")
    write([("argument-1", "short")], [])
    letter = Letter.objects.get()
    stock = reproduce_stock(letter.carried.select_related("version"), [])
    assert {position: one.text for position, one in stock.items()} == {
        None: "I ask you to say so."
    }  # without the paragraphs' texts nothing but the ask is told
    texts = [(one.position, one.text) for one in letter.paragraphs.all()]
    told = {position: one.text for position, one in reproduce_stock(letter.carried.all(), texts).items()}
    assert told == {1: "The short text of argument 1.", 2: "I condemn the war.", None: "I ask you to say so."}
