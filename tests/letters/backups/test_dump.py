"""A backup brings every letter back, and nothing that was erased (letters/management/commands/backup.py, letters/management/commands/restore.py, letters/management/commands/replay_erasures.py, letters/privacy/tombstones.py)."""

from __future__ import annotations

import io
import os
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from letters.actions.erase import erase_letter
from letters.actions.withdraw import withdraw_letter
from letters.backups.dump import BackupFailedError, decrypt_backup, name_backup, replay_erasures, write_backup
from letters.models import Letter, NewsConsent, Notice, Status, Tombstone
from letters.privacy.tombstones import find_file
from tests.letters.factories import make_letter


@pytest.fixture(autouse=True)
def no_tombstones(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()


def write_keys(settings: Any, *keys: pyrage.x25519.Identity) -> None:
    settings.BACKUP_KEYS = [str(key) for key in keys]


def test_a_changed_cut_or_added_to_file_is_refused(tmp_path: Path) -> None:
    key = pyrage.x25519.Identity.from_str(settings.BACKUP_KEYS[0])
    content = pyrage.encrypt(os.urandom(70_000), [key.to_public()])
    places = [0, 30, 100, 200, 300, 40_000, len(content) - 1]
    changed = [content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :] for place in places]
    file = tmp_path / "one.age"
    for damaged in (*changed, *(content[:place] for place in places), content + b"x", b""):
        file.write_bytes(damaged)
        with pytest.raises(BackupFailedError, match="cut off or changed"):
            decrypt_backup(file, io.BytesIO())
    file.write_bytes(content)
    decrypt_backup(file, io.BytesIO())


def test_older_keys_open_what_the_newest_does_not(tmp_path: Path, settings: Any) -> None:
    old, new, other = (pyrage.x25519.Identity.generate() for _ in range(3))
    file = tmp_path / "one.age"
    file.write_bytes(pyrage.encrypt(b"the database", [old.to_public()]))
    write_keys(settings, new, old)
    found = io.BytesIO()
    decrypt_backup(file, found)
    assert found.getvalue() == b"the database"
    write_keys(settings, new, other)
    with pytest.raises(BackupFailedError, match="no key in BACKUP_KEYS"):
        decrypt_backup(file, io.BytesIO())


@pytest.mark.parametrize(("keys", "words"), [([], "make setup"), (["not-a-key"], "age-keygen")])
def test_without_a_key_no_backup_is_made(keys: list[str], words: str, tmp_path: Path, settings: Any) -> None:
    settings.BACKUP_KEYS = keys
    with pytest.raises(CommandError, match=words):
        call_command("backup", str(tmp_path))
    assert list(tmp_path.glob("*.age")) == []


@pytest.mark.django_db(transaction=True)
def test_age_itself_opens_a_backup(tmp_path: Path) -> None:
    letter = make_letter()
    file = back_up(tmp_path / "backups")
    keys = tmp_path / "backup_keys"
    keys.write_text("# made by make setup\n" + "\n".join(settings.BACKUP_KEYS) + "\n")
    plain = subprocess.run(["age", "-d", "-i", keys, file], check=True, capture_output=True).stdout
    if connection.vendor == "sqlite":
        (tmp_path / "db").write_bytes(plain)
        with closing(sqlite3.connect(tmp_path / "db")) as found:
            assert found.execute("SELECT reference FROM letters_letter").fetchall() == [(letter.reference,)]
    else:
        table = ["pg_restore", "--data-only", "--table", "letters_letter", "--file", "-"]
        rows = subprocess.run(table, input=plain, check=True, capture_output=True).stdout
        assert letter.reference.encode() in rows


@pytest.mark.django_db(transaction=True)
def test_a_backup_that_cannot_be_written_leaves_no_tool_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor == "sqlite":  # whose copy is made within this process
        assert name_backup() == "sqlite3.age"
        return
    hung = tmp_path / "pg_dump"
    # It writes more than the disk takes, and then does not end.
    hung.write_text("#!/bin/sh\nhead -c 1000000 /dev/zero &\nexec sleep 10\n")
    hung.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    started: list[subprocess.Popen[bytes]] = []
    run = subprocess.Popen.__init__

    def remember(process: Any, *args: Any, **options: Any) -> None:
        started.append(process)
        run(process, *args, **options)

    monkeypatch.setattr(subprocess.Popen, "__init__", remember)
    (tmp_path / ".one.age.part").symlink_to("/dev/full")
    with pytest.raises((BackupFailedError, OSError), match="No space left"):
        write_backup(tmp_path / "one.age")
    assert [process.returncode for process in started] == [-signal.SIGKILL]


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
    before = {(one.reference, one.sender_name, one.sender_email, one.constituency_gss) for one in Letter.objects.all()}
    file = back_up(tmp_path / "backups")
    content = file.read_bytes()
    assert not any(words in content for words in (b"Quxworth", b"letters_letter", kept.reference.encode(), b"gcm2:"))

    assert erase_letter(erased)
    assert withdraw_letter(withdrawn)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10  # known all the same
    late = make_letter()
    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", str(file))
    call_command("restore", str(file), "--replace")
    said = capsys.readouterr().out
    for count in ("6 letters", "4 held", "1 in doubt", "1 erased again", "1 withdrawn again"):
        assert count in said
    after = {(one.reference, one.sender_name, one.sender_email, one.constituency_gss) for one in Letter.objects.all()}
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

    damaged = tmp_path / "damaged.age"
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
    old, other = tmp_path / "parley-20200101T000000.sqlite3.age", tmp_path / "something else"
    for file in (old, other):
        file.write_text("")
        os.utime(file, (0, 0))
    call_command("backup", str(tmp_path))
    assert not old.exists()
    assert other.exists()
    assert len(list(tmp_path.glob("parley-*.age"))) == 1
