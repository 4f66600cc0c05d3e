"""What the site holds and shows: backups, facts about MPs, arguments, its certificate and its version."""

from __future__ import annotations

import datetime as dt
import os
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from campaign.content.models import Argument
from campaign.parliament.models import Constituency
from letters.backups.dump import BackupFailedError, decrypt_backup
from letters.doctor.finding import Finding, complain, warn, well

MAX_BACKUP_HOURS = 36
MIN_CERTIFICATE_DAYS = 14
TLS_SECONDS = 10


def examine_backups() -> Finding:
    """See how old the newest backup is, and whether it opens."""
    if not settings.BACKUP_FOLDER:
        return warn(
            "backups",
            "BACKUP_FOLDER is not set, so backups cannot be checked.",
            "Set it to the folder where they are kept.",
        )
    folder = Path(settings.BACKUP_FOLDER)
    files = sorted(folder.glob("parley-*.age"), key=lambda file: file.stat().st_mtime) if folder.is_dir() else []
    if not files:
        return complain("backups", f"There is no backup in {folder}.", f"Run `manage.py backup {folder}`.")
    hours = (time.time() - files[-1].stat().st_mtime) / 3600
    if hours > MAX_BACKUP_HOURS:
        words = f"The newest, {files[-1].name}, is {hours:.0f} hours old."
        return complain("backups", words, "Find out why the timer did not run: `systemctl list-timers`.")
    try:
        with open(os.devnull, "wb") as nowhere:
            decrypt_backup(files[-1], nowhere)
    except (BackupFailedError, OSError) as error:
        words = f"The newest, {files[-1].name}, cannot be opened: {error}"
        return complain("backups", words, "Put back the key it was made with (BACKUP_KEYS), or make a new backup.")
    return well("backups", f"The newest, {files[-1].name}, is {hours:.0f} hours old and can be opened.")


def examine_content() -> Iterator[Finding]:
    """See how old facts about MPs are, and whether arguments are due."""
    known = Constituency.objects.find_newest_fact()
    if known is None:
        yield complain("members", "No MPs are known.", "Run `manage.py import_members`.")
    else:
        days = (timezone.localdate() - known).days
        words = f"The newest data about MPs are {days} days old."
        cure = "Run `manage.py import_members FILE` with a newer list."
        yield complain("members", words, cure) if days > settings.MEMBERS_DAYS else well("members", words)
    if due := Argument.objects.due_for_review().count():
        yield warn(
            "arguments",
            f"{due} are due for review. Live campaigns do not offer them.",
            "Ask the organisers to review them.",
        )


def examine_certificate() -> Iterator[Finding]:
    """See until when the site's certificate holds, as visitors see it."""
    site = urlsplit(settings.SITE_URL)
    if site.scheme != "https" or not site.hostname:
        return
    cure = "Renew it (`certbot renew`; Caddy does this automatically), and check that the proxy has loaded it."
    try:
        with (
            socket.create_connection((site.hostname, site.port or 443), TLS_SECONDS) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=site.hostname) as wrapped,
        ):
            end = ssl.cert_time_to_seconds(str((wrapped.getpeercert() or {})["notAfter"]))
    except ssl.SSLError as error:
        yield complain("certificate", f"It is not valid: {getattr(error, 'verify_message', '') or error}.", cure)
    except OSError as error:
        words = f"{settings.SITE_URL} cannot be reached from here ({type(error).__name__})."
        yield complain("certificate", words, "Start the proxy, and check that the site's name leads to this machine.")
    else:
        days = (dt.datetime.fromtimestamp(end, dt.UTC) - dt.datetime.now(dt.UTC)).days
        words = f"It is valid for {days} more days."
        yield warn("certificate", words, cure) if days < MIN_CERTIFICATE_DAYS else well("certificate", words)
