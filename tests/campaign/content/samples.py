"""The sample pack, whole and spoiled, and what the database says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.db.models import Model

from campaign.content.loading import load_pack
from campaign.content.models import Argument, Ask, Campaign, Phrasing, Source, Theme
from campaign.content.parsing import parse_bytes

MODELS: list[type[Model]] = [Campaign, Theme, Argument, Phrasing, Source, Ask]
SAMPLE = Path(__file__).with_name("sample-pack.yaml")


def read_sample() -> dict[str, Any]:
    """Return the sample pack as plain data, to be changed by a test."""
    data = yaml.safe_load(SAMPLE.read_bytes())
    assert isinstance(data, dict)
    return data


def read_rich_sample() -> dict[str, Any]:
    """Return the sample with all that format 2 has and format 1 has not."""
    data = read_sample()
    data |= {
        "format": 2,
        "openings": ["I write from {place}, because", "I live in {place}."],
        "preface": ["Nothing excuses a cold home.", "Nobody should be cold at home."],
        "preface_signs": ["nothing excuses"],
        "preface_own_signs": ["freezing"],
        "preface_by_default": False,
        "subjects": ["Cold homes", "Warmth"],
    }
    data["asks"][1] |= {"not_for": ["minister", "speaker"], "wordings": ["Please do it.", "Do it, please."]}
    data["asks"][0]["only_for"] = ["minister"]
    first = data["arguments"][0]
    person = {"who": "roe", "introduced": "Jane Roe, of the Example Trust,", "after": "Jane Roe"}
    third = "Jane Roe, of the Example Trust, said in 2022 that cold homes cost lives."
    first["phrasings"][1]["sources"] = [1]
    first["phrasings"] += [
        {"language": "en", "length": "short", "text": third, "sources": [1, 2], "people": [person]},
        {"language": "en", "length": "short", "text": "Would you live in a cold home?"},
    ]
    first |= {
        "question": "Who do you know who is cold?",
        "subjects": ["Cold kills"],
        "order": 3,
        "notes": [{"text": "Cold cost lives in 2022.", "source": 1}, {"text": "Many homes are cold."}],
    }
    first["sources"][1]["via"] = "quoted by the Example Trust"
    return data


def to_bytes(data: Any) -> bytes:
    """Write plain data as a pack without anchors."""
    dumper = yaml.SafeDumper
    dumper.ignore_aliases = lambda *_: True  # type: ignore[method-assign]
    return yaml.dump(data, Dumper=dumper, allow_unicode=True, sort_keys=False).encode()


def load_data(data: Any) -> list[str]:
    """Parse and load plain data; return the changes."""
    return load_pack(parse_bytes(to_bytes(data)))


def load_sample() -> Campaign:
    """Load the sample pack and return its campaign."""
    load_pack(parse_bytes(SAMPLE.read_bytes()))
    return Campaign.objects.get(slug="warm-homes")


def see_database() -> dict[str, list[dict[str, Any]]]:
    """Return every row of content, for comparison."""
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in MODELS}
