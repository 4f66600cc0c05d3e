"""The writer's copy is the PDF that went out, not a second one; little is kept, and not for long."""

from __future__ import annotations

from dataclasses import replace

import pytest

from letters import copies, emails
from letters.copies import Shelf
from letters.models import Notice
from tests.letters.factories import make_letter
from tests.letters.samples import make_letter as make_text

TEXT = make_text()
OTHER = replace(TEXT, sender_name="Somebody Else")


def test_a_copy_is_taken_once_and_only_for_the_same_text() -> None:
    shelf = Shelf()
    shelf.keep(TEXT, b"%PDF")
    assert shelf.take(OTHER) is None
    assert shelf.take(TEXT) == b"%PDF"
    assert shelf.take(TEXT) is None


def test_the_oldest_go_first_when_there_is_no_more_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "MOST_BYTES", 10)
    shelf = Shelf()
    texts = [replace(TEXT, reference=str(number)) for number in range(4)]
    for text in texts:
        shelf.keep(text, b"1234")
    assert [shelf.take(text) for text in texts] == [None, None, b"1234", b"1234"]


def test_nothing_is_kept_for_longer_than_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf()
    shelf.keep(TEXT, b"old")
    monkeypatch.setattr(copies, "SECONDS", -1)
    shelf.keep(OTHER, b"new")
    assert shelf.take(TEXT) is None
    shelf.forget_old()
    assert shelf.take(OTHER) is None


@pytest.mark.django_db
def test_a_letter_and_its_writers_copy_are_printed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = []
    monkeypatch.setattr(emails, "render_letter_pdf", lambda text: printed.append(text) or b"%PDF")  # type: ignore[func-returns-value]
    letter = make_letter()
    emails.build_letter_mail(letter)
    emails.build_notice_mail(letter, Notice.Kind.SENT)
    assert len(printed) == 1
    emails.build_notice_mail(letter, Notice.Kind.SENT)
    assert len(printed) == 2
