"""Logs carry no secret link."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from campaign.logs import HideSecretPaths
from letters.privacy import make_token
from tests.letters.factories import make_letter


@pytest.mark.django_db
def test_a_refused_form_is_logged_without_its_secret(caplog: pytest.LogCaptureFixture) -> None:
    token = make_token(make_letter(queued=False).id, "confirm")
    with caplog.filtering(HideSecretPaths()):
        Client(enforce_csrf_checks=True).post(f"/confirm/{token}/")
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
