"""What is refused is shown back to whoever typed it, and secrets are not."""

from __future__ import annotations

from django.test import RequestFactory

from campaign.core.error_pages import list_typed


def test_all_that_was_typed_is_shown_but_no_secret() -> None:
    typed = {"name": "Jane Doe", "postcode": "SW1A 1AA", "own_words": "Dear all", "address_1": "1 Test Street"}
    secret = {"csrfmiddlewaretoken": "x" * 64, "old_password": "hunter2hunter2", "code": "12 34 56", "next": "/admin/"}
    request = RequestFactory().post("/", typed | secret)
    assert list_typed(request) == [
        ("Name", "Jane Doe"),
        ("Postcode", "SW1A 1AA"),
        ("Own words", "Dear all"),
        ("Address 1", "1 Test Street"),
    ]
