"""What is larger than anything the site takes is refused before a byte of it is read."""

from __future__ import annotations

import pytest
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from campaign.core.request_size import MAX_SIZE, SizeMiddleware


def ask(length: str | None) -> HttpResponse:
    request = RequestFactory().post("/")
    request.META.pop("CONTENT_LENGTH", None)
    if length is not None:
        request.META["CONTENT_LENGTH"] = length

    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("read")

    return SizeMiddleware(view)(request)


@pytest.mark.parametrize("length", [None, "", "0", str(MAX_SIZE), "-1", "many"])
def test_what_the_site_takes_passes(length: str | None) -> None:
    assert ask(length).content == b"read"


@pytest.mark.parametrize("length", [str(MAX_SIZE + 1), "9" * 5000])
def test_what_is_larger_is_refused(length: str) -> None:
    with pytest.raises(RequestDataTooBig):
        ask(length)
