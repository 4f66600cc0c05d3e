"""Backs up the whole database to an encrypted file and restores it, with PostgreSQL's tools or SQLite's.

The file is in age's format (https://age-encryption.org/v1), so that `age -d` opens it without Parley. It contains the
output of `pg_dump --format=custom`, or a SQLite database.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any

import pyrage
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from letters.actions.erase import erase_letter
from letters.actions.purge import purge_data, walk
from letters.actions.withdraw import withdraw_letter
from letters.models import Letter, NewsConsent, Notice, Status, Tombstone
from letters.privacy.tombstones import gather_tombstones, list_hashes

RESTORED = "Restored from a backup: it may have been sent since."


class BackupFailedError(Exception):
    """The database could not be copied, or the file cannot be read; its words say why."""


def name_backup() -> str:
    return "sqlite3.age" if connection.vendor == "sqlite" else "pgdump.age"


def read_keys() -> list[pyrage.x25519.Identity]:
    """Return BACKUP_KEYS as age's identities, the newest first. Raises BackupFailedError."""
    if not settings.BACKUP_KEYS:
        raise BackupFailedError("BACKUP_KEYS is missing. Run `make setup`, which makes one in the data directory.")
    try:
        return [pyrage.x25519.Identity.from_str(key) for key in settings.BACKUP_KEYS]
    except pyrage.IdentityError as error:
        raise BackupFailedError("A key in BACKUP_KEYS is not one of age's. Make one with `age-keygen`.") from error


def write_backup(target: Path) -> None:
    """Write the database to this file, completely or not at all. Raises BackupFailedError or OSError."""
    aside = target.with_name(f".{target.name}.part")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            key = read_keys()[0].to_public()
            with _read_database() as source:
                pyrage.encrypt_io(source, file, [key])
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, target)
    except pyrage.EncryptError as error:
        raise BackupFailedError(f"The backup could not be encrypted: {error}") from error
    finally:
        aside.unlink(missing_ok=True)


def restore_backup(source: Path) -> Counter[str]:
    """Restore the database from the file, then repeat erasures and hold letters; return the counts.

    The whole file is authenticated before anything is changed. Raises BackupFailedError or OSError.
    """
    gather_tombstones_if_possible()
    with open(os.devnull, "wb") as nowhere:
        decrypt_backup(source, nowhere)
    _write_database(source)
    call_command("migrate", verbosity=0)
    counts = Counter(letters=Letter.objects.count())
    Session.objects.all().delete()
    counts += hold_letters()
    counts += replay_erasures()
    purge_data()
    return counts


def decrypt_backup(source: Path, target: IO[bytes]) -> None:
    """Decrypt the backup to `target`. Raises BackupFailedError if it cannot be read, or was changed.

    Output written before the error must not be used.
    """
    keys = read_keys()
    with source.open("rb") as file:
        try:
            pyrage.decrypt_io(file, target, keys)
        except (BrokenPipeError, BackupFailedError):
            raise
        except (pyrage.DecryptError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # the disk's fault, not the file's
            raise BackupFailedError(
                f"The backup cannot be read ({error}). Either no key in BACKUP_KEYS opens it, or it was cut off or "
                "changed."
            ) from error


def gather_tombstones_if_possible() -> None:
    """Save to the tombstones' file those of the rows that are about to be replaced, if the table exists."""
    if Tombstone._meta.db_table in connection.introspection.table_names():
        gather_tombstones()


def hold_letters() -> Counter[str]:
    """Hold the queued letters of a restored database: each may have been sent since the backup.

    Due mails to supporters are given up. Returns the numbers of held letters and of letters in doubt.
    """
    counts: Counter[str] = Counter()
    for letter in walk(Letter.objects.filter(status__in=(Status.QUEUED, Status.CLAIMED, Status.SENDING))):
        if letter.status == Status.SENDING:
            counts["in doubt"] += letter.transition_to(Status.UNKNOWN, note=RESTORED, next_attempt_at=None)
            continue
        if letter.status == Status.CLAIMED:
            letter.transition_to(Status.QUEUED, note=RESTORED, next_attempt_at=timezone.now())
        counts["held"] += letter.transition_to(Status.HELD, note=RESTORED)
    Notice.objects.filter(due_at__isnull=False).update(due_at=None)
    return counts


def replay_erasures() -> Counter[str]:
    """Repeat erasures and withdrawals from the tombstones; return how many of each."""
    gathered = gather_tombstones()
    counts: Counter[str] = Counter()
    for letter in walk(Letter.objects.defer_encrypted().filter(scrubbed_at=None)):
        hashes = set(list_hashes(letter.pk))
        if hashes & gathered[Tombstone.Kind.ERASED]:
            counts["erased again"] += erase_letter(letter)
        elif hashes & gathered[Tombstone.Kind.WITHDRAWN]:
            counts["withdrawn again"] += withdraw_letter(letter)
        if hashes & gathered[Tombstone.Kind.UNSUBSCRIBED]:
            standing = NewsConsent.objects.filter(letter=letter.pk, withdrawn_at=None)
            counts["news stopped again"] += standing.update(withdrawn_at=timezone.now())
    return counts


@contextlib.contextmanager
def _read_database() -> Iterator[IO[bytes]]:
    if connection.vendor == "sqlite":
        with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:  # readable by its owner only
            copy = Path(folder) / "copy.sqlite3"
            connection.ensure_connection()
            with closing(sqlite3.connect(copy)) as to:
                _get_raw_connection().backup(to)
            with copy.open("rb") as file:
                yield file
        return
    with _run_tool("pg_dump", "--format=custom", "--no-owner", "--no-privileges", stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield process.stdout


def _write_database(source: Path) -> None:
    if connection.vendor == "sqlite":
        with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:
            copy = Path(folder) / "copy.sqlite3"
            with copy.open("wb") as file:
                decrypt_backup(source, file)
            connection.ensure_connection()
            with closing(sqlite3.connect(copy)) as found:
                try:
                    is_whole = found.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                except sqlite3.DatabaseError:
                    is_whole = False
                if not is_whole:
                    raise BackupFailedError("The backup holds no SQLite database, or a damaged one.")
                found.backup(_get_raw_connection())
        return
    options = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
    connection.close()
    with _run_tool("pg_restore", *options, "--dbname", _name_database(), stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError), process.stdin:  # if it has ended, its error output says why
            decrypt_backup(source, process.stdin)


def _get_raw_connection() -> sqlite3.Connection:
    raw: sqlite3.Connection = connection.connection
    return raw


def _name_database() -> str:
    return str(connection.settings_dict["NAME"])


@contextlib.contextmanager
def _run_tool(name: str, *options: str, **pipes: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of PostgreSQL's tools on the database. Raises BackupFailedError with its output if it fails."""
    if shutil.which(name) is None:
        raise BackupFailedError(f"{name} is missing. Install it, for example: apt-get install postgresql-client")
    place = connection.settings_dict
    given = {"PGHOST": place["HOST"], "PGPORT": place["PORT"], "PGUSER": place["USER"], "PGPASSWORD": place["PASSWORD"]}
    # In the environment: anybody on the machine can see arguments.
    env = os.environ | {key: str(value) for key, value in given.items() if value} | {"PGDATABASE": _name_database()}
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen([name, *options], env=env, stderr=words, **pipes)  # noqa: S603 our own words
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        finally:
            process.wait()
        if process.returncode:
            words.seek(0)
            raise BackupFailedError(f"{name} failed: {words.read().decode(errors='replace').strip()[-500:]}")
