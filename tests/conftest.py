"""Fixtures for all tests: real servers, a real browser, a real worker. `tests/servers/` has what they start.

`make test` runs them on SQLite with Celery's filesystem broker, and on PostgreSQL with Redis: `list_shares` says which.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django import DjangoDbBlocker, Settings
from pytest_django.live_server_helper import LiveServer

from campaign.core import rate_counters
from tests.otp import otp_login
from tests.servers.browser import DESKTOP, PHONE, open_page, run_browser
from tests.servers.mail import MailServer, run_mail_server
from tests.servers.postgres import run_postgres
from tests.servers.redis import run_redis
from tests.servers.worker import run_worker

QUIET = [hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture]
hypothesis.settings.register_profile(
    "ci", deadline=None, max_examples=50, derandomize=True, print_blob=True, suppress_health_check=QUIET
)
hypothesis.settings.register_profile(
    "fuzz", deadline=None, max_examples=10_000, print_blob=True, suppress_health_check=QUIET
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


# What the two databases could do differently: locks, constraints, migrations, SQL by hand, backups; and one whole way.
ON_BOTH = [
    "tests/faults/",
    "tests/tools/",
    "tests/journeys/test_whole_way.py::test_a_letter_goes_the_whole_way[phone",
    "tests/campaign/core/test_bound.py",
    "tests/campaign/core/test_encrypted.py",
    "tests/campaign/staff/test_phones.py",
    "tests/campaign/content/test_models.py",
    "tests/campaign/content/test_loading.py",
    "tests/campaign/parliament/test_models.py",
    "tests/letters/backups/test_dump.py",
    "tests/letters/delivery/test_leases.py",
    "tests/letters/actions/test_correct.py::test_corrections_and_claims",
    "tests/letters/delivery/test_worker.py",
    "tests/letters/delivery/test_health.py",
    "tests/letters/models/test_letter.py",
    "tests/letters/delivery/test_notices.py",
    "tests/letters/actions/test_purge.py",
    "tests/letters/statistics/test_rollup.py",
]

# Started first, so that at the end nobody waits for one long test.
LONG = ("tests/faults/test_short.py", "tests/journeys/test_pages.py", "tests/journeys/test_whole_way.py")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--share",
        choices=["sqlite", "postgresql"],
        help="only what belongs on this database, so that on both together each test runs once, or twice where it "
        "matters",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    share = config.getoption("--share")
    gone = [
        name for name in (*ON_BOTH, *LONG) if not Path(__file__).parents[1].joinpath(name.partition("::")[0]).exists()
    ]
    if gone:
        raise pytest.UsageError(f"tests/conftest.py names what does not exist: {', '.join(gone)}")
    kept = [item for item in items if share is None or share in list_shares(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = sorted(kept, key=lambda item: not item.nodeid.startswith(LONG))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests have measured: what they `record_property` under the name "figures"."""
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, value in report.user_properties:
            if name == "figures":
                terminalreporter.write_line(str(value))


def list_shares(item: pytest.Item) -> list[str]:
    """Return the databases on which a test runs in `make test`."""
    uses_one = item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(
        getattr(item, "fixturenames", ())
    )
    if not uses_one or item.get_closest_marker("looks"):
        return ["sqlite"]
    return ["sqlite", "postgresql"] if item.nodeid.startswith(tuple(ON_BOTH)) else ["postgresql"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """pytest-django's; before it drops the database it waits for others, since PostgreSQL itself waits only 5 seconds."""
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            end_other_sessions()


def end_other_sessions() -> None:
    """Give other sessions of the database, say of a page that was closed early, a minute to end; then end them, and say so."""
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    until = time.monotonic() + 60
    with connection.cursor() as cursor:
        while True:
            cursor.execute(f"SELECT state, query {others} AND backend_type = 'client backend'")
            left = cursor.fetchall()
            if not left or time.monotonic() > until:
                break
            time.sleep(0.2)
        for state, query in left:
            print(f"left when the tests were over: {state}: {query}", file=sys.stderr)
        cursor.execute(f"SELECT pg_terminate_backend(pid) {others}")


@pytest.fixture
def admin_client(client: Client, admin_user: User) -> Client:
    """pytest-django's, with the second factor shown too."""
    otp_login(client, admin_user)
    return client


@pytest.fixture
def empty_windows(settings: Settings) -> Iterator[None]:
    """Rates are counted from nothing, in this process; tests on Redis ask for it."""
    settings.REDIS_URL = ""
    rate_counters._away_until = 0
    rate_counters.MEMORY.storage.reset()
    yield
    rate_counters.MEMORY.storage.reset()


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Redis of this session's own."""
    with run_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The DATABASE_URL of a PostgreSQL cluster of this session's own (not the one Django's tests use).

    Not in a folder of pytest's: every pytest that starts closes all of them to others, such as PostgreSQL's user.
    """
    with tempfile.TemporaryDirectory(prefix="parley-postgres-") as name, run_postgres(Path(name)) as url:
        yield url


@pytest.fixture(scope="session")
def _mail_server() -> Iterator[MailServer]:
    with run_mail_server() as server:
        yield server


@pytest.fixture
def smtp_server(_mail_server: MailServer, settings: Settings) -> Iterator[MailServer]:
    """An empty, willing mail server, to which the settings point."""
    _mail_server.clear()
    settings.EMAIL_HOST, settings.EMAIL_PORT = _mail_server.host, _mail_server.port
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    yield _mail_server
    _mail_server.clear()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with run_browser() as chromium:
        yield chromium


OpenPage = Callable[..., Page]


@pytest.fixture
def new_page(browser: Browser) -> Iterator[OpenPage]:
    """Open pages with options of one's own: `new_page(**PHONE, java_script_enabled=False)`."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(open_page(browser, **options))


@pytest.fixture
def page_phone(new_page: OpenPage) -> Page:
    """A page on a phone, 390 pixels wide."""
    return new_page(**PHONE)


@pytest.fixture
def page_desktop(new_page: OpenPage) -> Page:
    """A page on a wide screen."""
    return new_page(**DESKTOP)


StartWorker = Callable[..., Path]


@pytest.fixture
def start_worker(
    transactional_db: None,
    live_server: LiveServer,
    smtp_server: MailServer,
    settings: Settings,
    tmp_path: Path,
) -> Iterator[StartWorker]:
    """Start a real Celery worker: `start_worker(beat=True, LIVE_DELIVERY="true")` returns the path of its log.

    It uses the tests' database and broker, the mail server of `smtp_server` and the address of `live_server`.
    """
    settings.SITE_URL = live_server.url
    with ExitStack() as stack:

        def start(**options: Any) -> Path:
            running: AbstractContextManager[Path] = run_worker(tmp_path, **options)
            return stack.enter_context(running)

        yield start


@pytest.fixture
def worker(start_worker: StartWorker) -> Path:
    """A running worker, without beat; the path of its log."""
    return start_worker()
