"""Demos get neither into one another's way nor into that of a real site."""

from __future__ import annotations

import http.client
import os
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from tests.servers.processes import find_free_port, running

TOOLS = Path(__file__).resolve().parents[2] / "tools"
DEMO = runpy.run_path(str(TOOLS / "demo.py"))
claim_mail_port, why_not = DEMO["claim_mail_port"], DEMO["why_not"]


def test_two_demos_never_take_the_same_mail_port() -> None:
    with claim_mail_port() as first, claim_mail_port() as second:  # the mailbox of neither has started yet
        assert first != second
        assert (why_not(first), why_not(second)) == ("", "")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What `make demo` runs first, beside a .env of its own."""
    (tmp_path / "tools").mkdir()
    for name in ("demo", "demo.py", "common.sh"):
        shutil.copy(TOOLS / name, tmp_path / "tools" / name)
    return tmp_path


def check_demo(checkout: Path, **env: str) -> str:
    """Return why the demo would not start; nothing if it would."""
    bare = {name: value for name, value in os.environ.items() if name not in DEMO["REAL_SITE"]}
    command = [sys.executable, "tools/demo.py", "--check", str(find_free_port())]
    done = subprocess.run(command, cwd=checkout, env=bare | env, capture_output=True, text=True, timeout=60)
    assert done.returncode == bool(done.stderr)
    return done.stderr


@pytest.mark.parametrize(
    "line",
    [
        "DATABASE_URL=postgres://parley:hunter2@localhost/parley",
        "REDIS_URL=redis://localhost:6379/0",
        "export SITE_URL = 'https://letters.campaign.example'",
        'SITE_URL="https://letters.campaign.example"  # ours',
        "BEHIND_PROXY=true",
        "LIVE_DELIVERY=True",
        "EMAIL_HOST=smtp.provider.example",
        "EMAIL_HOST_PASSWORD=hunter2",
        "BOUNCE_IMAP_URL=imaps://letters:hunter2@host/INBOX",
        "ANYMAIL_PROVIDER=mailgun",
    ],
)
def test_beside_the_settings_of_a_real_site_the_demo_names_the_line_and_does_not_start(
    line: str, checkout: Path
) -> None:
    (checkout / ".env").write_text(f"# ours\n\n{line}\n")
    told = check_demo(checkout)
    name = line.removeprefix("export ").partition("=")[0].strip()
    assert told.startswith(f"parley: These are settings of a real site: {name} (.env, line 3).\n")
    assert "make -C ../parley-demo demo" in told
    assert "hunter2" not in told


def test_settings_of_a_real_site_in_the_environment_stop_it_too(checkout: Path) -> None:
    assert "DATABASE_URL (the environment)" in check_demo(checkout, DATABASE_URL="postgres://localhost/parley")


def test_the_example_for_operators_is_that_of_a_real_site(checkout: Path) -> None:
    shutil.copy(TOOLS.parent / ".env.example", checkout / ".env")
    told = check_demo(checkout)
    assert [name for name in DEMO["REAL_SITE"] if f"{name} (.env" in told] == [
        "DATABASE_URL",
        "REDIS_URL",
        "SITE_URL",
        "BEHIND_PROXY",
    ]


@pytest.mark.parametrize(
    "text",
    [
        None,
        "DEBUG=true\nSITE_URL=http://localhost:8000\nEMAIL_HOST=localhost\nLIVE_DELIVERY=false\nADMIN_PATH=desk/\n",
        "# DATABASE_URL=postgres://localhost/parley\nREDIS_URL=\nREHEARSAL_ADDRESS=a@b.example\n",
    ],
    ids=["no .env", "a developer's", "nothing of a real site"],
)
def test_other_settings_do_not_stop_it(text: str | None, checkout: Path) -> None:
    if text is not None:
        (checkout / ".env").write_text(text)
    assert check_demo(checkout) == ""


def test_it_refuses_before_anything_is_installed(checkout: Path) -> None:
    (checkout / ".env").write_text("DATABASE_URL=postgres://localhost/parley\n")
    done = subprocess.run([checkout / "tools/demo", "8000"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert sorted(path.name for path in checkout.iterdir()) == [".env", "tools"]


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The demo's own web server; yields its port."""
    folder, port = tmp_path_factory.mktemp("web"), find_free_port()
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "MAILBOX_DIR": str(folder / "mailbox")}
    with running(DEMO["serve_web"](port), log=folder / "log", env=env, is_ready=lambda: open_mailbox(port) == 200):
        yield port


def open_mailbox(port: int, headers: Mapping[str, str] = {}, *, protocol: int = 11) -> int:
    """Return the status of the mailbox page; 0 if nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection._http_vsn, connection._http_vsn_str = protocol, f"HTTP/1.{protocol % 10}"  # type: ignore[attr-defined]
    with suppress(OSError):
        connection.request("GET", "/mailbox/", headers={"Host": "localhost", **headers})
        return connection.getresponse().status
    return 0


@pytest.mark.parametrize(
    "header",
    [
        {"Forwarded": "for=203.0.113.1"},
        {"Via": "1.1 proxy"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-Host": "demo.example"},
        {"X-Forwarded-Proto": "https"},
        {"X-Real-IP": "203.0.113.1"},
    ],
    ids=lambda header: next(iter(header)),
)
def test_the_mailbox_is_not_there_for_who_comes_through_a_proxy(web: int, header: dict[str, str]) -> None:
    assert open_mailbox(web, header) == 404
    assert open_mailbox(web) == 200


def test_nor_through_one_that_says_nothing_as_nginx_does_by_default(web: int) -> None:
    assert open_mailbox(web, protocol=10) == 404
