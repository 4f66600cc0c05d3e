"""The servers that other tests stand on are real, and do what their fixtures promise (campaign/celery.py)."""

import smtplib
import subprocess
import sys
import time
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest
import redis
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from campaign.celery import app
from tests.servers.mail import MailServer
from tests.servers.processes import answers, find_free_port, running


def send(server: MailServer) -> None:
    message = EmailMessage()
    message["Subject"] = "Hello"
    message.set_content("text")
    with smtplib.SMTP(server.host, server.port, timeout=10) as client:
        client.send_message(message, "a@one.example", ["b@two.example"])


def test_redis_answers(redis_url: str) -> None:
    assert redis.Redis.from_url(redis_url).ping()


def test_postgres_answers(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as client:
        assert client.execute("select 1").fetchone() == (1,)


def test_the_mail_server_keeps_message_and_envelope(smtp_server: MailServer) -> None:
    send(smtp_server)
    (got,) = smtp_server.wait_for(1)
    assert (got.sender, got.recipients, got.message["Subject"]) == ("a@one.example", ("b@two.example",), "Hello")
    assert smtp_server.port == settings.EMAIL_PORT


@pytest.mark.parametrize(("step", "error"), [("MAIL", smtplib.SMTPSenderRefused), ("DATA", smtplib.SMTPDataError)])
def test_the_mail_server_refuses_as_told_and_then_takes_mail(
    smtp_server: MailServer, step: str, error: type[smtplib.SMTPResponseException]
) -> None:
    smtp_server.answer_with("451 4.3.0 Later", at=step)
    with pytest.raises(error) as refused:
        send(smtp_server)
    assert refused.value.smtp_code == 451
    send(smtp_server)
    assert len(smtp_server.messages) == 1


def test_a_page_is_phone_sized(page_phone: Page) -> None:
    page_phone.set_content("<meta name=viewport content=width=device-width><h1>Hello</h1>")
    assert page_phone.evaluate("window.innerWidth") == 390
    assert page_phone.inner_text("h1") == "Hello"


def test_the_live_server_answers_the_browser(
    transactional_db: None, live_server: LiveServer, page_desktop: Page
) -> None:
    answer = page_desktop.goto(f"{live_server.url}{reverse('admin:login')}")
    assert answer is not None
    assert answer.status == 200


def test_a_worker_works_on_the_database_of_the_tests(worker: Path) -> None:
    expired = Session.objects.create(session_key="x", expire_date=timezone.now() - timedelta(days=1))
    app.send_task("letters.tasks.tidy")
    deadline = time.monotonic() + 20
    while Session.objects.filter(pk=expired.pk).exists():
        assert time.monotonic() < deadline, worker.read_text()
        time.sleep(0.05)


def test_nothing_is_left_of_a_child(tmp_path: Path) -> None:
    port = find_free_port()
    serve = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    with running(serve, log=tmp_path / "log", is_ready=lambda: answers(port)) as process:
        assert answers(port)
    assert process.returncode is not None
    assert not answers(port)


def test_a_child_that_fails_says_why(tmp_path: Path) -> None:
    broken = [sys.executable, "-c", "raise SystemExit('no such luck')"]
    with pytest.raises(RuntimeError, match="no such luck"), running(broken, log=tmp_path / "log", is_ready=bool):
        pass


def test_a_command_runs_on_postgres_and_redis() -> None:
    show = "import os; print(os.environ['DATABASE_URL'][:11], os.environ['REDIS_URL'][:8])"
    command = [sys.executable, "-m", "tests.servers", sys.executable, "-c", show]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["postgres://", "redis://"]
