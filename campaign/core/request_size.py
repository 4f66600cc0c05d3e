"""Refuses requests that are too large before reading them.

Django limits a form's fields, but writes uploaded files to the disk whoever sends them, and to whichever view.
"""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse

MAX_SIZE = 2_000_000  # bytes: four times the largest file that the site takes, a pack; so much Django keeps in memory


class SizeMiddleware:
    """Comes before anything that reads a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request pass. Raises RequestDataTooBig, a 400. A body of no stated length is empty to Django."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and (len(length) > 20 or int(length) > MAX_SIZE):
            raise RequestDataTooBig("The request is larger than anything this site accepts.")
        return self.get_response(request)
