"""What supporters entrust to the site is stored so that only the site can read it (ciphers.py, rotation.py, letters/management/commands/rotate_field_keys.py)."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from typing import Any

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from campaign.core.ciphers import UndecryptableError, decrypt, encrypt, list_indexes, make_index, rotate
from campaign.core.encrypted import encrypt_for
from letters.checks import check_letters_can_be_read
from letters.models import Letter, LetterParagraph
from tests.letters.factories import make_letter

OLD, NEW = "an-older-key-aB3dE5fG7hI9jK1lM2nO4pQ6rS8tU", "a-newer-key-zY8xW6vU4tS2rQ0pO9nM7lK5jI3hG"
HERE = ("letters", "letters_letter.sender_name 1")  # a purpose and a place
text = st.text(st.characters(exclude_categories=["Cs"]))


@given(text)
def test_any_text_comes_back_as_it_was(words: str) -> None:
    assert decrypt(encrypt(words, *HERE), *HERE) == words


@given(text.filter(lambda words: len(words) > 3))
def test_what_is_stored_shows_nothing_of_it_and_differs_each_time(words: str) -> None:
    assert words not in encrypt(words, *HERE)
    assert encrypt(words, *HERE) != encrypt(words, *HERE)


@given(st.text(min_size=1, max_size=40), st.integers(0, 10_000), st.integers(0, 5))
def test_what_was_tampered_with_is_refused_never_returned(words: str, place: int, bit: int) -> None:
    words = words.encode("utf-8", "replace").decode()
    raw = bytearray(encrypt(words, *HERE).encode())
    place %= len(raw)
    raw[place] ^= 1 << bit
    token = raw.decode("latin-1")
    try:
        assert decrypt(token, *HERE) == words  # only the bits of base64 that carry nothing
    except UndecryptableError:
        pass
    else:
        assert place >= len(raw) - 3


@pytest.mark.parametrize(
    "stored", ["Jane Doe", "gAAAAA", "x" * 200, "é", "gcm2:", "gcm2:é", "gcm2:aGVsbG8=", "gcm2:" + "aGVs" * 20]
)
def test_plain_text_in_an_encrypted_column_is_an_error(stored: str) -> None:
    with pytest.raises(UndecryptableError):
        decrypt(stored, *HERE)


def test_a_key_that_is_gone_is_an_error(settings: Any) -> None:
    settings.FIELD_KEYS = [OLD]
    token = encrypt("Jane Doe", *HERE)
    settings.FIELD_KEYS = [NEW]
    with pytest.raises(UndecryptableError):
        decrypt(token, *HERE)
    settings.FIELD_KEYS = [NEW, OLD]
    assert decrypt(token, *HERE) == "Jane Doe"
    moved = rotate(token, *HERE)
    assert rotate(moved, *HERE) == moved
    settings.FIELD_KEYS = [NEW]
    assert decrypt(moved, *HERE) == "Jane Doe"


def test_addresses_are_found_however_they_are_written_and_by_every_key(settings: Any) -> None:
    settings.FIELD_KEYS = [OLD]
    old = make_index("jane@supporter.example")
    settings.FIELD_KEYS = [NEW, OLD]
    assert list_indexes(" Jane@Supporter.Example ") == [make_index("jane@supporter.example"), old]
    assert len({old, *list_indexes("other@supporter.example")}) == 3
    assert (make_index(""), list_indexes("  ")) == ("", [])


def stored(model: Any, field: str) -> list[str]:
    """What the database holds."""
    return list(model.objects.annotate(raw=Cast(field, TextField())).values_list("raw", flat=True))


@pytest.mark.django_db
def test_the_database_holds_no_word_of_a_letter_or_its_supporter() -> None:
    letter = make_letter(sender_name="Zebedee Quux", sender_address="9 Xyzzy Row")
    held: list[Any] = [*Letter.objects.values_list("reference"), *LetterParagraph.objects.values_list("pk")]
    with connection.cursor() as cursor:
        for model in (Letter, LetterParagraph):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            held += cursor.fetchall()
    everything = str(held)
    for secret in ("Quux", "Xyzzy", "SW1A 1AA", "supporter.example", "thought about this", "I ask you to say so"):
        assert secret not in everything
    assert letter.reference in everything
    letter = Letter.objects.get()
    assert (letter.sender_name, letter.sender_address) == ("Zebedee Quux", "9 Xyzzy Row")
    assert letter.sender_email_index == make_index(letter.sender_email.upper())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sought",
    [
        Q(sender_name="Jane Doe"),
        Q(sender_name__icontains="Jane"),
        Q(sender_name__in=["Jane Doe"]),
        Q(sender_name__gt="J"),
        Q(sender_name=models.F("reference")),
        Q(paragraphs__text__startswith="I"),
    ],
)
def test_asking_the_database_for_a_text_is_an_error_that_says_what_to_do(sought: Q) -> None:
    with pytest.raises(FieldError, match="blind index"):
        Letter.objects.filter(sought).exists()


@pytest.mark.django_db
def test_whether_there_is_a_text_can_be_asked() -> None:
    make_letter()
    make_letter(sender_name="")
    assert Letter.objects.filter(sender_name="").count() == 1
    assert Letter.objects.exclude(sender_name="").count() == 1
    assert Letter.objects.filter(sender_name__isnull=True).count() == 0


@pytest.mark.django_db
def test_length_counts_what_was_written_not_what_is_stored() -> None:
    letter = make_letter(sender_name="é" * 100)
    letter.refresh_from_db()
    assert letter.sender_name == "é" * 100
    with pytest.raises(ValueError, match="101 characters, 100 allowed"):
        make_letter(sender_name="é" * 101)
    with pytest.raises(ValidationError):
        Letter(sender_name="é" * 101).clean_fields(exclude=["campaign"])


def test_a_field_of_the_kind_takes_no_index() -> None:
    field: Any = copy.copy(Letter._meta.get_field("sender_name"))
    vars(field)["unique"] = True
    assert [error.msg for error in field.check() if "index" in error.msg]


def test_a_field_of_the_kind_is_bound_to_what_is_known_before_its_row_is_stored() -> None:
    field: Any = copy.copy(LetterParagraph._meta.get_field("text"))
    assert not [error for error in field.check() if "counted" in error.msg]
    vars(field).pop("key_columns", None)
    field.bound_to = ()
    assert [error for error in field.check() if "counted" in error.msg]


@pytest.mark.django_db
def test_many_rows_cannot_be_updated_to_one_text_and_one_row_can() -> None:
    letter = make_letter()
    with pytest.raises(FieldError, match="encrypt_for"), transaction.atomic():
        Letter.objects.update(sender_name="Jane Roe")
    Letter.objects.filter(pk=letter.pk).update(**encrypt_for(letter, {"sender_name": "Jane Roe"}))
    assert Letter.objects.get().sender_name == "Jane Roe"


@pytest.mark.django_db
def test_rotation_brings_every_row_under_the_first_key_and_can_be_repeated(settings: Any, capsys: Any) -> None:
    settings.FIELD_KEYS = [OLD]
    letters = [make_letter(sender_name=f"Jane {number}") for number in range(3)]
    settings.FIELD_KEYS = [NEW, OLD]
    make_letter(sender_name="Jane 3")
    call_command("rotate_field_keys")
    assert "letters: 3 encrypted again, 1 already used the first key" in capsys.readouterr().out
    call_command("rotate_field_keys")
    assert "letters: 0 encrypted again, 4 already used the first key" in capsys.readouterr().out
    settings.FIELD_KEYS = [NEW]
    assert sorted(letter.sender_name for letter in Letter.objects.all()) == [f"Jane {number}" for number in range(4)]
    assert list(Letter.objects.filter(sender_email_index__in=list_indexes(letters[0].sender_email))) == [letters[0]]
    assert "The full text of argument 1." in [paragraph.text for paragraph in LetterParagraph.objects.all()]


@pytest.mark.django_db
def test_rotation_leaves_what_it_cannot_read_and_says_so(settings: Any) -> None:
    settings.FIELD_KEYS = [OLD]
    lost = make_letter()
    before = stored(Letter, "sender_name")
    settings.FIELD_KEYS = [NEW]
    with pytest.raises(CommandError, match=r"3 rows cannot be decrypted"):
        call_command("rotate_field_keys")
    assert stored(Letter, "sender_name") == before
    assert "FIELD_KEYS" in str(check_letters_can_be_read()[0])
    settings.FIELD_KEYS = [NEW, OLD]
    assert check_letters_can_be_read() == []
    assert Letter.objects.get(pk=lost.pk).sender_name == "Jane Doe"


@pytest.mark.django_db
def test_the_organisers_list_decrypts_nothing(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = make_letter()
    admin_client.get("/admin/")  # loads the site: a module loaded later would take the one that refuses, for good

    def refuse(*_token: str) -> str:
        raise AssertionError("decrypted")

    monkeypatch.setattr("campaign.core.encrypted.decrypt", refuse)
    page = admin_client.get("/admin/letters/letter/").content.decode()
    assert letter.reference in page
    chosen = {"action": "hold", "_selected_action": [letter.pk], "reason": "A look"}
    assert admin_client.post("/admin/letters/letter/", chosen).status_code == 302


@pytest.mark.django_db
def test_those_who_may_find_a_supporters_letters_by_address(admin_client: Client, client: Client) -> None:
    from django.contrib.auth.models import Permission, User

    mine, other = make_letter(sender_email="jane@supporter.example"), make_letter()
    answer = admin_client.post("/admin/letters/letter/find/", {"sought": "Jane@supporter.example"})
    assert "supporter" not in answer["Location"]
    page = admin_client.get(answer["Location"]).content.decode()
    assert mine.reference in page
    assert other.reference not in page
    assert "Only letters written from the address you entered" in page
    assert "Save this list" not in page
    nobody = admin_client.post("/admin/letters/letter/find/", {"sought": "nobody@supporter.example"})["Location"]
    assert "No letter here was written from that address" in admin_client.get(nobody).content.decode()
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_letter"))
    client.force_login(viewer)
    assert client.post("/admin/letters/letter/find/", {"sought": "jane@supporter.example"}).status_code == 403
    assert "email address" not in client.get("/admin/letters/letter/").content.decode()


def start_with(**env: str) -> str:
    """What starting says with this environment."""
    given = os.environ | {"DEBUG": "false", "SECRET_KEY": "s" * 60, "DJANGO_SETTINGS_MODULE": "campaign.settings"} | env
    command = [sys.executable, "-c", "from campaign.settings import FIELD_KEYS; print(len(FIELD_KEYS))"]
    done = subprocess.run(command, env=given, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("", "FIELD_KEYS is missing"),
        ("short", "shorter than 40 characters"),
        ("a" * 60, "not random"),
        ("s" * 60, "equal to SECRET_KEY"),
        (f"{NEW},changeme", "shorter than 40"),
    ],
)
def test_without_a_good_key_nothing_starts(keys: str, said: str, tmp_path: Any) -> None:
    assert said in start_with(FIELD_KEYS=keys, PARLEY_DATA_DIR=str(tmp_path))


def test_keys_come_from_the_environment_or_the_data_directory_and_debug_has_its_own(tmp_path: Any) -> None:
    assert start_with(FIELD_KEYS=f"{NEW}, {OLD}", PARLEY_DATA_DIR=str(tmp_path)) == "2"
    assert start_with(FIELD_KEYS="", DEBUG="true", PARLEY_DATA_DIR=str(tmp_path)) == "1"
    (tmp_path / "field_keys").write_text(f"{NEW}\n{OLD}\n")
    assert start_with(FIELD_KEYS="", PARLEY_DATA_DIR=str(tmp_path)) == "2"
