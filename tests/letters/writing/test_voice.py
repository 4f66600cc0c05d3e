"""A letter that says “we” has no “I” from the campaign."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from campaign.content.loading import load_pack
from campaign.content.models import Argument, Ask, Campaign, Phrasing
from campaign.content.parsing import parse_pack
from letters.writing.draft import Draft, read_piece
from letters.writing.session import load_draft
from letters.writing.voice import fit_voice, is_from_several, speaks_as_one
from letters.writing.wordings import choose_wordings
from tests.campaign.content.test_dumping import SHIPPED
from tests.letters.factories import make_campaign, make_constituency
from tests.letters.views.test_journey import come_to_words, words


@pytest.mark.parametrize(
    ("own_words", "several"),
    [
        ("We send a parcel every month.", True),
        ("Every Sunday we pray for it.", True),
        ("We have a lodger from Lviv, and I ring her mother.", False),
        ("We have a lodger from Lviv. My wife rings her mother.", False),
        ("Im not political but we all talk of it.", False),
        ("The US should help our friends.", False),
        ("We remember him saying ‘I thought they were wrong’.", True),
        ("Idle, mystic, mesh: we know these.", True),
        ("", False),
    ],
)
def test_a_letter_is_from_several_if_it_says_we_and_never_i(own_words: str, several: bool) -> None:
    assert is_from_several(Draft(own_words=own_words)) is several
    assert is_from_several(Draft(reason=own_words)) is several


def test_sentences_say_what_the_writers_say_or_neither() -> None:
    sentences = ["I live here.", "We live here.", "This is about Ukraine."]
    assert fit_voice(sentences, several=True) == ["We live here.", "This is about Ukraine."]
    assert fit_voice(sentences, several=False) == ["I live here.", "This is about Ukraine."]
    assert fit_voice(["My letter."], several=True) == ["My letter."]


@pytest.mark.django_db
def test_the_builders_letter_says_we_once_its_writers_do(client: Client) -> None:
    campaign = make_campaign(openings="I am writing.\nWe are writing.", preface="I condemn it.\nWe condemn it.")
    make_constituency()
    Ask.objects.update(text="Write to me.", wordings="Say it.")
    for argument in Argument.objects.all():
        for variant, text in enumerate(("I wonder.", "One wonders.")):
            Phrasing.objects.update_or_create(
                argument=argument, length="short", variant=variant, defaults={"text": text}
            )
    come_to_words(client)

    def write(own_words: str) -> str:
        sent = words(client) | {"action": "save", "own_words": own_words}
        client.post(reverse("write-words", args=[campaign.slug]), sent)
        draft = load_draft(client.session, campaign.slug)
        arguments = {one.key: one for one in campaign.arguments.with_facts()}
        paragraphs = [read_piece(piece, arguments[piece.key]) for piece in draft.pieces]
        return " ".join([draft.given["opening"], *paragraphs, draft.given["preface"], draft.given["ask say"]])

    assert "We " not in write("I send a parcel every month.")
    said = write("We send a parcel every month.")
    assert "We are writing." in said
    assert not speaks_as_one(said)
    assert "We " not in write("I send a parcel every month.")


@pytest.mark.django_db
def test_the_shipped_pack_has_something_to_say_for_both() -> None:
    load_pack(parse_pack(SHIPPED))
    campaign = Campaign.objects.get()
    arguments = {one.key: one for one in Argument.objects.with_facts().select_related("campaign")}
    for key, argument in arguments.items():
        draft = Draft(own_words="We send a parcel every month.")
        draft.choose([key])
        choose_wordings(draft, campaign, arguments)
        said = [
            read_piece(draft.pieces[0], argument),
            *(draft.given[name] for name in draft.given if name != "subject"),
        ]
        assert [text for text in said if speaks_as_one(text)] == []
