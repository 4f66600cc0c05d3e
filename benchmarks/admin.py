"""Are the organisers' pages as quick with a million letters as with a thousand? Run: python -m benchmarks.admin

Two databases of one PostgreSQL, in which only the number of letters differs; each page is asked for in turns through
Django's test client. A page's time is what the site's process and PostgreSQL's spend computing for it, so that other
work on the machine is not counted, and the best one counts. Exits 1 if a gate is missed: list, deep page and dashboard
at most 1.5 times as long, all others at most 6 times, each at most 15 queries, and none of them reads all letters.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests.servers.postgres import run_postgres

if TYPE_CHECKING:
    from django.test import Client

GATE_LIST, GATE_FOUND = 1.5, 6.0
MAX_QUERIES = 15
LIST = "/admin/letters/letter/"


@dataclass
class Site:
    """One of the two databases, and an organiser who is signed in there."""

    count: int
    connection: Any
    client: Client
    pages: dict[str, tuple[str, dict[str, str] | None]]
    best: dict[str, float] = field(default_factory=dict)

    def read_backend_seconds(self) -> float:
        """Return for how long PostgreSQL has computed for this site's connection (Linux: schedstat, in nanoseconds)."""
        pid = self.connection.connection.info.backend_pid
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


@dataclass(frozen=True)
class Asked:
    """What was found out about a page with a million letters."""

    queries: int
    scans: list[str]


def set_stage(url: str, folder: Path, counts: tuple[int, int]) -> list[Site]:
    """Make both databases; return them with their pages."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": url,
        "PARLEY_DATA_DIR": str(folder / "data"),
    }
    (folder / "data").mkdir()
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    settings.ALLOWED_HOSTS = ["testserver"]
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE letters_empty")
    with use(open_connection("letters_empty")) as empty:
        call_command("migrate", verbosity=0)
        call_command("import_members", verbosity=0, stdout=io.StringIO())
        call_command("load_campaign", "campaign/content/packs/time-to-negotiate.yaml", stdout=io.StringIO())
        empty.close()
    sites = []
    for count in counts:
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE letters_{count} TEMPLATE letters_empty")
            # One process a query: else a second core would hide half of what it takes.
            cursor.execute(f"ALTER DATABASE letters_{count} SET max_parallel_workers_per_gather = 0")
        sites.append(fill_site(count))
        print(f"{count:,} letters made in {time.perf_counter() - began:.0f} s", flush=True)
    connection.close()
    return sites


def open_connection(name: str) -> Any:
    """Return a connection of Django's to the database of that name."""
    from django.db import connections

    settings = connections["default"].settings_dict | {"NAME": name}
    return type(connections["default"])(settings, "default")


@contextmanager
def use(connection: Any) -> Iterator[Any]:
    """Let Django take this for its one database."""
    from django.db import connections

    usual = connections["default"]
    connections["default"] = connection
    try:
        yield connection
    finally:
        connections["default"] = usual


def fill_site(count: int) -> Site:
    """Fill the database, sign an organiser in, and name the pages."""
    from django.contrib.auth.models import User
    from django.test import Client

    from benchmarks.admin_data.letters import fill_database
    from campaign.content.models import Campaign
    from letters.models import Heartbeat
    from tests.otp import otp_login

    connection = open_connection(f"letters_{count}")
    with use(connection):
        large = Campaign.objects.get()
        small = Campaign.objects.create(slug="another", title="Another", subject="S", tagline="T", brief="B")
        Campaign.objects.update(mode=Campaign.Mode.LIVE)
        fill_database(count, large, small)
        Heartbeat.beat("sweep")
        client = Client(SERVER_NAME="testserver")
        otp_login(client, User.objects.create_superuser("organiser"))
        return Site(count, connection, client, name_pages(large, small))


def name_pages(large: Any, small: Any) -> dict[str, tuple[str, dict[str, str] | None]]:
    """Return address and, where the page is posted to, form of each page."""
    from django.utils import timezone

    from benchmarks.admin_data.letters import EMAIL
    from campaign.core.ciphers import list_indexes
    from letters.models import Letter
    from tests.letters.factories import make_letter

    now = timezone.now()
    letters = Letter.objects.defer_encrypted().order_by("-created_at", "-pk")
    deep = letters.filter(created_at__lt=now - timedelta(days=320))[0]
    constituency = letters.filter(member_party="Labour")[0]

    def listed(**query: object) -> tuple[str, None]:
        return f"{LIST}?{urlencode(query)}", None

    dashboard = f"/admin/letters/letter/dashboard/{large.slug}/"
    return {
        "list": (LIST, None),
        "deep page": listed(p=f"older_{deep.created_at.timestamp():.6f}_{deep.pk}"),
        "dashboard": (dashboard, None),
        "constituencies": (f"{dashboard}seats/", None),
        "map": (f"{dashboard}map/", None),
        "one letter": (f"{LIST}{make_letter(large).pk}/change/", None),  # the others' senders cannot be decrypted
        "status: sent": listed(status__exact="sent"),
        "status: failed": listed(status__exact="failed"),
        "campaign, most": listed(campaign__id__exact=large.pk, rehearsal__exact=0),
        "campaign, few": listed(campaign__id__exact=small.pk),
        "campaign, status": listed(campaign__id__exact=large.pk, rehearsal__exact=0, status__exact="bounced"),
        "few, status": listed(campaign__id__exact=small.pk, rehearsal__exact=0, status__exact="failed"),
        "rehearsal, none": listed(rehearsal__exact=1),
        "party, most": listed(party="Labour"),
        "party, few": listed(party="Plaid Cymru"),
        "party, status": listed(party="Plaid Cymru", status__exact="failed"),
        "written today": listed(written="today"),
        "a month": listed(written=f"{now - timedelta(days=200):%Y-%m}"),
        "a month, status": listed(written=f"{now - timedelta(days=200):%Y-%m}", status__exact="failed"),
        "search: reference": listed(q=constituency.reference),
        "search: beginning": listed(q=constituency.reference[:4]),
        "search: constituency": listed(q=constituency.constituency_name),
        "search: MP": listed(q=constituency.member_name.removesuffix(" MP")),
        "search: many constituencies": listed(q="North"),
        "search: nothing": listed(q="Nobody at all"),
        "search, status": listed(q=constituency.constituency_name, status__exact="failed"),
        "find by email": listed(sender_email_index__in=",".join(list_indexes(EMAIL))),
        "find": (f"{LIST}find/", {"email": EMAIL}),
    }


