"""The files in deploy/ say what the code and the operators' page say, and leave a process nothing that it does not need."""

from __future__ import annotations

import configparser
import re
import runpy
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands

from campaign.core.deadlines import REQUEST_SECONDS
from campaign.core.startup import CANNOT_START

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
LASTING = {"parley-web.service", "parley-worker@.service", "parley-beat.service"}
NGINX = ROOT / "deploy" / "nginx.conf"


def read_unit(path: Path) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path)
    return parser["Service"]


def read_directives(path: Path) -> list[str]:
    lines = [line.split(" #")[0].strip() for line in path.read_text().splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def test_there_is_a_unit_for_every_process() -> None:
    assert {path.name for path in UNITS} == LASTING | {"parley-backup.service", "parley-bounces.service"}
    page = (ROOT / "docs/operators.md").read_text()
    for name in ("parley-web", "parley-worker@1", "parley-beat", "parley-backup.timer", "parley-bounces.timer"):
        assert name in page


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_runs_what_there_is_as_the_sites_own_account(path: Path) -> None:
    unit = read_unit(path)
    assert (unit["User"], unit["WorkingDirectory"]) == ("parley", "/srv/parley/site")
    program, *arguments = unit["ExecStart"].split()
    assert (ROOT / Path(program).relative_to("/srv/parley/site")).exists()
    if "manage.py" in arguments:
        assert arguments[1] in get_commands()
    if path.name in LASTING:
        assert unit["RestartPreventExitStatus"] == str(CANNOT_START), "what cannot start is not tried again for ever"


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_may_write_to_its_data_alone_and_have_no_privileges(path: Path) -> None:
    unit = read_unit(path)
    backups = ["/srv/parley/backups"] if path.stem == "parley-backup" else []
    assert unit["ReadWritePaths"].split() == ["/srv/parley/site/data", *backups]
    assert (unit["ProtectSystem"], unit["CapabilityBoundingSet"], unit["UMask"]) == ("strict", "", "0077")
    for name in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "MemoryDenyWriteExecute"):
        assert unit[name] == "true"


def test_systemd_finds_the_units_well_guarded() -> None:
    """At most 3 of 10 by systemd's own measure, where it can be asked (the tests above hold the same by name)."""
    if shutil.which("systemd-analyze"):
        command = ["systemd-analyze", "security", "--offline=true", "--threshold=30", *map(str, UNITS)]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stdout[-2000:] + said.stderr


def test_the_proxies_tell_host_scheme_and_the_address_that_they_see() -> None:
    told = [line.removeprefix("proxy_set_header ") for line in read_directives(NGINX) if "proxy_set_header" in line]
    assert told == ["Host $host;", "X-Forwarded-Proto $scheme;", "X-Forwarded-For $remote_addr;"]
    assert "header_up X-Forwarded-For {remote_host}" in read_directives(ROOT / "deploy" / "Caddyfile")


def test_nginx_waits_for_whole_requests_and_keeps_nothing() -> None:
    directives = set(read_directives(NGINX))
    assert directives >= {
        "proxy_request_buffering on;",
        "proxy_buffering on;",
        "proxy_max_temp_file_size 0;",
        "client_max_body_size 2m;",
        "client_body_buffer_size 2m;",
        "client_header_timeout 30s;",
        "client_body_timeout 30s;",
        "access_log /var/log/nginx/parley.log parley;",
    }
    (log_format,) = (line for line in directives if line.startswith("log_format parley "))
    assert not re.search(r"\$(remote_addr|request|request_uri|uri|args|http_\w+)\b", log_format)


def test_proxies_and_page_say_of_the_web_server_what_its_file_says() -> None:
    settings = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    assert f"proxy_pass http://{settings['bind']};" in read_directives(NGINX)
    assert f"reverse_proxy {{$WEB:{settings['bind']}}} {{" in read_directives(ROOT / "deploy" / "Caddyfile")
    assert (settings["workers"], settings["threads"]) == (2, 8)
    page = " ".join((ROOT / "docs/operators.md").read_text().split())
    assert f"two processes of eight threads on `{settings['bind']}`" in page
    assert f"a request has to arrive within {REQUEST_SECONDS:.0f} seconds" in page


def test_the_installer_writes_settings_that_there_are_and_starts_units_that_there_are() -> None:
    script = (ROOT / "tools/install-server").read_text()
    known = re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    written = set(re.findall(r"^(?:# )?([A-Z_]{5,})=", script.partition("write_settings() {")[2], re.MULTILINE))
    assert len(written) > 10
    assert written <= set(known)
    (units,) = re.findall(r"units=\((parley.*)\)$", script, re.MULTILINE)
    there = {path.name for path in (ROOT / "deploy/systemd").iterdir()}
    assert [unit for unit in units.split() if unit not in there and f"{unit}.service" not in there] == []


def test_the_installer_says_what_it_needs_to_know() -> None:
    command = [str(ROOT / "tools/install-server"), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
    for option in ("--host", "--sender", "--organisers", "--mail-server"):
        assert option in done.stdout
