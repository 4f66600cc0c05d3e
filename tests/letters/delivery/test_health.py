"""What /health/, `measure_health` and letters/delivery/problems.py say of a site that is well, and of one that is not (letters/views/health.py)."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import redis
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from campaign.content.models import Campaign
from letters.delivery.health import measure_health, reach_broker
from letters.delivery.leases import lease_length, lease_letters, release_letters
from letters.delivery.problems import say_age
from letters.delivery.worker import drain_queue
from letters.models import Heartbeat, Letter, Notice, Status, queue_confirmation
from letters.tasks import sweep
from tests.letters.factories import make_campaign, make_constituency, make_letter
from tests.letters.scripted_smtp import ScriptedServer
from tests.servers.processes import find_free_port
from tests.servers.redis import run_redis

pytestmark = pytest.mark.django_db
LEASE = "11111111-1111-4111-8111-111111111111"


def ago(**length: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(**length)


@pytest.fixture(autouse=True)
def _swept_just_now() -> None:
    Heartbeat.beat("sweep")


def make_stuck_letter(**fields: Any) -> Letter:
    letter = make_letter(**fields)
    Letter.objects.filter(pk=letter.pk).update(next_attempt_at=ago(minutes=14))
    return letter


def the_problem() -> str:
    [problem] = measure_health().problems
    return problem


def test_a_stuck_letter_makes_it_unwell_until_it_is_sent(client: Client, scripted: ScriptedServer) -> None:
    assert (client.get("/health/").status_code, client.get("/health/").content) == (200, b"ok\n")
    make_stuck_letter()
    response = client.get("/health/")
    assert (response.status_code, response.content) == (503, b"not ok\n")
    assert the_problem() == "The oldest letter has been due for 14 minutes (1 due)."
    sweep()
    assert client.get("/health/").status_code == 200
    assert measure_health().last_sent_at is not None


def test_anybody_is_told_the_state_alone(client: Client) -> None:
    make_stuck_letter()
    client.force_login(User.objects.create_user("supporter"))
    for asking in (Client(), client):
        for path, headers in (("/health/?details", {}), ("/health/", {"Accept": "application/json"})):
            response = asking.get(path, headers=headers)
            assert (response.status_code, response.content) == (503, b"not ok\n")
            assert "no-store" in response["Cache-Control"]
            assert not response.cookies


@pytest.mark.parametrize(("path", "accept"), [("/health/?details", "*/*"), ("/health/", "application/json")])
def test_staff_are_told_what_is_wrong(admin_client: Client, path: str, accept: str) -> None:
    letter = make_stuck_letter()
    response = admin_client.get(path, headers={"Accept": accept})
    told = response.json()
    assert response.status_code == 503
    assert "no-store" in response["Cache-Control"]
    assert told["ok"] is False
    assert told["problems"] == ["The oldest letter has been due for 14 minutes (1 due)."]
    assert (told["due"], told["database"], told["broker"]) == (1, True, True)
    assert not any(word in response.content.decode() for word in ("Jane", letter.sender_email, letter.member_name))


def test_staff_see_the_address_that_they_are_counted_by(admin_client: Client, settings: Settings) -> None:
    settings.PROXY_COUNT = 1
    headers = {"X-Forwarded-For": "198.51.100.7, 203.0.113.1"}
    assert admin_client.get("/health/?details", headers=headers).json()["your_address"] == "203.0.113.1"


def test_asking_takes_no_session_and_changes_nothing(client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get("/health/")
    statements = [query["sql"] for query in queries.captured_queries]
    assert len(statements) == 5
    assert not any("django_session" in sql or "auth_user" in sql for sql in statements)
    assert all(sql.lstrip("(").startswith("SELECT") for sql in statements)
    assert client.post("/health/").status_code == 405


def test_waiting_that_is_meant_is_not_stuck(settings: Any) -> None:
    make_stuck_letter(campaign=make_campaign("paused", mode=Campaign.Mode.PAUSED))
    make_stuck_letter(campaign=make_campaign("live", mode=Campaign.Mode.LIVE))
    assert settings.LIVE_DELIVERY is False
    deferred = make_letter(make_campaign("deferred"))
    Letter.objects.filter(pk=deferred.pk).update(
        attempts=3, last_answer="451 later", confirmed_at=ago(hours=5), next_attempt_at=timezone.now() + lease_length()
    )
    assert measure_health().ok
    settings.LIVE_DELIVERY = True
    assert the_problem() == "The oldest letter has been due for 14 minutes (1 due)."


def test_a_mail_server_that_cannot_be_reached_is_named(settings: Any) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", find_free_port()
    make_letter()
    drain_queue()
    assert measure_health().ok
    Letter.objects.update(next_attempt_at=ago(minutes=11))
    said = "The oldest letter has been due for 11 minutes (1 due): the mail server failed last time, saying “"
    assert the_problem().startswith(f"{said}ConnectionRefusedError")


def test_a_mail_server_that_goes_away_again_and_again_is_named_though_no_letter_is_due_for_long() -> None:
    make_letter()
    [letter] = lease_letters(LEASE)  # type: ignore[arg-type]
    release_letters(LEASE, "ConnectionResetError")  # type: ignore[arg-type]
    assert measure_health().ok
    Letter.objects.filter(pk=letter.pk).update(confirmed_at=ago(minutes=11))
    assert measure_health().due == 0
    assert the_problem().startswith("The mail server cannot be reached: a letter confirmed 11 minutes ago")


def test_a_notice_that_nobody_sends_is_stuck() -> None:
    queue_confirmation(make_letter(queued=False))
    assert measure_health().ok
    Notice.objects.update(due_at=ago(minutes=11))
    assert the_problem() == "The oldest email to a supporter has been due for 11 minutes (1 due)."


def test_a_lost_lease_that_nobody_takes_back_is_stuck() -> None:
    make_letter()
    lease_letters(LEASE)  # type: ignore[arg-type]
    Letter.objects.update(lease_until=ago(seconds=1))
    health = measure_health()
    assert (health.ok, health.past_lease) == (True, 1)
    Letter.objects.update(lease_until=ago(minutes=11))
    assert (
        the_problem() == "A letter lost its sender 11 minutes ago and has not been put back into the queue (1 in all)."
    )


@pytest.mark.parametrize(
    ("seconds", "with_work", "ok"), [(80, True, True), (100, True, False), (280, False, True), (310, False, False)]
)
def test_silence_is_judged_by_whether_there_is_work(seconds: int, with_work: bool, ok: bool) -> None:
    Heartbeat.objects.update(at=ago(seconds=seconds))
    if with_work:
        make_letter()
    assert measure_health().ok is ok
    if not ok:
        assert the_problem().startswith("No worker has swept the queue for ")


def test_a_site_whose_worker_never_ran_is_not_well() -> None:
    Heartbeat.objects.all().delete()
    assert the_problem() == "No worker has ever swept the queue. Are worker and beat running?"


def test_a_worker_busy_with_a_long_queue_is_not_taken_for_dead() -> None:
    campaign = make_campaign()
    for _ in range(2):
        make_letter(campaign)
    Heartbeat.objects.update(at=ago(seconds=200))
    assert not measure_health().ok
    [letter] = lease_letters(LEASE, limit=1)  # type: ignore[arg-type]
    health = measure_health()
    assert health.ok
    assert health.heartbeat_age == pytest.approx(200, abs=5)
    Letter.objects.filter(pk=letter.pk).update(lease_until=timezone.now() + lease_length() - dt.timedelta(seconds=150))
    assert not measure_health().ok


def test_letters_that_need_a_person_are_counted_and_no_illness() -> None:
    campaign = make_campaign()
    for status in (Status.HELD, Status.FAILED, Status.FAILED, Status.UNKNOWN):
        Letter.objects.filter(pk=make_letter(campaign).pk).update(status=status)
    health = measure_health()
    assert (health.ok, health.held, health.failed, health.unknown) == (True, 1, 2, 1)


def test_no_query_reads_the_whole_table() -> None:
    make_letter()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # a table this small would be scanned otherwise
    with CaptureQueriesContext(connection) as queries:
        measure_health()
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    for query in queries.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(f"{explain} {query['sql']}".replace("%", "%%"), ())
            plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
        for line in plan.splitlines():
            scans = line.strip().removeprefix("->").strip()
            assert not scans.startswith(("Seq Scan on letters_letter", "Seq Scan on letters_notice")), plan
            assert not (scans.startswith(("SCAN letters_letter", "SCAN letters_notice")) and "INDEX" not in scans), plan


def test_a_redis_that_hangs_is_noticed_within_seconds(tmp_path: Path, settings: Any, client: Client) -> None:
    with run_redis(tmp_path) as url:
        settings.REDIS_URL = url
        assert client.get("/health/").status_code == 200
        with redis.Redis.from_url(url) as asking:
            pid = int(asking.info("server")["process_id"])
        os.kill(pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            assert client.get("/health/").status_code == 503
            assert time.monotonic() - began < 5
            assert the_problem() == "The broker cannot be reached: wake-ups are lost, and letters are delayed."
        finally:
            os.kill(pid, signal.SIGCONT)
        assert client.get("/health/").status_code == 200


def test_a_redis_that_is_not_there_is_noticed(settings: Any) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{find_free_port()}/0"
    assert reach_broker() is False


def test_without_redis_the_folder_of_messages_has_to_be_writable(tmp_path: Path, settings: Any) -> None:
    settings.REDIS_URL = ""
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_out": str(tmp_path)}
    assert reach_broker() is True
    assert list(tmp_path.iterdir()) == []
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_out": str(tmp_path / "missing")}
    assert reach_broker() is False


def test_a_database_that_is_down_gives_503_and_no_error_page(tmp_path: Path) -> None:
    """In a process of its own, whose database is a port that nobody listens on."""
    script = (
        "import django, json; django.setup()\n"
        "from django.conf import settings; from django.test import Client\n"
        "client = Client(); client.cookies[settings.SESSION_COOKIE_NAME] = 'x' * 32\n"
        "answers = [client.get(path, HTTP_HOST='localhost') for path in ('/health/', '/health/?details')]\n"
        "print(json.dumps([[answer.status_code, answer.content.decode()] for answer in answers]))\n"
    )
    env = os.environ | {"DATABASE_URL": f"postgres://nobody@127.0.0.1:{find_free_port()}/none"}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[503, "not ok\n"], [503, "not ok\n"]]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1.4, "1 second"),
        (119, "119 seconds"),
        (120, "2 minutes"),
        (7300, "2 hours"),
        (200_000, "2 days"),
    ],
)
def test_ages_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert say_age(seconds) == words


def test_a_backlog_that_the_pace_keeps_back_shows_with_its_reason(settings: Any) -> None:
    settings.PACE_PER_MP = "30/hour"
    make_letter()
    Letter.objects.update(next_attempt_at=ago(minutes=14))
    for name in ("sweep", "paced"):
        Heartbeat.beat(name)
    assert measure_health(brief=True).problems == [
        "The oldest letter has been due for 14 minutes (1 due): the rate limit holds letters back, 30/hour to an MP."
    ]


def test_old_facts_about_mps_are_an_illness_while_letters_go_to_them(settings: Any) -> None:
    constituency = make_constituency()
    today = timezone.localdate()
    constituency.members.update(as_of=today - dt.timedelta(days=61))
    assert measure_health().ok
    settings.LIVE_DELIVERY = True
    assert the_problem().startswith("The newest data about MPs are 61 days old (")
    constituency.members.update(as_of=today - dt.timedelta(days=60))
    assert measure_health().ok
