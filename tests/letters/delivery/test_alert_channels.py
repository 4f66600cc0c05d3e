"""Alerts reach a real web server as Slack, ntfy and Matrix want them, or a command; and are owed until they do."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from letters.delivery.alert_channels import MAX_CHARACTERS, AlertChannelError, pass_on
from letters.delivery.alerts import check_health, pass_alerts_on, send_alerts
from letters.models import Alert, Heartbeat, Notice, queue_confirmation
from letters.tasks import sweep
from tests.letters.clock import pass_time
from tests.letters.factories import make_letter
from tests.servers.mail import MailServer
from tests.servers.processes import find_free_port

pytestmark = pytest.mark.django_db


class Hook(HTTPServer):
    """Keeps what it is told, and answers as it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.heard: list[tuple[str, str, str | None, dict[str, Any]]] = []
        self.answers: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    """Reads the JSON."""

    server: Hook

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.heard.append((self.command, self.path, self.headers["Authorization"], body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    do_PUT = do_POST

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def hook(settings: Any) -> Iterator[Hook]:
    """A web server that is named as the second way."""
    with Hook() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        settings.ALERT_WEBHOOK = f"{server.url}/hook/secret"
        yield server
        server.shutdown()


def test_each_gets_the_shape_that_it_wants(hook: Hook, settings: Any) -> None:
    pass_on("Title", "Words")
    settings.ALERT_WEBHOOK_SHAPE, settings.ALERT_WEBHOOK_TOKEN = "ntfy", "t0ken"
    pass_on("Title", "Words " * 1000)
    settings.ALERT_WEBHOOK_SHAPE = "matrix"
    settings.ALERT_WEBHOOK = f"{hook.url}/_matrix/client/v3/rooms/!room:example"
    pass_on("Title", "Words")
    slack, ntfy, matrix = hook.heard
    assert slack == ("POST", "/hook/secret", None, {"text": "Title\n\nWords"})
    assert ntfy[:3] == ("POST", "/hook", "Bearer t0ken")
    assert (ntfy[3]["topic"], ntfy[3]["title"], len(ntfy[3]["message"])) == ("secret", "Title", MAX_CHARACTERS)
    assert matrix[0] == "PUT"
    assert matrix[1].startswith("/_matrix/client/v3/rooms/!room:example/send/m.room.message/")
    assert matrix[3] == {"msgtype": "m.text", "body": "Title\n\nWords"}


@pytest.mark.parametrize("code", [302, 404, 500])
def test_what_is_no_success_is_a_failure_that_names_no_secret(hook: Hook, code: int) -> None:
    hook.answers = [code]
    with pytest.raises(AlertChannelError, match=f"^the webhook answered {code}$"):
        pass_on("Title", "Words")
    assert len(hook.heard) == 1


@pytest.mark.parametrize("address", ["ftp://example/secret", "secret", "http://127.0.0.1:{port}/secret"])
def test_an_address_that_does_not_work_is_told_of_without_it(settings: Any, address: str) -> None:
    settings.ALERT_WEBHOOK = address.format(port=find_free_port())
    with pytest.raises(AlertChannelError) as error:
        pass_on("Title", "Words")
    assert "secret" not in str(error.value)


def test_a_command_gets_it_on_its_standard_input(tmp_path: Path, settings: Any) -> None:
    settings.ALERT_COMMAND = f"tee '{tmp_path / 'a file'}'"
    pass_on("Title", "Words")
    assert (tmp_path / "a file").read_text() == "Title\n\nWords\n"
    for command, words in (("false", "ended with 1"), ("/no/such", "could not be run")):
        settings.ALERT_COMMAND = command
        with pytest.raises(AlertChannelError, match=words):
            pass_on("Title", "Words")


def test_dead_mail_is_told_by_the_second_way_within_ten_minutes_and_its_end_by_both(
    hook: Hook, smtp_server: MailServer, settings: Any
) -> None:
    settings.OPERATOR_EMAIL = "operator@campaign.example"
    settings.BREAKER_AFTER = 0
    queue_confirmation(make_letter(queued=False))
    smtp_server.answer_with(*["451 no"] * 10_000, at="MAIL")
    for _ in range(42):
        sweep()
        pass_time(seconds=15)
    [(_method, _path, _token, body)] = hook.heard
    assert body["text"].startswith("Something is wrong with the site: ")
    assert "the mail server failed last time, saying “451 no”" in body["text"]
    smtp_server.clear()
    for _ in range(8):
        sweep()
        pass_time(seconds=15)
    assert len(hook.heard) == 2
    subjects = [str(mail.message["Subject"]).partition(":")[0] for mail in smtp_server.messages[1:]]
    assert subjects == ["Something is wrong with the site"] * 2 + ["The site is working again"] * 2
    assert smtp_server.messages[-1].recipients == ("operator@campaign.example",)
    assert Notice.objects.get(kind=Notice.Kind.CONFIRM).sent_at is not None


def test_what_does_not_get_through_is_tried_again_and_logged_without_the_address(
    hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    check_health()
    hook.answers = [500]
    with caplog.at_level(logging.ERROR):
        assert (pass_alerts_on(), pass_alerts_on()) == (0, 0)
    assert "the webhook answered 500" in caplog.text
    assert "secret" not in caplog.text
    pass_time(seconds=61)
    assert (pass_alerts_on(), pass_alerts_on()) == (1, 0)


def test_without_a_second_way_nothing_is_owed_there(smtp_server: MailServer) -> None:
    check_health()
    check_health()
    assert Alert.objects.get().kind == "unwell"
    assert (pass_alerts_on(), send_alerts()) == (0, 1)
    assert Alert.objects.get().second_due_at is None
    Heartbeat.beat("sweep")
    check_health()
    assert list(Alert.objects.values_list("kind", flat=True)) == ["unwell", "well"]
