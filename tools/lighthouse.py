"""Run Lighthouse 12 on the campaign's page and on the builder, phone preset, against the demo with DEBUG off.

Exits 1 if a page is below the marks. The reports lie in build/lighthouse/. Run by `make lighthouse`; too slow for
`make test` (half a minute a page on an idle machine; the figures for performance fall on a busy one).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

from own_demo import CAMPAIGN, ROOT, Visitor, run_own_demo

REPORTS = ROOT / "build" / "lighthouse"
MARKS = {"accessibility": 100, "best-practices": 100, "performance": 95}
# Sent as arguments to Chromium: a test machine may be root and has no business on the network.
CHROMIUM = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


def main() -> int:
    """Start the demo on data of its own, measure, print, stop; 1 if a mark is missed."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    with run_own_demo() as site:
        visitor = Visitor(site)
        visitor.come_to_builder()
        good = measure("landing", site + CAMPAIGN, {})
        good &= measure("builder", f"{site}{CAMPAIGN}write/words/", {"Cookie": visitor.cookies})
    return 0 if good else 1


def measure(name: str, url: str, headers: dict[str, str]) -> bool:
    """Run Lighthouse on a page and print its marks; False if one is missed."""
    sys.path.insert(0, str(ROOT))
    from tests.servers.node import find_node

    report = REPORTS / f"{name}.json"
    command = [
        find_node(),
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
