"""Secret links, and forgetting in time."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from letters.actions.purge import purge_data
from letters.models import Letter, Status
from letters.privacy.consent import CONSENT_VERSION, hash_consent
from letters.privacy.tokens import hash_token, list_tokens, make_confirm_token, make_letter_token, make_token
from letters.privacy.tombstones import hash_id
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


def test_links_are_those_that_were_mailed_after_a_change_of_key_too(client: Client, settings: Any) -> None:
    before = make_letter(queued=False)
    mailed = make_confirm_token(before), make_letter_token(before)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10
    assert (make_confirm_token(before), make_letter_token(before)) == mailed
    after = make_letter(queued=False)
    assert make_letter_token(after) == list_tokens(after.id, "letter")[0]
    for letter in (before, after):
        page = client.post(reverse("confirm", args=[make_confirm_token(letter)]), follow=True)
        assert page.status_code == 200
        assert f"/letter/{make_letter_token(letter)}/" in page.redirect_chain[-1][0]
    assert not Letter.objects.filter(status=Status.UNCONFIRMED).exists()


def test_what_a_link_is_made_of_never_changes(settings: Any) -> None:
    """Links are in people's mailboxes, tombstones on disks: another salt or algorithm would break them all."""
    settings.SECRET_KEY = "a key for this test"
    assert make_token(uuid.UUID(int=7), "letter") == "JEMotWO72_wBCN3lQlbt9dVArW25DUD_xwt64zlT4k8"
    assert hash_id(uuid.UUID(int=7)) == "1fdb4ecc4613eb6ef0b1caf58fe8db279dcad0acfe7814ade2a2b5a6230eeb37"


def test_new_words_of_consent_need_a_new_version() -> None:
    assert (CONSENT_VERSION, hash_consent()[:12]) == ("2026-11-29.3", "edd8f5c55cb3"), (
        "New words need a new CONSENT_VERSION."
    )


def test_a_link_is_looked_for_by_its_hash_so_that_time_tells_nothing_of_it(client: Client) -> None:
    token = make_token(make_letter().id, "letter")
    asked = set()
    for guess in (token, f"{token[:-1]}~", "~" * 43):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/letter/{guess}/")
        [sql] = [query["sql"] for query in queries if "letter_token_hash" in query["sql"].partition("WHERE")[2]]
        assert hash_token(guess) in sql
        asked.add(sql.replace(hash_token(guess), "?"))
    assert len(asked) == 1, "the same question for each, and in none a part of the secret"
    assert token[:-1] not in asked.pop()


def test_only_letters_that_nobody_confirmed_in_time_are_deleted() -> None:
    old, fresh, confirmed = make_letter(queued=False), make_letter(queued=False), make_letter()
    Letter.objects.exclude(pk=fresh.pk).update(created_at=timezone.now() - dt.timedelta(days=7, minutes=1))
    assert purge_data()["letters that nobody confirmed"] == 1
    assert set(Letter.objects.values_list("pk", flat=True)) == {fresh.pk, confirmed.pk}
    assert not Letter.objects.filter(pk=old.pk).exists()
