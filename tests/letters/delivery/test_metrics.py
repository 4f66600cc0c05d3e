"""What Prometheus is told, and who may ask (letters/delivery/metrics.py, letters/views/metrics.py)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from letters.delivery import health, metrics
from letters.delivery.metrics import write_metrics
from letters.models import TASKS, Breaker, Heartbeat, Notice
from letters.statistics.rollup import roll_up_all
from tests.letters.factories import make_constituency, make_letter

pytestmark = pytest.mark.django_db
DASHBOARD = Path(__file__).resolve().parents[3] / "deploy/grafana.json"
TOKEN = "a-token-of-thirty-two-characters"
SAMPLE = re.compile(r'(parley_[a-z_]+)(\{(?:[a-z]+="[a-z ]+",?)*\})? (-?[0-9.e+]+)')


def read_samples() -> dict[str, float]:
    """Each sample by name and labels. Fails for a line that is none of Prometheus' format."""
    lines = [line for line in write_metrics().splitlines() if not line.startswith("#")]
    matches = [SAMPLE.fullmatch(line) for line in lines]
    assert all(matches), lines
    return {match[1] + (match[2] or ""): float(match[3]) for match in matches if match}


def fill_site() -> None:
    make_constituency()
    letter = make_letter()
    Notice.objects.create(letter=letter, kind=Notice.Kind.SENT, due_at=None, sent_at=timezone.now())
    for task in TASKS:
        Heartbeat.beat(task)


def test_everything_is_measured_and_nobody_is_named() -> None:
    fill_site()
    roll_up_all()
    found = read_samples()
    assert found["parley_letters_due"] == 1
    assert found['parley_letters{status="queued",rehearsal="true"}'] == 1
    assert found['parley_notices_sent{kind="sent"}'] == 1
    assert found["parley_breaker_open"] == 0
    assert found['parley_task_success_age_seconds{task="backup"}'] < 60
    assert found["parley_members_age_days"] >= 0
    text = write_metrics().lower()
    assert not any(word in text for word in ("jane", "@", "peace", "westminster"))


def test_a_queue_that_pauses_shows() -> None:
    now = timezone.now()
    Breaker.objects.create(name="mail", failures=10, opened_at=now, probe_at=now, failing_since=now)
    found = read_samples()
    assert found["parley_breaker_open"] == 1
    assert found["parley_mail_server_failing_seconds"] >= 0


def test_without_a_database_it_says_so_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "measure_health", lambda: health.Health(database=False, broker=True, problems=["x"]))
    assert read_samples() == {"parley_up": 0, "parley_database_up": 0, "parley_broker_up": 1}


def test_the_dashboard_shows_every_metric_and_no_other() -> None:
    fill_site()
    roll_up_all()
    named = set(re.findall(r"parley_[a-z_]+", json.dumps(json.loads(DASHBOARD.read_text())["panels"])))
    assert named == set(re.findall(r"^# TYPE (parley_[a-z_]+) gauge$", write_metrics(), re.MULTILINE))


@pytest.mark.parametrize(
    ("given", "status"), [(f"Bearer {TOKEN}", 200), (f"Bearer {TOKEN}x", 401), (TOKEN, 401), ("", 401)]
)
def test_only_who_shows_the_token_reads_them(client: Client, settings: Any, given: str, status: int) -> None:
    settings.METRICS_TOKEN = TOKEN
    page = client.get("/metrics", headers={"authorization": given})
    assert page.status_code == status
    assert ("parley_up" in page.content.decode()) is (status == 200)
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404
