"""Secret links, and forgetting in time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from letters.models import Letter
from letters.privacy import hash_token, make_token
from letters.purging import purge_data
from tests.letters.factories import make_letter

pytestmark = pytest.mark.django_db


def test_tokens_are_secret_by_letter_purpose_and_key(settings: Any) -> None:
    one, other = make_letter(), make_letter()
    tokens = {make_token(letter.id, purpose) for letter in (one, other) for purpose in ("confirm", "letter")}
    before = make_token(one.id, "letter")
    settings.SECRET_KEY = "another" * 10
    tokens.add(make_token(one.id, "letter"))
    assert len(tokens) == 5
    assert all(len(token) == 43 for token in tokens)
    assert one.letter_token_hash == hash_token(before)
    assert before not in str(Letter.objects.values().get(pk=one.pk))


def test_only_letters_that_nobody_confirmed_in_time_are_deleted() -> None:
    old, fresh, confirmed = make_letter(queued=False), make_letter(queued=False), make_letter()
    Letter.objects.exclude(pk=fresh.pk).update(created_at=timezone.now() - dt.timedelta(days=7, minutes=1))
    assert purge_data()["letters that nobody confirmed"] == 1
    assert set(Letter.objects.values_list("pk", flat=True)) == {fresh.pk, confirmed.pk}
    assert not Letter.objects.filter(pk=old.pk).exists()
