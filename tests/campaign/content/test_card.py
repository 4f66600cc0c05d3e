"""The picture of a campaign where its address is shared."""

from __future__ import annotations

import io
import re

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image
from pytest_django import Settings

from campaign.content.card import Card, draw_card
from campaign.content.models import Campaign
from tests.letters.factories import make_campaign

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=250)


@hypothesis_settings(max_examples=15)
@given(TEXT, TEXT, TEXT)
def test_whatever_is_written_makes_a_picture_of_the_usual_size(title: str, tagline: str, name: str) -> None:
    picture = draw_card(Card(title, tagline, name, "Write to your MP"))
    assert Image.open(io.BytesIO(picture)).size == (1200, 630)
    assert len(picture) < 100_000


def test_nothing_is_written_over_its_button_or_beyond_its_edge() -> None:
    words = Card("Words " * 20, "Many words " * 22, "Run by " + "the association of " * 8, "Write to your MP")
    picture = Image.open(io.BytesIO(draw_card(words))).convert("L")
    paper = picture.getpixel((2, 300))
    for edge in ((0, 20, 60, 630), (1150, 20, 1200, 630), (0, 580, 1200, 630), (0, 480, 1200, 505)):
        assert picture.crop(edge).getextrema() == (paper, paper), edge


@pytest.mark.django_db
def test_a_shared_page_names_its_picture_by_a_whole_address(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://letters.example"
    make_campaign()

    def find_address() -> str:
        page = client.get("/peace/").content.decode()
        assert '<meta property="og:title" content="Time to talk">' in page
        found = re.search(r'property="og:image" content="https://letters\.example(/peace/card\.png\?\w+)"', page)
        assert found is not None
        return found[1]

    first = find_address()
    answer = client.get(first)
    assert answer["Content-Type"] == "image/png"
    assert "public" in answer["Cache-Control"]
    assert find_address() == first
    Campaign.objects.update(tagline="Talking helps everybody.")
    assert find_address() != first, "what has other words has another address, so that no cache shows the old ones"


@pytest.mark.django_db
def test_who_runs_it_is_named_on_the_first_screen(client: Client) -> None:
    make_campaign()
    page = client.get("/peace/").content.decode()
    assert page.index("Run by Talk Group") < page.index("The case in brief")
    Campaign.objects.update(promoter_name="")
    assert "Run by" not in client.get("/peace/").content.decode()


@pytest.mark.django_db
def test_nobody_sees_the_picture_of_a_draft(client: Client) -> None:
    make_campaign(mode=Campaign.Mode.DRAFT)
    assert client.get("/peace/card.png").status_code == 404
