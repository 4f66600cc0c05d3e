"""Take pictures of the organisers' pages, from a site of its own with letters that nobody wrote.

Without a word, those of docs/organisers.md. With `--all`, every page at 1280 and 390 pixels with 0, 3 and 10,000
letters, into build/screenshots/, to be looked at; with `--night` besides, as a dark screen shows them.
"""

from __future__ import annotations

import argparse
import http.client
import io
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from admin_pages import CAMPAIGN, LIST, list_pages

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent
PICTURES, LOOKED_AT = ROOT / "docs" / "pictures", ROOT / "build" / "screenshots"
START_SECONDS = 180  # on a busy machine
SHOWN = 300  # letters in the documentation's pictures
WIDTHS = {"1280": {"width": 1280, "height": 900}, "390": {"width": 390, "height": 844}}


def main() -> int:
    """Set the site up, fill it, take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--night", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        port = prepare(data)
        with run_site(port):
            if asked.all:
                take_all(port, "dark" if asked.night else "light")
            else:
                take_for_docs(port)
    return 0


def prepare(data: str) -> int:
    """Make the site's data; return the port it will have."""
    from tests.servers.processes import find_free_port

    port = find_free_port()
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ |= {
        "PARLEY_DATA_DIR": data,
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEYS": secrets.token_urlsafe(64),
        "SITE_URL": f"http://localhost:{port}",
        "ALLOWED_HOSTS": "localhost,testserver",
        "DJANGO_SETTINGS_MODULE": "campaign.settings",
        "PYTHONPATH": str(ROOT),
    }
    subprocess.run([sys.executable, "tools/prepare.py"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    import django

    django.setup()
    return port


@contextmanager
def run_site(port: int) -> Iterator[None]:
    """Run the web server until it is no longer needed."""
    command = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "campaign.wsgi:application"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not answers(port):
            if time.monotonic() > deadline:
                sys.exit(f"parley: the site did not answer within {START_SECONDS} seconds")
            time.sleep(0.3)
        yield
    finally:
        server.terminate()
        server.wait(30)


def answers(port: int) -> bool:
    """Whether the site is there."""
    asking = http.client.HTTPConnection("localhost", port, timeout=10)
    try:
        asking.request("GET", f"/{CAMPAIGN}/")
        return asking.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        asking.close()


def fill(count: int) -> str:
    """Have so many letters, one of them held; return its path in the admin."""
    from campaign.content.models import Campaign
    from campaign.parliament.models import Constituency
    from letters.models import Heartbeat, Letter, Status
    from letters.statistics.rollup import roll_up_all
    from tests.letters.factories import make_letter
    from tests.letters.many import write_many

    Heartbeat.beat("sweep")
    campaign = Campaign.objects.get(slug=CAMPAIGN)
    if count == 0:
        return ""
    constituency = Constituency.objects.with_members().get(pk="E14001172")
    assert constituency.member is not None
    letter = make_letter(
        campaign,
        constituency_name=constituency.name,
        member_name=constituency.member.envelope,
        member_party=constituency.member.party,
        salutation=constituency.member.salutation,
        rehearsal=False,
    )
    letter.transition_to(Status.HELD, note="A second look at the wording.")
    Letter.objects.filter(pk=letter.pk).update(rehearsal=False)
    write_many(campaign, count - 1)
    roll_up_all()
    return f"{LIST}{letter.pk}/change/"


def sign_in() -> dict[str, Any]:
    """Return the cookie of an organiser who is let in."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    from tests.otp import otp_login

    client = Client()
    otp_login(client, User.objects.filter(is_superuser=True)[0])
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {"name": settings.SESSION_COOKIE_NAME, "value": value, "path": "/", "domain": "localhost"}


@contextmanager
def open_admin(width: str, scheme: str = "light") -> Iterator[Page]:
    """Yield a page of an organiser who is signed in."""
    from tests.servers.browser import open_page, run_browser

    phone = {"is_mobile": True, "has_touch": True} if width == "390" else {}
    with run_browser() as browser, open_page(browser, viewport=WIDTHS[width], color_scheme=scheme, **phone) as page:
        page.context.add_cookies([sign_in()])  # type: ignore[list-item]  # a plain dict is one
        yield page


def take_all(port: int, scheme: str) -> None:
    """Take every page at both widths with each number of letters; say which are wider than the screen."""
    LOOKED_AT.mkdir(parents=True, exist_ok=True)
    letter, night = "", "-night" if scheme == "dark" else ""
    for count, more in ((0, 0), (3, 3), (10_000, 9_997)):
        letter = fill(more) or letter
        for width in WIDTHS:
            with open_admin(width, scheme) as page:
                for name, path in list_pages(letter).items():
                    answer = page.goto(f"http://localhost:{port}{path}")
                    # Not the window's inner width: on a phone that grows with a page that is too wide.
                    wide = page.evaluate("document.documentElement.scrollWidth") > WIDTHS[width]["width"]
                    file = LOOKED_AT / f"{name.replace(' ', '-')}-{count}-{width}{night}.png"
                    page.screenshot(path=file, full_page=True, timeout=60_000)
                    if wide or answer is None or not answer.ok:
                        print(f"{name}, {count} letters, {width} px: {'too wide' if wide else 'no answer'}", flush=True)
                take_pack(page, port)
                page.screenshot(path=LOOKED_AT / f"pack-{count}-{width}{night}.png", full_page=True)


def take_pack(page: Page, port: int) -> None:
    """Come to what a pack would change."""
    from campaign.content.dumping import make_pack, write_pack
    from campaign.content.models import Campaign

    text = write_pack(make_pack(Campaign.objects.get(slug=CAMPAIGN)))
    line = next(line for line in text.splitlines() if line.startswith("tagline: "))
    text = text.replace(line, f"{line.rstrip('.')}, and soon.").replace(
        "own_words_minimum: 20", "own_words_minimum: 25"
    )
    page.goto(f"http://localhost:{port}/admin/content/campaign/load-pack/")
    page.fill("textarea[name=text]", text)
    page.click("input[type=submit].default")
    page.wait_for_selector(".pack-change, .pack-faults, .errornote")


def take_for_docs(port: int) -> None:
    """Take the documentation's few pictures, small."""
    PICTURES.mkdir(exist_ok=True)
    pages = list_pages(fill(SHOWN))
    with open_admin("1280") as page:
        for name in ("dashboard", "map", "letters", "go live"):
            page.goto(f"http://localhost:{port}{pages[name]}")
            keep(page.screenshot(), name.replace(" ", "-"))
        take_pack(page, port)
        keep(page.screenshot(), "pack")


def keep(picture: bytes, name: str) -> None:
    """Write the picture with a few dozen colours, which is all that these pages have."""
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as image:
        image.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
