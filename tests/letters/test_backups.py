"""A backup brings every letter back, and nothing that was erased."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from letters import sealing
from letters.backups import replay_erasures
from letters.models import Letter, Notice, Status
from letters.privacy import erase_letter, withdraw_letter
from letters.records import NewsConsent, Tombstone
from letters.sealing import SealBrokenError, open_sealed, seal
from letters.tombstones import find_file
from tests.letters.factories import make_letter


@pytest.fixture(autouse=True)
def no_tombstones(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()


def sealed(*pieces: bytes) -> bytes:
    file = io.BytesIO()
    seal(pieces, file)
    return file.getvalue()


def opened(content: bytes) -> bytes:
    return b"".join(open_sealed(io.BytesIO(content)))


@given(st.lists(st.binary(max_size=50)), st.integers(1, 40))
def test_what_is_sealed_comes_back_in_whatever_pieces_it_came(pieces: list[bytes], length: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "PIECE", length)
        content = sealed(*pieces)
        assert opened(content) == b"".join(pieces)


def test_a_changed_cut_or_reordered_file_is_refused(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(sealing, "PIECE", 10)
    content = sealed(b"0123456789" * 4)
    start, piece = len(sealing.HEADER) + sealing.SALT, 4 + 10 + sealing.TAG
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 1
        with pytest.raises(SealBrokenError):
            opened(bytes(damaged))
    for length in range(len(content)):
        with pytest.raises(SealBrokenError):
            opened(content[:length])
    pieces = [content[at : at + piece] for at in range(start, len(content), piece)]
    assert len(pieces) == 4
    for order in ([1, 0, 2, 3], [0, 1, 3], [0, 1, 2, 3, 3]):
        with pytest.raises(SealBrokenError):
            opened(content[:start] + b"".join(pieces[number] for number in order))
    settings.FIELD_KEYS = ["another-key-zY8xW6vU4tS2rQ0pO9nM7lK5jI3hG1"]
    with pytest.raises(SealBrokenError, match="No key in FIELD_KEYS"):
        opened(content)


def back_up(folder: Path) -> Path:
    folder.mkdir()
    call_command("backup", str(folder))
    [file] = folder.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    return file


@pytest.mark.django_db(transaction=True)
def test_every_letter_is_found_again_and_erasures_stay_erased(tmp_path: Path, capsys: Any, settings: Any) -> None:
    letters = [make_letter(sender_name=f"Jane Quxworth {number}") for number in range(6)]
    kept, erased, withdrawn, sent, sending, news = letters
    Letter.objects.filter(pk=sent.pk).update(status=Status.SENT, sent_at=timezone.now(), next_attempt_at=None)
    lease = {"lease_token": sending.pk, "lease_until": timezone.now()}
    Letter.objects.filter(pk=sending.pk).update(status=Status.SENDING, **lease)
    NewsConsent.objects.create(letter=news, version="1", text_sha256="x")
    Notice.objects.create(letter=kept, kind="confirm")
    before = set(Letter.objects.values_list("reference", "sender_name", "sender_email", "constituency_gss"))
    file = back_up(tmp_path / "backups")
    content = file.read_bytes()
    assert not any(words in content for words in (b"Quxworth", b"letters_letter", kept.reference.encode(), b"gcm:"))

    assert erase_letter(erased)
    assert withdraw_letter(withdrawn)
    late = make_letter()
    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", str(file))
    call_command("restore", str(file), "--replace")
    said = capsys.readouterr().out
    for count in ("6 letters", "4 held", "1 in doubt", "1 erased again", "1 withdrawn again"):
        assert count in said
    after = set(Letter.objects.values_list("reference", "sender_name", "sender_email", "constituency_gss"))
    gone = {row for row in before if row[0] == erased.reference}
    assert after == before - gone | {(erased.reference, "", "", erased.constituency_gss)}
    assert not Letter.objects.filter(pk=late.pk).exists()
    statuses = dict(Letter.objects.values_list("reference", "status"))
    assert statuses == {
        kept.reference: "held",
        news.reference: "held",
        erased.reference: "withdrawn",
        withdrawn.reference: "withdrawn",
        sent.reference: "sent",
        sending.reference: "unknown",
    }
    assert not Notice.objects.filter(due_at__isnull=False).exists()
    assert kept.paragraphs.all()[0].text == "I have thought about this for years."
    assert not any(replay_erasures().values())

    damaged = tmp_path / "damaged.backup"
    damaged.write_bytes(content[:-1])
    with pytest.raises(CommandError, match="Nothing was restored"):
        call_command("restore", str(damaged), "--replace")
    assert Letter.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_tombstones_are_in_a_file_beside_the_database_and_each_replaces_the_other() -> None:
    letter, other = make_letter(), make_letter()
    assert erase_letter(letter)
    lines = find_file().read_text()
    assert str(letter.pk) not in lines
    assert [line.split()[0] for line in lines.splitlines()] == ["erased", "withdrawn"]
    Tombstone.objects.all().delete()
    find_file().write_text(lines + "erased half")  # a crash in mid-line
    assert not any(replay_erasures().values())
    assert Tombstone.objects.count() == 2
    find_file().unlink()
    replay_erasures()
    assert sorted(find_file().read_text().split()) == sorted(lines.split())
    other.refresh_from_db()
    assert other.sender_name == "Jane Doe"


def test_old_backups_go_and_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no folder"):
        call_command("backup", str(tmp_path / "nowhere"))


@pytest.mark.django_db(transaction=True)
def test_backups_older_than_a_month_are_deleted(tmp_path: Path) -> None:
    import os

    old, other = tmp_path / "parley-20200101T000000.backup", tmp_path / "something else"
    for file in (old, other):
        file.write_text("")
        os.utime(file, (0, 0))
    call_command("backup", str(tmp_path))
    assert not old.exists()
    assert other.exists()
    assert len(list(tmp_path.glob("parley-*.backup"))) == 1