STRICT = ("list", "deep page", "dashboard", "one letter")


def ask(site: Site, name: str) -> float:
    """Ask for the page; return the seconds it took."""
    url, form = site.pages[name]
    began = time.process_time() + site.read_backend_seconds()
    answer = site.client.get(url) if form is None else site.client.post(url, form)
    seconds = time.process_time() + site.read_backend_seconds() - began
    if answer.status_code != (200 if form is None else 302):
        raise RuntimeError(f"{name}: {answer.status_code} for {url} {answer.headers.get('Location', '')}")
    return seconds


def look_into(site: Site, name: str) -> Asked:
    """Count the page's queries, and have PostgreSQL say how it answers each."""
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(site.connection) as queries:
        ask(site, name)
    scans = []
    with site.connection.cursor() as cursor:
        for query in queries.captured_queries:
            if "letters_letter" not in query["sql"] or not query["sql"].startswith("SELECT"):
                continue
            cursor.execute(f"EXPLAIN {query['sql']}")
            plan = [row[0] for row in cursor.fetchall()]
            scans += [query["sql"] for line in plan if "Seq Scan on letters_letter " in line]
    return Asked(len(queries), scans)


def measure(sites: list[Site], rounds: int) -> None:
    """Ask for every page in turns, and keep each one's best time."""
    for _round in range(rounds):
        for name in sites[0].pages:
            for site in sites:
                with use(site.connection):
                    site.best[name] = min(ask(site, name), site.best.get(name, 9e9))


def judge(small: Site, large: Site, asked: dict[str, Asked]) -> bool:
    """Print what was measured; return whether all gates are kept."""
    kept = True
    print(f"{'':22} {small.count:>9,} {large.count:>10,}   ratio  gate  queries")
    for name, found in asked.items():
        gate = GATE_LIST if name in STRICT else GATE_FOUND
        ratio = large.best[name] / small.best[name]
        missed = [
            *(["TOO SLOW"] if ratio > gate else []),
            *(["TOO MANY QUERIES"] if found.queries > MAX_QUERIES else []),
            *(f"READS ALL LETTERS: {sql}" for sql in found.scans),
        ]
        kept &= not missed
        times = f"{small.best[name] * 1e3:6.1f} ms {large.best[name] * 1e3:7.1f} ms"
        print(f"{name:22} {times} {ratio:7.2f} {gate:5.1f} {found.queries:8}  {'; '.join(missed)}".rstrip(), flush=True)
    return kept


def main() -> int:
    """Make, ask, judge; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--letters", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--slow", type=float, metavar="MS", help="print the queries that take longer")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="parley-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        (folder / "postgres").mkdir()
        with run_postgres(folder / "postgres") as url:
            small, large = set_stage(url, folder, (1000, options.letters))
            try:
                measure([small, large], 2)  # fills caches
                small.best.clear()
                large.best.clear()
                measure([small, large], options.rounds)
                with use(large.connection):
                    asked = {page: look_into(large, page) for page in large.pages}
                    if options.slow is not None:
                        show_slow(large, options.slow)
                return 0 if judge(small, large, asked) else 1
            finally:
                small.connection.close()
                large.connection.close()


def show_slow(site: Site, limit: float) -> None:
    """Print every query that takes longer than `limit` milliseconds, with what PostgreSQL does for it."""
    from django.test.utils import CaptureQueriesContext

    seen = set()
    for name in site.pages:
        with CaptureQueriesContext(site.connection) as queries:
            ask(site, name)
        with site.connection.cursor() as cursor:
            for query in queries.captured_queries:
                like = query["sql"][:60] + query["sql"][-60:]
                if like in seen:
                    continue
                seen.add(like)
                if float(query["time"]) * 1000 >= limit and query["sql"].startswith("SELECT"):
                    cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {query['sql']}")
                    print(f"-- {name}: {query['sql']}", *(row[0] for row in cursor.fetchall()), sep="\n")


if __name__ == "__main__":
    sys.exit(main())
