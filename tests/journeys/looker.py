"""Looks at a page as its readers would: axe, narrow screens, large text, by night, weight, moving parts, valid HTML."""

from __future__ import annotations

import gzip
import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from playwright.sync_api import Page, Response

from tests.servers.node import find_node

ROOT = Path(settings.BASE_DIR)
AXE = ROOT / "node_modules/axe-core/axe.min.js"
PICTURES = ROOT / "build/screenshots"
HEAVIEST = 130_000  # bytes over the wire of a first load
WIDTHS = {"desktop": 1280, "phone": 390, "narrow": 320}
STEADY = 0.01  # a layout shift that nobody sees: a tenth of what counts as good
# Seen after somebody has typed, when text areas have grown under their hands.
FILLED = {
    "words",
    "words-few",
    "easy-words",
    "easy-name",
    "easy-address",
    "easy-sending",
    "details",
    "builder-error",
    "builder-saved",
    "builder-clash",
}
RULES: dict[str, Any] = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# Most of axe's time goes into contrast: measured by day on the wide screen, by night on the phone.
NO_CONTRAST = RULES | {"rules": {"color-contrast": {"enabled": False}}}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}

SHIFTS = """() => new Promise(resolve => {
  let sum = 0;
  new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value; })
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => resolve(sum), 60);
})"""
# A bar may lie on half of a button, which can be scrolled out from under it: axe would call the rest too small.
ASK_AXE = """async options => {
  const bars = [...document.querySelectorAll(".action-bar, .next-act")];
  for (const bar of bars) bar.style.position = "static";
  const found = await axe.run(document, {...options, resultTypes: ["violations"], preload: false});
  for (const bar of bars) bar.removeAttribute("style");
  return found.violations.map(v => [v.id, v.nodes.map(n => n.html)]);
}"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# What is wider than the box that hides the rest of it: text that nobody can read.
CUT = """() => [...document.querySelectorAll("main *")].filter(e => {
  const s = getComputedStyle(e);
  return s.overflowX === "hidden" && e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1;
}).map(e => e.outerHTML.slice(0, 80))"""
# The share of the screen that is under bars at its foot.
UNDER_BARS = """() => Math.max(0, ...[...document.querySelectorAll("main *")].filter(e => {
  const s = getComputedStyle(e), box = e.getBoundingClientRect();
  return /sticky|fixed/.test(s.position) && box.height && box.top > 0 && Math.abs(box.bottom - innerHeight) < 2;
}).map(e => e.getBoundingClientRect().height)) / innerHeight"""
MAX_BARS = 0.2
DEAD_FRAGMENTS = """() => [...document.querySelectorAll('a[href^="#"]')].map(a => a.hash.slice(1))
  .filter(id => id && id !== "write" && !document.getElementById(decodeURIComponent(id)))"""


@cache
def weigh(path: str) -> int:
    """How many bytes a static file takes over the wire."""
    found = finders.find(unquote(path.removeprefix(settings.STATIC_URL)))
    assert isinstance(found, str), path
    content = Path(found).read_bytes()
    return len(content) if path.endswith((".woff2", ".png")) else len(gzip.compress(content, 9))


class Looker:
    """Notes what is wrong with each page in `faults`; keeps pictures in build/screenshots and the HTML in `folder`."""

    def __init__(self, folder: Path, page: Page) -> None:
        self.folder = folder
        self.faults: list[str] = []
        self.source = ""
        page.on("response", self._keep)

    def _keep(self, response: Response) -> None:
        asked = response.request
        html = response.headers.get("content-type", "").startswith("text/html")
        if html and asked.is_navigation_request() and not 300 <= response.status < 400:
            self.document = response

    def __call__(self, name: str, page: Page) -> None:
        """Note what is wrong with the page."""
        self.name = name
        if name not in FILLED:
            shifted = page.evaluate(SHIFTS)
            self.note(shifted > STEADY, f"things moved while it loaded: {shifted}")
        source = self.document.text()
        (self.folder / f"{name}.html").write_text(source)
        self.check_weight(page, source)
        self.note(bool(dead := page.evaluate(DEAD_FRAGMENTS)), f"links to nothing: {dead}")
        if name.endswith("-error"):
            focus = page.evaluate("document.activeElement.id")
            self.note(focus != "errors", f"the focus is at {focus!r}, not at the summary of errors")
        page.evaluate(AXE.read_text())
        PICTURES.mkdir(parents=True, exist_ok=True)
        for label, width in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": 900 if width > 1000 else 844})
            self.check_width(page, label)
            if label == "narrow":
                continue
            page.screenshot(path=PICTURES / f"{label}-{name}.png", full_page=True)
            self.ask_axe(page, label, RULES if label == "desktop" else NO_CONTRAST)
        page.set_viewport_size({"width": WIDTHS["phone"], "height": 844})
        page.emulate_media(color_scheme="dark")
        self.ask_axe(page, "by night", CONTRAST)
        page.emulate_media(color_scheme="light")
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        for label in ("phone", "desktop"):
            page.set_viewport_size({"width": WIDTHS[label], "height": 844})
            self.check_width(page, f"{label}, text at 200 %")
            share = page.evaluate(UNDER_BARS)
            self.note(share > MAX_BARS, f"{label}, text at 200 %: bars take {share:.0%} of the screen")
        page.evaluate("document.documentElement.removeAttribute('style')")

    def glance(self, name: str, page: Page) -> None:
        """Note what is wrong on the screen as it is: for organisers' pages, most of which are Django's."""
        self.name = name
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        page.evaluate(AXE.read_text())
        self.check_width(page, "as it is")
        self.ask_axe(page, "as it is", {})

    def note(self, fault: bool, what: str) -> None:
        """Note a fault of the page."""
        if fault:
            self.faults.append(f"{self.name}: {what}")

    def check_weight(self, page: Page, source: str) -> None:
        """Everything comes from this site, and a first load is light."""
        loaded: list[str] = page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
        own = urlsplit(page.url).netloc
        paths = {urlsplit(url).path for url in loaded if urlsplit(url).netloc == own}
        self.note(bool(others := [url for url in loaded if urlsplit(url).netloc != own]), f"loads from {others}")
        static = sum(weigh(path) for path in paths if path.startswith(settings.STATIC_URL))
        weight = len(gzip.compress(source.encode(), 6)) + static
        self.note(weight >= HEAVIEST, f"{weight} bytes")

    def check_width(self, page: Page, label: str) -> None:
        """No sideways scrolling, nothing cut."""
        self.note((wide := page.evaluate(OVERFLOW)) > 0, f"{label}: {wide} px wider than the screen")
        self.note(bool(cut := page.evaluate(CUT)), f"{label}: cut {cut}")

    def ask_axe(self, page: Page, label: str, options: dict[str, Any]) -> None:
        """Note axe's violations."""
        found = page.evaluate(ASK_AXE, options)
        for violation in found:
            self.note(True, f"{label}: {json.dumps(violation)[:400]}")


def validate_html(folder: Path) -> list[str]:
    """What html-validate says of the pages in a folder, by the rules of the HTML standard (one Node for all)."""
    program = [find_node(), str(ROOT / "node_modules/.bin/html-validate")]
    rules = ROOT / "tests/journeys/html-validate.json"
    files = [str(path) for path in sorted(folder.glob("*.html"))]
    done = subprocess.run(
        [*program, "--config", rules, "--formatter", "json", *files], capture_output=True, text=True, timeout=60
    )
    assert done.returncode in (0, 1), done.stderr
    return [
        f"{Path(report['filePath']).stem}, line {fault['line']}: {fault['ruleId']}: {fault['message']}"
        for report in json.loads(done.stdout or "[]")
        for fault in report["messages"]
    ]
