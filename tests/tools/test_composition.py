"""compose.yaml and the Dockerfile say what the units and the code say. `make packaged` tries them for real."""

from __future__ import annotations

import http.server
import re
import runpy
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.packaged.composition import GRACE_SECONDS, Service, fill_in, read_composition, sort_by_dependence
from tests.servers.processes import find_free_port
from tests.tools.test_deploy import read_unit

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "deploy" / "systemd"


@pytest.fixture
def services(tmp_path: Path) -> dict[str, Service]:
    shutil.copy(ROOT / "compose.yaml", tmp_path)
    shutil.copy(ROOT / ".env.example", tmp_path / ".env")
    return read_composition(tmp_path / "compose.yaml")


def test_everything_that_is_ours_is_one_image_that_may_do_little(services: dict[str, Service]) -> None:
    ours = [service for service in services.values() if service.ours]
    assert {service.image for service in ours} == {"parley"}
    assert all(service.read_only and service.tmpfs == ["/tmp"] for service in ours)
    text = (ROOT / "compose.yaml").read_text()
    assert "cap_drop: [ALL]" in text
    assert "no-new-privileges:true" in text


def test_processes_are_those_of_the_units(services: dict[str, Service]) -> None:
    for name, unit in (("worker", "parley-worker@"), ("beat", "parley-beat")):
        program, *options = read_unit(UNITS / f"{unit}.service")["ExecStart"].split()
        words = " ".join([Path(program).name, *options]).replace(" --hostname worker%i@%%h", "")
        assert " ".join(services[name].command) == " ".join(services[f"embedded-{name}"].command) == words
    assert services["web"].command == [], "the image's own"
    assert read_unit(UNITS / "parley-web.service")["TimeoutStopSec"] == str(services["web"].grace_seconds)
    assert read_unit(UNITS / "parley-worker@.service")["TimeoutStopSec"] == str(services["worker"].grace_seconds)
    assert services["beat"].grace_seconds == GRACE_SECONDS


def test_nothing_of_ours_starts_before_the_tables_are_there(services: dict[str, Service]) -> None:
    order = [service.name for service in sort_by_dependence(services, ["caddy", "worker", "beat", "backups"])]
    assert order.index("db") < order.index("prepare") < order.index("web") < order.index("caddy")
    for name in ("web", "worker", "beat", "backups", "bounces"):
        assert services[name].depends_on["prepare"] == "service_completed_successfully"
    embedded = {service.name for service in sort_by_dependence(services, ["embedded"])}
    assert embedded == {"embedded", "embedded-worker", "embedded-beat", "embedded-prepare"}


def test_passwords_come_from_files(services: dict[str, Service]) -> None:
    for service in services.values():
        assert set(service.secrets) == {
            Path(value).name for key, value in service.environment.items() if key.endswith("_FILE")
        }
        assert not [key for key in service.environment if key.endswith("PASSWORD")]


def test_what_the_reader_does_not_know_is_refused(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("{secrets: {}, volumes: {}, services: {a: {image: b, privileged: true}}}")
    with pytest.raises(ValueError, match="a: privileged"):
        read_composition(tmp_path / "compose.yaml")
    assert fill_in("${A} ${B:-c} ${A:-c} ${D}", {"A": "x"}) == "x c x "


def test_the_image_has_the_system_packages_that_a_server_has() -> None:
    (listed,) = re.findall(r"^packages=\((.*)\)$", (ROOT / "tools/install").read_text(), re.MULTILINE)
    assert f"        {listed} \\\n" in (ROOT / "Dockerfile").read_text()


def test_the_image_leaves_out_what_it_is_not_made_of() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert lines[1] == "*", "everything, but for what is named"
    named = [line[1:] for line in lines if line.startswith("!")]
    assert [path for path in named if not (ROOT / path).exists()] == []
    assert not [path for path in named if path.startswith((".env", "data", "secrets", ".git"))]


@contextmanager
def answering(status: int) -> Iterator[int]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/health/" else 404)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("status", "well"), [(200, True), (503, True), (500, False), (301, False)])
def test_a_container_is_healthy_while_its_web_server_answers(status: int, well: bool) -> None:
    is_answering = runpy.run_path(str(ROOT / "tools/is_answering.py"))["is_answering"]
    with answering(status) as port:
        assert is_answering(port) is well
    assert is_answering(find_free_port()) is False
