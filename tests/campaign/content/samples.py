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
