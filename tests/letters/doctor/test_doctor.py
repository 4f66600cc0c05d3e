"""background.py examination.py finding.py upkeep.py machine.py post.py letters/mail/sample.py letters/admin/doctor.py letters/management/commands/doctor.py.

Each fault that is planted is named with its cure.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import json
import os
import shutil
import ssl
import time
import tomllib
from collections import namedtuple
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dns.resolver
import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaign.content.models import Argument
from letters.backups.dump import read_keys
from letters.doctor import background, examination, machine, upkeep
from letters.doctor.finding import Finding, Level
from letters.models import TASKS, Heartbeat
from letters.rendering.pdf import RenderingNotReadyError
from tests.letters.factories import make_campaign, make_constituency, make_letter
from tests.letters.imap_stub import ImapStub
from tests.letters.scripted_smtp import ScriptedServer
from tests.servers.processes import find_free_port

pytestmark = pytest.mark.django_db
Usage = namedtuple("Usage", "total used free")
RECORDS = {
    "campaign.example": ["v=spf1 mx -all"],
    "_dmarc.campaign.example": ["v=DMARC1; p=none"],
    "mail._domainkey.campaign.example": ["v=DKIM1; p=MIIB"],
}


class Site:
    """A site that is well, and its faults."""

    def __init__(self, settings: Any, patch: pytest.MonkeyPatch, scripted: ScriptedServer, folder: Path) -> None:
        self.settings, self.patch, self.scripted, self.folder = settings, patch, scripted, folder
        self.records = {name: list(rows) for name, rows in RECORDS.items()}
        self.dns_error: Exception | None = None

    def resolve(self, name: str, _kind: str, **_options: Any) -> list[Any]:
        if self.dns_error:
            raise self.dns_error
        if not self.records.get(name):
            raise dns.resolver.NXDOMAIN
        return [SimpleNamespace(strings=[row.encode()]) for row in self.records[name]]

    def set(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.settings, name, value)

    def beat(self, name: str, **ago: float) -> None:
        Heartbeat.objects.filter(name=name).update(at=timezone.now() - dt.timedelta(**ago))

    def answer_tls(self, error: Exception | None = None, days: float = 60) -> None:
        """Have the certificate be so long valid, or the connection fail."""
        end = time.strftime("%b %d %H:%M:%S %Y GMT", time.gmtime(time.time() + days * 86_400 + 60))

        class Wrapped:
            def __enter__(self) -> Any:
                return self

            def __exit__(self, *_error: object) -> None:
                pass

            def getpeercert(self) -> dict[str, str]:
                return {"notAfter": end}

        def connect(*_place: Any) -> Any:
            if error:
                raise error
            return Wrapped()

        self.set(SITE_URL="https://letters.campaign.example")
        context = SimpleNamespace(wrap_socket=lambda *_args, **_options: Wrapped())
        self.patch.setattr(upkeep, "socket", SimpleNamespace(create_connection=connect))
        self.patch.setattr(ssl, "create_default_context", lambda: context)


@pytest.fixture
def site(settings: Any, monkeypatch: pytest.MonkeyPatch, scripted: ScriptedServer, tmp_path: Path) -> Iterator[Site]:
    """A site without a fault."""
    made = Site(settings, monkeypatch, scripted, tmp_path)
    made.set(LETTERS_FROM="letters@campaign.example", DKIM_SELECTOR="mail", BACKUP_FOLDER=str(tmp_path))
    constituency = make_constituency()
    constituency.members.update(as_of=timezone.localdate())
    for name in TASKS:
        Heartbeat.beat(name)
    # As age writes it; `manage.py backup` cannot copy SQLite in the middle of a test's transaction.
    sealed = pyrage.encrypt(b"rows", [read_keys()[0].to_public()])
    (tmp_path / "parley-20261129T030000.sqlite3.age").write_bytes(sealed)
    monkeypatch.setattr(dns.resolver, "resolve", made.resolve)
    monkeypatch.setattr(machine, "run_checks", lambda **_options: [])
    monkeypatch.setattr(machine, "list_secrets", list)
    with ImapStub() as imap:
        made.set(BOUNCE_IMAP_URL=imap.url)
        yield made


def find_faults() -> list[Finding]:
    return [one for one in examination.examine_all() if one.level is not Level.WELL]


def test_a_site_that_is_well_has_no_finding_but_good_ones(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert find_faults() == []
    call_command("doctor")
    assert capsys.readouterr().out.rstrip().endswith("No problems found.")


def open_to_others(site: Site) -> None:
    path = site.folder / ".env"
    path.write_text("x")
    path.chmod(0o644)
    site.patch.setattr(machine, "list_secrets", lambda: [path])


def close_port(site: Site) -> None:
    site.set(EMAIL_PORT=find_free_port())


def miss_fonts(site: Site) -> None:
    from letters import checks as own

    def missing() -> None:
        raise RenderingNotReadyError("libharfbuzz-subset is missing: install libharfbuzz-subset0")

    site.patch.setattr(own, "require_fast_subsetting", missing)
    site.patch.setattr(machine, "run_checks", lambda **_options: own.check_letters_can_be_made())


def forget_migration(_site: Site) -> None:
    [newest] = MigrationLoader(connection).graph.leaf_nodes("letters")
    MigrationRecorder(connection).record_unapplied(*newest)


def spoil_backup(site: Site) -> None:
    [file] = site.folder.glob("parley-*.age")
    file.write_bytes(file.read_bytes()[:-50])


def age_backup(site: Site) -> None:
    [file] = site.folder.glob("parley-*.age")
    os.utime(file, (time.time() - 50 * 3600,) * 2)


def decline_login(site: Site) -> None:
    site.set(EMAIL_HOST_USER="u", EMAIL_HOST_PASSWORD="p")
    site.scripted.script.append("auth 535 no")


def lose_backup(site: Site) -> None:
    [file] = site.folder.glob("parley-*.age")
    file.unlink()


def stick_letter(_site: Site) -> None:
    from letters.models import Letter

    make_letter()
    Letter.objects.update(next_attempt_at=timezone.now() - dt.timedelta(minutes=20))


FAULTS: dict[str, tuple[Callable[[Site], object], str, str]] = {
    "broker": (lambda s: s.set(REDIS_URL="redis://127.0.0.1:1/0"), "broker: The broker", "Start Redis"),
    "worker": (lambda s: s.beat("sweep", minutes=20), "sweep: It last succeeded 20 minutes", "Start worker and beat"),
    "purge": (lambda s: s.beat("tidy", hours=4), "tidy: It last succeeded 4 hours", "worker's log"),
    "tally": (lambda s: s.beat("tally", minutes=30), "tally: It", "check_tallies"),
    "bounces": (lambda s: s.beat("bounces", hours=3), "bounces: It", "fetch_bounces"),
    "backup": (lambda s: s.beat("backup", days=3), "backup: It last succeeded 3 days", "manage.py backup"),
    "never": (lambda s: Heartbeat.objects.filter(name="tidy").delete(), "tidy: It has never", "worker's log"),
    "stuck": (stick_letter, "queue: The oldest letter has been due", "manage.py queue"),
    "migrations": (forget_migration, "migrations: 1 have not", "manage.py migrate"),
    "smtp-refused": (close_port, "smtp: 127.0.0.1", "Start the mail server"),
    "smtp-name": (lambda s: s.set(EMAIL_HOST="no-such-host.invalid"), "smtp: no-such-host", "Correct EMAIL_HOST"),
    "smtp-login": (
        decline_login,
        "smtp: 127.0.0.1",
        "EMAIL_HOST_",
    ),
    "smtp-starttls": (lambda s: s.set(EMAIL_USE_TLS=True), "smtp: 127.0.0.1", "STARTTLS"),
    "smtp-busy": (lambda s: s.scripted.script.append("banner 421 busy"), "421 busy", "log says why"),
    "smtp-both": (lambda s: s.set(EMAIL_USE_TLS=True, EMAIL_USE_SSL=True), "both on", "Keep only one"),
    "imap-shape": (lambda s: s.set(BOUNCE_IMAP_URL="imaps://host"), "bounces: The mailbox", "Correct BOUNCE_IMAP_URL"),
    "imap-closed": (
        lambda s: s.set(BOUNCE_IMAP_URL=f"imap://u:secret@127.0.0.1:{find_free_port()}/INBOX"),
        "bounces: The mailbox for returned letters cannot be opened",
        "password in BOUNCE_IMAP_URL",
    ),
    "imap-none": (lambda s: s.set(BOUNCE_IMAP_URL=""), "bounces: BOUNCE_IMAP_URL is not set", "Set it"),
    "spf": (lambda s: s.records.pop("campaign.example"), "campaign.example has no SPF", "v=spf1"),
    "spf-twice": (lambda s: s.records["campaign.example"].append("v=spf1 -all"), "2 SPF records", "Combine them"),
    "dmarc": (lambda s: s.records.pop("_dmarc.campaign.example"), "no DMARC", "v=DMARC1"),
    "dkim": (lambda s: s.records.pop("mail._domainkey.campaign.example"), "no DKIM", "public DKIM key"),
    "dkim-unset": (lambda s: s.set(DKIM_SELECTOR=""), "DKIM_SELECTOR is not set", "Set it"),
    "dns-silent": (
        lambda s: setattr(s, "dns_error", dns.resolver.LifetimeTimeout(timeout=5, errors=[])),  # type: ignore[no-untyped-call]
        "did not answer",
        "resolv.conf",
    ),
    "sender": (lambda s: s.set(LETTERS_FROM="letters@parley.localhost"), "dns: LETTERS_FROM", "your own addresses"),
    "disk": (
        lambda s: s.patch.setattr(shutil, "disk_usage", lambda _path: Usage(10**11, 10**11, 10**7)),
        "disk: 0.0 GB",
        "Free some space",
    ),
    "disk-closed": (lambda s: s.patch.setattr(os, "access", lambda *_: False), "be written to", "chown"),
    "clock": (lambda s: s.patch.setattr(machine, "measure_clock", lambda: 900.0), "clock: This", "timedatectl"),
    "clock-jump": (lambda s: Heartbeat.beat("jump", seconds_ahead=9e6), "clock: The clock jumped", "--clock-is-right"),
    "fonts": (miss_fonts, "fonts: libharfbuzz-subset", "until this is corrected"),
    "env": (open_to_others, "keys: Others on this machine can read", "chmod 600"),
    "backup-key": (lambda s: s.set(BACKUP_KEYS=[]), "keys: BACKUP_KEYS is missing", "make setup"),
    "backups-none": (
        lose_backup,
        "backups: There is no backup",
        "manage.py backup",
    ),
    "backups-old": (age_backup, "is 50 hours old", "list-timers"),
    "backups-spoilt": (spoil_backup, "cannot be opened", "BACKUP_KEYS"),
    "backups-unset": (lambda s: s.set(BACKUP_FOLDER=""), "BACKUP_FOLDER is not set", "Set it"),
    "members": (
        lambda s: s.set(MEMBERS_DAYS=-1),
        "members: The newest data about MPs are 0 days",
        "import_members FILE",
    ),
    "arguments": (
        lambda s: (make_campaign(), s.patch.setattr(upkeep, "Argument", SimpleNamespace(objects=Due()))),
        "arguments: 2 are due",
        "Ask the organisers",
    ),
    "certificate-ends": (lambda s: s.answer_tls(days=5), "certificate: It is valid for 5 more days", "Renew it"),
    "certificate-bad": (
        lambda s: s.answer_tls(ssl.SSLCertVerificationError("certificate has expired")),
        "certificate: It is not valid",
        "Renew it",
    ),
    "proxy": (lambda s: s.answer_tls(ConnectionRefusedError()), "cannot be reached from here", "Start the proxy"),
}


class Due:
    """Two arguments that are due."""

    def due_for_review(self) -> Any:
        return SimpleNamespace(count=lambda: 2)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_named_with_what_helps(fault: str, site: Site) -> None:
    plant, words, cure = FAULTS[fault]
    plant(site)
    found = find_faults()
    assert any(words in f"{one.subject}: {one.words}" and cure in one.cure for one in found), found
    assert not any("secret@" in one.words for one in found)


def test_there_are_enough_of_them() -> None:
    assert len(FAULTS) >= 30
    assert Argument.objects.due_for_review().count() == 0


def test_whatever_one_subject_meets_the_others_are_looked_at(site: Site) -> None:
    def faint() -> Any:
        raise RuntimeError("password in here")

    site.patch.setitem(examination.SUBJECTS, "post", faint)
    [fault] = find_faults()
    assert (fault.subject, fault.words) == ("post", "This could not be checked (RuntimeError).")


def test_programs_get_json_and_an_exit_code(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.beat("tidy", hours=4)
    with pytest.raises(SystemExit) as end:
        call_command("doctor", "--json")
    told = json.loads(capsys.readouterr().out)
    assert end.value.code == 1
    assert [one["subject"] for one in told["findings"] if one["level"] == "problem"] == ["tidy"]
    project = tomllib.loads((Path(__file__).resolve().parents[3] / "pyproject.toml").read_text())["project"]
    assert told["version"].startswith(f"Parley {project['version']}, Python ")


def test_a_test_letter_is_a_rehearsed_one_and_goes_to_nobody_in_parliament(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="No campaign offers an argument"):
        call_command("doctor", "--send-test", "operator@campaign.example")
    make_campaign()
    call_command("doctor", "--send-test", "operator@campaign.example")
    [taken] = site.scripted.taken
    assert (taken.sender, taken.recipient) == ("letters@campaign.example", "operator@campaign.example")
    assert "accepted it" in capsys.readouterr().out
    message = email.message_from_bytes(taken.content, policy=email.policy.default)
    assert message["Subject"].startswith("[Rehearsal] ")
    plain, pdf = message.iter_parts()
    assert plain.get_content().startswith("REHEARSAL: this is a test.")
    assert pdf.get_content().startswith(b"%PDF-")
    with pytest.raises(CommandError, match="Parliament"):
        call_command("doctor", "--send-test", "someone@mail.parliament.uk")
    site.scripted.script.append("mail 550 no")
    with pytest.raises(CommandError, match="550 no"):
        call_command("doctor", "--send-test", "operator@campaign.example")


def test_superusers_are_told_the_same_in_the_admin_when_they_ask(site: Site, admin_client: Client) -> None:
    site.beat("tidy", hours=4)
    address = reverse("admin:letters_doctor")
    assert "To correct" not in admin_client.get(address).content.decode(), "it has not been asked yet"
    page = admin_client.post(address).content.decode()
    for words in (
        "To correct (1)",
        "<strong>tidy</strong>: It last succeeded 4 hours ago.",
        "<code>systemctl status",
        "In order (",
    ):
        assert words in page
    assert address in admin_client.get(reverse("admin:index")).content.decode()


def test_each_task_has_its_cure() -> None:
    assert set(background.CURES) == set(TASKS)
