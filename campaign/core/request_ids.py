"""A random number for each request, to find all that was logged about it. It says nothing of the visitor."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
_current: ContextVar[str] = ContextVar("request_id", default="")


class RequestIdMiddleware:
    """First of all middleware, so that what the others log has the number too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = secrets.token_hex(8)
        before = _current.set(number)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(before)
        response[HEADER] = number
        return response


class AddRequestId(logging.Filter):
    """Gives each record the number of the request in which it was made, if any."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _current.get()
        return True
