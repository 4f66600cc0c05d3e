"""Logs carry no secret link, and programs can read them."""

from __future__ import annotations

import datetime as dt
import json
import logging
import logging.config
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from campaign.core.logs import HideSecretPaths, RefusalsInOneLine
from letters.privacy.tokens import make_token
from tests.conftest import StartWorker
from tests.letters.factories import make_letter


@pytest.mark.django_db
def test_a_refused_form_is_logged_without_its_secret(caplog: pytest.LogCaptureFixture) -> None:
    token = make_token(make_letter(queued=False).id, "confirm")
    with caplog.filtering(HideSecretPaths()):
        Client().put(f"/confirm/{token}/")
        Client().get("/letter/wrong-but-long-enough-to-be-one/letter.pdf")
    assert "/confirm/…/" in caplog.text
    assert "/letter/…/letter.pdf" in caplog.text
    assert token not in caplog.text


def test_every_handler_hides_secrets() -> None:
    handlers: Any = settings.LOGGING["handlers"]
    assert all("hide_secret_paths" in handler["filters"] for handler in handlers.values())


def test_other_records_pass_as_they_are() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "letter %s: %s", ("C7QK-4MHW", "sent"), None)
    assert HideSecretPaths().filter(record)
    assert record.getMessage() == "letter C7QK-4MHW: sent"


def make_formatter(name: str) -> logging.Formatter:
    formatters: Any = settings.LOGGING["formatters"]
    return logging.config.DictConfigurator({"version": 1}).configure_formatter(dict(formatters[name]))


def write(record: logging.LogRecord) -> dict[str, str]:
    assert HideSecretPaths().filter(record)
    line = make_formatter("json").format(record)
    assert "\n" not in line
    fields: dict[str, str] = json.loads(line)
    return fields


def test_json_lines_name_the_letter_they_are_about() -> None:
    record = logging.LogRecord(
        "letters.delivery.worker", logging.INFO, "", 0, "letter %s: %s", ("C7QK-4MHW", "sent"), None
    )
    record.letter = "C7QK-4MHW"
    line = write(record)
    assert dt.datetime.fromisoformat(line.pop("time")).tzinfo == dt.UTC
    assert line == {
        "level": "INFO",
        "logger": "letters.delivery.worker",
        "message": "letter C7QK-4MHW: sent",
        "letter": "C7QK-4MHW",
    }


def test_json_lines_hide_secrets_in_messages_and_in_errors() -> None:
    try:
        raise ValueError("at /confirm/secret-token/ “quoted”\nand more")
    except ValueError:
        record = logging.LogRecord(
            "x", logging.ERROR, "", 0, "Forbidden: %s", ("/letter/secret-token/",), sys.exc_info()
        )
    line = write(record)
    assert line["message"] == "Forbidden: /letter/…/"
    assert "ValueError: at /confirm/…/ “quoted”\nand more" in line["exception"]
    words = make_formatter("line").format(record)
    assert " ERROR x Forbidden: /letter/…/\nTraceback" in words
    assert "secret-token" not in words
    assert "letter" not in line


def test_an_unknown_host_is_one_line() -> None:
    command = """
import django; django.setup()
from django.test import Client
for host in ("evil.example", "a b\\nc"):
    assert Client().get("/", headers={"host": host}).status_code == 400
"""
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run([sys.executable, "-c", command], env=env, capture_output=True, text=True, check=True)
    lines = done.stderr.splitlines()
    assert [" ERROR django.security.DisallowedHost Invalid HTTP_HOST header: " in line for line in lines] == [True] * 2


def test_our_own_errors_keep_their_traceback() -> None:
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "broken", (), (ValueError, ValueError(), None))
    assert RefusalsInOneLine().filter(record)
    assert record.exc_info


def test_a_worker_logs_as_the_settings_say(start_worker: StartWorker) -> None:
    lines = start_worker(LOG_FORMAT="json").read_text().splitlines()
    logged = [json.loads(line) for line in lines if line.startswith("{")]
    assert any(line["message"].endswith("ready.") for line in logged)
    assert not any(" ready." in line for line in lines if not line.startswith("{"))


def test_a_format_that_does_not_exist_is_refused() -> None:
    command = [sys.executable, "-c", "import campaign.settings"]
    env = os.environ | {"LOG_FORMAT": "xml"}
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert "LOG_FORMAT must be line or json." in done.stderr
