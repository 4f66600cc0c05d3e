"""What was encrypted for one place opens at no other: who can write to the database, but has no key, reads nothing (letters/models/paragraph.py)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from campaign.core.ciphers import UndecryptableError
from campaign.staff.models import TOTPDevice
from letters.models import Letter, LetterParagraph
from letters.writing.draft import Draft
from letters.writing.session import load_draft, save_draft
from tests.letters.factories import make_letter
from tests.otp import make_phone

pytestmark = pytest.mark.django_db


def read_column(table: str, column: str, key: Any) -> str:
    """What the database holds of a row, by hand: as somebody who has the database, and no key."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE id = %s", [key])
        return str(cursor.fetchone()[0])


def write_column(table: str, column: str, key: Any, token: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [token, key])
        assert cursor.rowcount == 1


def as_stored(letter: Letter) -> Any:
    return letter.pk if connection.vendor == "postgresql" else letter.pk.hex


@pytest.fixture
def mine() -> Letter:
    return make_letter(sender_name="Mallory Own")


@pytest.fixture
def theirs() -> Letter:
    return make_letter(sender_name="Jane Secret", sender_email="jane.secret@supporter.example")


def read_all(letter: Letter) -> None:
    found = Letter.objects.get(pk=letter.pk)
    assert "Secret" not in f"{found.sender_name} {found.sender_address} {found.ask_text}"
    assert "secret" not in " ".join(paragraph.text for paragraph in found.paragraphs.all())


def paragraph_of(letter: Letter, position: int = 0) -> LetterParagraph:
    return LetterParagraph.objects.get(letter=letter, position=position)


LETTERS, PARAGRAPHS, PHONES = "letters_letter", "letters_letterparagraph", "staff_phone"


def test_another_letters_name_opens_in_no_other_row(mine: Letter, theirs: Letter) -> None:
    write_column(LETTERS, "sender_name", as_stored(mine), read_column(LETTERS, "sender_name", as_stored(theirs)))
    with pytest.raises(UndecryptableError):
        read_all(mine)


def test_another_letters_email_opens_in_no_other_column(mine: Letter, theirs: Letter) -> None:
    write_column(LETTERS, "sender_address", as_stored(mine), read_column(LETTERS, "sender_email", as_stored(theirs)))
    with pytest.raises(UndecryptableError):
        read_all(mine)


def test_another_letters_words_open_in_no_other_paragraph(mine: Letter, theirs: Letter) -> None:
    token = read_column(PARAGRAPHS, "text", paragraph_of(theirs).pk)
    write_column(PARAGRAPHS, "text", paragraph_of(mine).pk, token)
    with pytest.raises(UndecryptableError):
        read_all(mine)


def test_a_paragraph_that_is_hung_onto_another_letter_is_not_read(mine: Letter, theirs: Letter) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {PARAGRAPHS} SET position = 9 WHERE id = %s", [paragraph_of(mine).pk])
        cursor.execute(
            f"UPDATE {PARAGRAPHS} SET letter_id = %s WHERE id = %s", [as_stored(mine), paragraph_of(theirs).pk]
        )
    with pytest.raises(UndecryptableError):
        read_all(mine)


@pytest.mark.parametrize("column", ["sender_name", "sender_address", "ask_text"])
def test_a_paragraph_opens_in_no_column_of_a_letter(mine: Letter, theirs: Letter, column: str) -> None:
    write_column(LETTERS, column, as_stored(mine), read_column(PARAGRAPHS, "text", paragraph_of(theirs).pk))
    with pytest.raises(UndecryptableError):
        read_all(mine)


def test_a_phones_key_opens_in_no_letter(mine: Letter) -> None:
    phone = make_phone(User.objects.create_user("organiser"))
    write_column(LETTERS, "sender_name", as_stored(mine), read_column(PHONES, "key", phone.pk))
    with pytest.raises(UndecryptableError):
        assert Letter.objects.get(pk=mine.pk).sender_name


def test_an_organisers_phone_opens_no_other_account() -> None:
    mine, theirs = (make_phone(User.objects.create_user(name)) for name in ("mallory", "organiser"))
    write_column(PHONES, "key", mine.pk, read_column(PHONES, "key", theirs.pk))
    with pytest.raises(UndecryptableError):
        assert TOTPDevice.objects.get(pk=mine.pk).key
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {PHONES} SET user_id = %s WHERE id = %s", [mine.user_id, theirs.pk])
    with pytest.raises(UndecryptableError):
        assert TOTPDevice.objects.get(pk=theirs.pk).key


def test_a_sessions_draft_opens_in_no_letter(mine: Letter) -> None:
    session: dict[str, Any] = {}
    save_draft(session, "peace", Draft(own_words="Secret words"))
    write_column(LETTERS, "ask_text", as_stored(mine), session["drafts"]["peace"])
    with pytest.raises(UndecryptableError):
        assert Letter.objects.get(pk=mine.pk).ask_text


def test_a_draft_is_read_for_no_other_campaign_and_a_letter_for_no_draft(theirs: Letter) -> None:
    session: dict[str, Any] = {}
    save_draft(session, "peace", Draft(own_words="Secret words"))
    session["drafts"]["other"] = session["drafts"]["peace"]
    assert load_draft(session, "other").own_words == ""
    session["drafts"]["peace"] = read_column(PARAGRAPHS, "text", paragraph_of(theirs).pk)
    assert load_draft(session, "peace").own_words == ""
