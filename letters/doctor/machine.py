"""The machine: disk, clock, fonts, keys, files that others may read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.checks import ERROR, run_checks
from django.utils import timezone

from campaign.core.checks import is_open_to_others
from letters.doctor.finding import Finding, complain, warn, well
from letters.models import CLOCK_TOLERANCE, JUMP, Heartbeat, measure_clock

MIN_FREE = 500_000_000  # bytes
MIN_FREE_SHARE = 0.05
SECRETS = ("secret_key", "field_keys", "backup_keys")


def examine_machine() -> Iterator[Finding]:
    """Look at what lies outside the database."""
    yield examine_disk()
    yield from examine_start()
    yield from examine_files()
    if not settings.BACKUP_KEYS:
        yield complain("keys", "BACKUP_KEYS is missing: no backup can be made.", "Run `make setup`, which makes one.")


def examine_disk() -> Finding:
    """See whether the data directory can be written to, and has room."""
    folder = settings.DATA_DIR
    if not os.access(folder, os.W_OK):
        return complain("disk", f"{folder} cannot be written to.", f"chown -R parley: {folder}")
    usage = shutil.disk_usage(folder)
    said = f"{usage.free / 1e9:.1f} GB are free for the data directory."
    if usage.free < max(MIN_FREE, MIN_FREE_SHARE * usage.total):
        return complain(
            "disk", said, "Free some space: first delete old backups and logs (`journalctl --vacuum-size=200M`)."
        )
    return well("disk", said)


def examine_clock() -> Iterator[Finding]:
    """Compare this machine's clock with the database's, and see whether it has jumped."""
    ahead = measure_clock() if Heartbeat.objects.filter(name="sweep").exists() else 0.0
    if abs(ahead) > CLOCK_TOLERANCE:
        words = f"This machine's clock differs from the database's by {abs(ahead):.0f} seconds."
        yield complain("clock", words, "Let NTP set both: `timedatectl set-ntp true`.")
    elif Heartbeat.objects.filter(name=JUMP).exists():
        now = timezone.localtime()
        yield complain(
            "clock",
            "The clock jumped by more than a day, or the site was off for so long. No old data are deleted for now.",
            f"If it is {now:%-d %B %Y, %H:%M}, run `manage.py purge_personal_data --clock-is-right`. If not, set it.",
        )
    else:
        yield well("clock", "It agrees with the database's clock.")


def examine_start() -> Iterator[Finding]:
    """Run the checks that web and worker run at their start, and those for a server."""
    found = run_checks(include_deployment_checks=True)
    for message in found:
        if message.is_silenced():
            continue
        subject = "fonts" if str(message.id) in ("letters.E001", "letters.E002") else "settings"
        if message.level >= ERROR:
            yield complain(subject, message.msg, message.hint or "Web and worker do not start until this is corrected.")
        else:
            yield warn(subject, message.msg, message.hint or "Change the setting in .env, then restart.")
    if not found:
        yield well("settings", "All checks pass.")


def examine_files() -> Iterator[Finding]:
    """See that nobody else on the machine can read passwords and keys."""
    open_files = [path for path in list_secrets() if is_open_to_others(path)]
    for path in open_files:
        yield complain("keys", f"Others on this machine can read {path}.", f"chmod 600 {path}")
    if not open_files:
        yield well("keys", "Only their owner can read the keys and .env.")


def list_secrets() -> list[Path]:
    """Return the files that hold passwords or keys."""
    return [settings.BASE_DIR / ".env", *(settings.DATA_DIR / name for name in SECRETS)]
