"""Prepare the site's data: key, fonts and libraries, database, Parliament, campaign, static files, an organiser.

Run by `make setup` and `make demo`, with the virtual environment's Python. `--assets` does only the part tests need,
`--data` only what lies in the database and the data directory: the image (Dockerfile) has the rest. `--demo` names
somebody who runs the campaign, as on a real site.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACK = ROOT / "campaign" / "content" / "packs" / "time-to-negotiate.yaml"
MEMBERS = ROOT / "campaign" / "parliament" / "data"
ORGANISER = "organiser"
SHOWN_LINES = 3
MADE_UP = {
    "promoter_name": "Thornbury Talks",
    "promoter_address": "A group made up for this demo\n1 Example Street\nBristol BS35 0ZZ",
    "contact_email": "hello@thornbury-talks.example",
    "complaints_contact": "Jane Doe, complaints@thornbury-talks.example",
}


def main() -> None:
    """Do every step whose inputs have changed since it was last done."""
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    if "--assets" in sys.argv:
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        start_django()
        build_assets()
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")
    builds = "--data" not in sys.argv
    make_keys()
    start_django()
    if builds:
        build_assets()
    fill_database()
    if builds:
        collect_static_files()
    make_organiser()


def start_django() -> None:
    """Load settings and apps."""
    import django

    if "--data" not in sys.argv:
        (ROOT / "build" / "vendor").mkdir(parents=True, exist_ok=True)  # or a check warns that it is missing

    django.setup()


def run(*command: str) -> None:
    """Run a management command; show what it says if that is short. One that fails ends the set-up with its words."""
    from django.core.management import call_command
    from django.core.management.base import CommandError

    output = io.StringIO()
    try:
        call_command(*command, stdout=output)
    except CommandError as error:
        sys.exit(f"parley: {command[0]}: {error}")
    lines = output.getvalue().splitlines()
    if len(lines) > SHOWN_LINES:
        lines[SHOWN_LINES:] = [f"… and {len(lines) - SHOWN_LINES} more"]
    for line in lines:
        print(f"  {line}", flush=True)


def say(step: str) -> None:
    """Name the step that begins."""
    print(f"\033[1m{step}\033[0m", flush=True)


def make_keys() -> None:
    """Keep random keys in the data directory, unless the environment has them."""
    from environs import Env

    env = Env()
    env.read_env(str(ROOT / ".env"))
    folder: Path = env.path("PARLEY_DATA_DIR", ROOT / "data")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "queue").mkdir(exist_ok=True)
    for name in ("SECRET_KEY", "FIELD_KEYS", "BACKUP_KEYS"):
        file = folder / name.lower()
        if env.str(name, "") or file.exists():
            continue
        key = make_backup_key() if name == "BACKUP_KEYS" else secrets.token_urlsafe(64)
        # Opened with its final rights: nobody else can read it even for a moment.
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(key + "\n")


def make_backup_key() -> str:
    """Return a new identity, as age-keygen makes them."""
    import pyrage

    return str(pyrage.x25519.Identity.generate())


def build_assets() -> None:
    """Subset the letter's fonts and copy the front-end libraries into build/; it skips by itself what is up to date."""
    say("Fonts and front-end libraries")
    run("build_assets")


def fill_database() -> None:
    """Migrate; bring Parliament's data up to date; load the campaign if it is not there."""
    from django.conf import settings
    from django.db import connection

    from campaign.content.models import Campaign
    from campaign.parliament.models import Constituency

    say("Database")
    run("migrate", "--verbosity=0")
    place = "|".join(str(connection.settings_dict[part]) for part in ("NAME", "HOST", "PORT"))
    stamp = settings.DATA_DIR / "stamps" / f"members-{hashlib.sha256(place.encode()).hexdigest()[:8]}"
    unless_done(stamp, sorted(MEMBERS.glob("members*")), import_members, done=Constituency.objects.exists())
    # Organisers edit the campaign in the admin: a pack is loaded over their work only when they ask for it.
    if not Campaign.objects.exists():
        say("The campaign")
        run("load_campaign", str(PACK))
    if "--demo" in sys.argv:
        Campaign.objects.filter(promoter_name="", promoter_address="").update(**MADE_UP)


def import_members() -> None:
    """Load constituencies and members."""
    say("Constituencies and members")
    run("import_members")


def collect_static_files() -> None:
    """Collect and compress the static files, unless that is done."""
    stamp = ROOT / "build" / "stamps" / "static"
    sources = [*find_files("static"), *find_files("build/vendor"), ROOT / "requirements" / "base.txt"]
    unless_done(stamp, sources, lambda: run("collectstatic", "--noinput", "--clear", "--verbosity=0"))


def make_organiser() -> None:
    """Make the first account, once, and show its password, once."""
    from django.contrib.auth.models import User

    from campaign.staff.models import TemporaryPassword

    if User.objects.exists():
        return
    password = secrets.token_urlsafe(12)
    TemporaryPassword.objects.create(user=User.objects.create_superuser(ORGANISER, password=password))
    print(f"\nAn account for the admin: {ORGANISER}, password: {password}")
    print("This password is shown only once and stored nowhere. To choose your own:")
    print(f"    .venv/bin/python manage.py changepassword {ORGANISER} --own\n", flush=True)


def find_files(folder: str) -> list[Path]:
    """Return the files below a folder of the repository."""
    return sorted(path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix != ".pyc")


def unless_done(stamp: Path, sources: list[Path], step: Callable[[], None], *, done: bool = True) -> None:
    """Do a step unless it has succeeded on exactly these files before, and its result is still there."""
    digest = hashlib.sha256()
    for path in sources:
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    if done and stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    step()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest.hexdigest())


if __name__ == "__main__":
    main()
