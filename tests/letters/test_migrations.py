"""A database that was filled at 0.1.0 is brought up to date: its letters know which texts they carry (models/carried.py)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from letters.models import CarriedText, Letter
from tests.campaign.content.test_migrations import migrate

OLD = [("content", "0001_squashed"), ("letters", "0001_squashed")]


def fill(old: Any) -> None:
    campaign = old.get_model("content", "Campaign").objects.create(slug="a", title="A", subject="S")
    theme = old.get_model("content", "Theme").objects.create(campaign=campaign, key="a", title="A")
    old.get_model("content", "Ask").objects.create(campaign=campaign, key="say", label="Say", text="Please say so.")
    argument = old.get_model("content", "Argument").objects.create(
        campaign=campaign, theme=theme, key="cost", title="Cost", claim="It costs.", as_of=dt.date(2023, 2, 28),
        review_every_days=180, review_by=dt.date(2023, 9, 1),
    )  # fmt: skip
    for length, text in (("short", "It costs 3."), ("full", "It costs 3 in all.")):
        old.get_model("content", "Phrasing").objects.create(argument=argument, length=length, text=text)
    old.get_model("content", "Source").objects.create(argument=argument, who="Roe", date="2023-02", title="Costs")
    for number, (text, ask) in enumerate(
        [("It costs 3 in all.", "Please say so."), ("It costs me 3.", "Say it."), ("", "")]
    ):
        letter = old.get_model("letters", "Letter")(
            reference=f"CCCC-CCC{number + 3}", campaign=campaign, subject="S", ask_text=ask,
            confirm_token_hash=f"c{number}", letter_token_hash=f"l{number}",
            text_erased_at=None if text else timezone.now(),
        )  # fmt: skip
        letter.save(force_insert=True)
        for position, (words, key) in enumerate([("I know.", ""), (text, "cost")]):
            old.get_model("letters", "LetterParagraph").objects.create(
                letter=letter, position=position, text=words, argument_key=key,
                argument=argument if key else None, sources=["Roe, Costs, February 2023."] if key else [],
            )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_letters_are_tied_to_the_texts_whose_words_they_have() -> None:
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        fill(migrate(*OLD))
        migrate(*newest)
        carried = CarriedText.objects.order_by("pk")
        assert {
            reference: [
                (one.position, one.version.kind, one.version.words)
                for one in carried.filter(letter__reference=reference)
            ]
            for reference in Letter.objects.order_by("reference").values_list("reference", flat=True)
        } == {
            "CCCC-CCC3": [
                (1, "paragraph", "It costs 3 in all."),
                (1, "source", "Roe, Costs, February 2023."),
                (None, "ask", "Please say so."),
            ],
            "CCCC-CCC4": [(1, "source", "Roe, Costs, February 2023.")],
            "CCCC-CCC5": [],  # its text is erased
        }
    finally:
        migrate(*newest)
