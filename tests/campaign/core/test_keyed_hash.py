"""Keyed hashes are known by whichever key they were made under."""

from __future__ import annotations

from typing import Any

from django.utils.crypto import salted_hmac

from campaign.core.keyed_hash import list_digests


def test_the_first_key_comes_first_then_those_before_it(settings: Any) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", ["old", "older"]
    digests = list_digests("a.salt", "value")
    assert digests[0] == salted_hmac("a.salt", "value", algorithm="sha256").digest()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "old", []
    assert list_digests("a.salt", "value") == [digests[1]]
    assert len(set(digests)) == 3
