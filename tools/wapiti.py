"""Attack the demo with the scanner wapiti, in every state a visitor can bring it to. Exits 1 if a finding is high.

The report lies in build/wapiti/report.json. Run by `make wapiti`; far too slow for `make test`. The scanner lives in a
virtual environment of its own, because it needs a hundred packages that the site does not.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from own_demo import CAMPAIGN, ROOT, Visitor, run_own_demo

FOLDER = ROOT / "build" / "wapiti"
# Not among them: what calls its makers' servers (ssrf, xxe, log4shell), what looks for other people's software, ssl,
# for the demo speaks HTTP, and csrf, whose own comparison goes out with two content types (tests/attacks has it).
MODULES = (
    "cookieflags,crlf,csp,exec,file,htaccess,http_headers,methods,permanentxss,redirect,shellshock,sql,timesql,"
    "upload,xss"
)
LEVELS = ["info", "low", "medium", "high", "critical"]
# The scanner has to reach the forms: limits, lockout and minimum time would answer in their place. Tests are theirs.
LIMITED = "LETTERS_PER_IP LETTERS_PER_EMAIL LETTERS_PER_POSTCODE LETTERS_PER_CAMPAIGN LOOKUPS_PER_IP PDFS_PER_IP"
LIMITED += " CONFIRMS_PER_IP LINKS_PER_EMAIL LINKS_PER_IP"
OPEN = {f"LIMIT_{name}": "" for name in LIMITED.split()} | {"SECONDS_TO_WRITE": "0", "LOGIN_TRIES": "1000000"}
MAX_SECONDS = int(os.environ.get("WAPITI_SECONDS", "120"))  # for each kind of attack
MAX_REFUSED = 200  # by the kinds of attack that try methods, without a token
DETAILS = [
    *(("name", "Jane Doe"), ("address_1", "1 Test Street"), ("town", "London"), ("postcode", "SW1A 1AA")),
    ("channel", "email"),
]


def main() -> int:
    """Start the demo on data of its own, bring a visitor everywhere, attack, print, stop."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    data = FOLDER / "data"
    shutil.rmtree(data, ignore_errors=True)
    with run_own_demo(PARLEY_DATA_DIR=str(data), **OPEN) as site, tempfile.TemporaryDirectory() as session:
        confirmed = confirm(Visitor(site), "joe@supporter.example")
        visitor = Visitor(site)
        secret = [confirmed, ask_for_letter(visitor, "jane@supporter.example")]
        starts = ["/", CAMPAIGN, "/letter/lost/", "/admin/login/", "/privacy/", "/mailbox/", *secret]
        starts += [f"{CAMPAIGN}write/{step}" for step in ("", "seats/", "arguments/", "words/", "details/", "sent/")]
        report = FOLDER / "report.json"
        report.unlink(missing_ok=True)
        command = [
            str(FOLDER / "venv/bin/wapiti"),
            *(
                "--url",
                f"{site}/",
                "--scope",
                "folder",
                "--module",
                MODULES,
                "--depth",
                "4",
                "--max-links-per-page",
                "60",
            ),
            *(word for start in starts for word in ("--start", site + start)),
            *("--exclude", f"{site}{CAMPAIGN}write/finish/", "--exclude", f"{site}/static/*"),  # it ends the draft
            *(
                "--cookie-value",
                visitor.cookies,
                "--skip",
                "csrfmiddlewaretoken",
                "--max-attack-time",
                str(MAX_SECONDS),
            ),
            *("--max-scan-time", str(20 * MAX_SECONDS), "--timeout", "30", "--no-bugreport", "--flush-session"),
            *("--store-session", session, "--store-config", session),
            *("--format", "json", "--output", str(report), "--verbose", "1"),
        ]
        with (FOLDER / "wapiti.log").open("w") as log:
            subprocess.run(command, check=True, stdout=log, stderr=subprocess.STDOUT, cwd=session)
        # Without its cookies it would attack nothing but the page that refuses forms, and find nothing there.
        if (refused := (data / "logs/web.log").read_text().count("Forbidden (CSRF")) > MAX_REFUSED:
            sys.exit(f"parley: {refused} of the scanner's forms were refused unread, so it has not attacked the site")
    return 1 if tell(json.loads(report.read_text())) else 0


def ask_for_letter(visitor: Visitor, email: str) -> str:
    """Write a letter and have it sent; return the secret path in the mail that asks to confirm it."""
    visitor.come_to_builder()
    write = f"{CAMPAIGN}write/"
    words = "I have thought about this war for many years, and about the people in it whom I know. " * 4
    builder = visitor.read(f"{write}words/")
    visitor.send(f"{write}words/", [*read_fields(builder), ("own_words", words)], page=builder)
    details = [*DETAILS, ("email", email)]
    page = visitor.send(f"{write}check/", details, page=visitor.read(f"{write}details/"))
    if "Email me the link to send it" not in page:
        sys.exit("parley: could not reach the check page")
    visitor.send(f"{write}send/", [*details, ("consent", "on")], page=page)
    return find_link(visitor, email)


def confirm(visitor: Visitor, email: str) -> str:
    """Write a letter, have it sent and confirm it; return the secret path of its page."""
    page = visitor.send(ask_for_letter(visitor, email), [])
    link = re.search(r'action="(/letter/[\w-]+/)act/"', page)
    if link is None:
        sys.exit("parley: could not reach the letter's page")
    return link[1]


def read_fields(page: str) -> list[tuple[str, str]]:
    """Return the hidden fields of a page, but for the token."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return [(name, value) for name, value in hidden if name != "csrfmiddlewaretoken"]


def find_link(visitor: Visitor, email: str) -> str:
    """Wait for the newest mail to this address and return the secret path in it."""
    for _second in range(60):
        for path in re.findall(r'href="(/mailbox/[^"]+)"', visitor.read("/mailbox/")):
            mail = visitor.read(path)
            link = re.search(r"(/confirm/[\w-]+/)", mail)
            if email in mail and link:
                return link[1]
        time.sleep(1)
    sys.exit("parley: the confirmation email did not arrive")


def tell(report: dict[str, dict[str, list[dict[str, object]]]]) -> int:
    """Print what was found, worst first; return how many findings are high or worse."""
    found = [
        (int(str(one["level"])), kind, one)
        for part in ("vulnerabilities", "anomalies")
        for kind, ones in report[part].items()
        for one in ones
    ]
    for level, kind, one in sorted(found, key=lambda row: -row[0]):
        print(f"{LEVELS[level]:8} {kind}: {one['method']} {one['path']} {one['parameter'] or ''} {one['info']}")
    high = sum(level >= LEVELS.index("high") for level, _kind, _one in found)
    print(f"{report['infos']['crawled_pages_nbr']} pages, {len(found)} findings, {high} of them high")
    return high


if __name__ == "__main__":
    sys.exit(main())
