"""All that is logged in a request has its number."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory

from campaign.core.logs import JsonLines, Lines
from campaign.core.request_ids import HEADER, AddRequestId, RequestIdMiddleware


def test_every_answer_has_a_number_of_its_own_that_no_visitor_chooses(db: None) -> None:
    numbers = {Client().get("/health/", headers={HEADER: "mine"})[HEADER] for _time in range(2)}
    assert len(numbers) == 2
    assert all(re.fullmatch("[0-9a-f]{16}", number) for number in numbers)


def make_record() -> logging.LogRecord:
    record = logging.LogRecord("x", logging.INFO, "", 0, "words", (), None)
    assert AddRequestId().filter(record)
    return record


def test_what_is_logged_in_a_request_ends_with_its_number() -> None:
    records = []

    def view(_request: Any) -> HttpResponse:
        records.append(make_record())
        return HttpResponse()

    answer = RequestIdMiddleware(view)(RequestFactory().get("/"))
    [inside], outside = records, make_record()
    assert Lines("%(message)s").format(inside) == f"words [{answer[HEADER]}]"
    assert f'"request": "{answer[HEADER]}"' in JsonLines().format(inside)
    assert Lines("%(message)s").format(outside) == "words"
    assert "request" not in JsonLines().format(outside)


def test_the_number_goes_with_a_request_that_fails() -> None:
    def view(_request: Any) -> HttpResponse:
        raise ValueError("no view")

    with pytest.raises(ValueError, match="no view"):
        RequestIdMiddleware(view)(RequestFactory().get("/"))
    assert make_record().request_id == ""  # type: ignore[attr-defined]


def test_the_console_has_the_numbers_and_no_chatter_of_celery() -> None:
    logs: Any = settings.LOGGING
    assert "add_request_id" in logs["handlers"]["console"]["filters"]
    for name in ("celery.app.trace", "celery.beat", "celery.worker.strategy"):
        assert logs["loggers"][name]["level"] == "WARNING"
