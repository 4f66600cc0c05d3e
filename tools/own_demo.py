"""A demo of one's own to measure or attack: DEBUG off, a free port, data that go with it; and a visitor to it."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CAMPAIGN = "/time-to-negotiate/"
START_SECONDS = 120


@contextlib.contextmanager
def run_own_demo(**settings: str) -> Iterator[str]:
    """Start the demo with these settings besides, yield its address, and stop it."""
    with tempfile.TemporaryDirectory() as data:
        port = find_port()
        env = os.environ | {"PARLEY_DATA_DIR": data, "DEBUG": "false", "SECRET_KEY": secrets.token_urlsafe(64)}
        env |= settings
        subprocess.run([sys.executable, "tools/demo.py", "--check", str(port)], cwd=ROOT, env=env, check=True)
        subprocess.run([sys.executable, "tools/prepare.py"], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
        demo = subprocess.Popen(
            [sys.executable, "tools/demo.py", str(port)], cwd=ROOT, env=env, stdout=subprocess.DEVNULL
        )
        try:
            wait_for(port)
            yield f"http://localhost:{port}"
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(60)


def find_port() -> int:
    """Return a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    """Wait until the campaign's page is there."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        asking = http.client.HTTPConnection("localhost", port, timeout=10)
        try:
            asking.request("GET", CAMPAIGN)
            if asking.getresponse().status == http.client.OK:
                return
        except OSError:
            pass  # not listening yet
        finally:
            asking.close()
        if time.monotonic() > deadline:
            sys.exit(f"parley: the demo did not answer within {START_SECONDS} seconds")
        time.sleep(0.5)


class Visitor:
    """Somebody without scripts, with cookies."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.jar = CookieJar()
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def read(self, path: str) -> str:
        """Return a page."""
        text: str = self.browser.open(self.site + path, timeout=30).read().decode()
        return text

    def send(self, path: str, fields: list[tuple[str, str]], page: str = "") -> str:
        """Send a form with the token of the page it stands on (its own path, or `page`); return the answer."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page or self.read(path))
        assert token is not None, path
        data = urllib.parse.urlencode([("csrfmiddlewaretoken", token[1]), *fields]).encode()
        request = urllib.request.Request(self.site + path, data, headers={"Origin": self.site})
        answer: str = self.browser.open(request, timeout=30).read().decode()
        return answer

    def come_to_builder(self) -> None:
        """Choose an MP and two arguments as a supporter does."""
        write = f"{CAMPAIGN}write/"
        self.send(write, [("postcode", "SW1A 1AA")])
        keys = re.findall(r'name="arguments" value="([^"]+)"', self.read(f"{write}arguments/"))
        self.send(f"{write}arguments/", [("arguments", key) for key in keys[:2]])
        if "own_words" not in self.read(f"{write}words/"):
            sys.exit("parley: could not reach the builder")

    @property
    def cookies(self) -> str:
        """The cookies, as a header."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)
