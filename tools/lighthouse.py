"""Run Lighthouse 12 on the campaign's page and on the builder, phone preset, against the demo with DEBUG off.

Exits 1 if a page is below the marks. The reports lie in build/lighthouse/. Run by `make lighthouse`; too slow for
`make test` (half a minute a page on an idle machine; the figures for performance fall on a busy one).
"""

from __future__ import annotations

import http.client
import json
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
from http.cookiejar import CookieJar
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "build" / "lighthouse"
MARKS = {"accessibility": 100, "best-practices": 100, "performance": 95}
CAMPAIGN = "/time-to-negotiate/"
# Sent as arguments to Chromium: a test machine may be root and has no business on the network.
CHROMIUM = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
START_SECONDS = 120


def main() -> int:
    """Start the demo on data of its own, measure, print, stop; 1 if a mark is missed."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        port = find_port()
        env = os.environ | {"PARLEY_DATA_DIR": data, "DEBUG": "false", "SECRET_KEY": secrets.token_urlsafe(64)}
        subprocess.run([sys.executable, "tools/prepare.py"], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
        demo = subprocess.Popen(
            [sys.executable, "tools/demo.py", str(port)], cwd=ROOT, env=env, stdout=subprocess.DEVNULL
        )
        try:
            site = f"http://localhost:{port}"
            wait_for(port)
            cookies = come_to_builder(site)
            good = measure("landing", site + CAMPAIGN, {})
            good &= measure("builder", f"{site}{CAMPAIGN}write/words/", {"Cookie": cookies})
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(60)
    return 0 if good else 1


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


def come_to_builder(site: str) -> str:
    """Choose an MP and two arguments as a supporter does; return the session's cookies as a header."""
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def read(path: str) -> str:
        text: str = browser.open(site + path, timeout=30).read().decode()
        return text

    def send(path: str, fields: list[tuple[str, str]]) -> None:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', read(path))
        assert token is not None, path
        data = urllib.parse.urlencode([("csrfmiddlewaretoken", token[1]), *fields]).encode()
        request = urllib.request.Request(site + path, data, headers={"Origin": site})
        browser.open(request, timeout=30).close()

    write = f"{CAMPAIGN}write/"
    send(write, [("postcode", "SW1A 1AA")])
    keys = re.findall(r'name="arguments" value="([^"]+)"', read(f"{write}arguments/"))
    send(f"{write}arguments/", [("arguments", key) for key in keys[:2]])
    if "own_words" not in read(f"{write}words/"):
        sys.exit("parley: the builder was not reached")
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def measure(name: str, url: str, headers: dict[str, str]) -> bool:
    """Run Lighthouse on a page and print its marks; False if one is missed."""
    report = REPORTS / f"{name}.json"
    command = [
        str(ROOT / "node_modules/.bin/lighthouse"),
        url,
        "--quiet",
        "--output=json",
        f"--output-path={report}",
        f"--only-categories={','.join(MARKS)}",
        f"--extra-headers={json.dumps(headers)}",
        f"--chrome-flags={CHROMIUM}",
    ]
    env = os.environ | {"CHROME_PATH": os.environ.get("CHROMIUM", "/usr/bin/chromium"), "LIGHTHOUSE_TELEMETRY": "0"}
    subprocess.run(command, env=env, check=True, timeout=300, cwd=REPORTS)
    result = json.loads(report.read_text())
    if result["finalDisplayedUrl"] != url:
        sys.exit(f"parley: {url} led to {result['finalDisplayedUrl']}")
    marks = {key: round(result["categories"][key]["score"] * 100) for key in MARKS}
    missed = [key for key, mark in marks.items() if mark < MARKS[key]]
    print(f"{name:8} " + ", ".join(f"{key} {mark}" for key, mark in marks.items()), flush=True)
    for key in missed:
        for reference in result["categories"][key]["auditRefs"]:
            audit = result["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                print(f"         {key}: {audit['title']} {audit.get('displayValue', '')}".rstrip(), flush=True)
    return not missed


if __name__ == "__main__":
    sys.exit(main())
