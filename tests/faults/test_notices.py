"""A mail to a supporter that cannot be made does not hold up the letters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import pytest

from letters import notices, tasks
from letters.models import Notice, Status
from letters.notices import owe_confirmation
from tests.faults.sink import Sink
from tests.letters.factories import make_letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """A willing mail server that the site sends through."""
    server = Sink("notices", troubled=False, pace=0, patience=1)
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 2
    yield server
    server.close()


def test_a_notice_that_cannot_be_made_does_not_keep_letters_from_going(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(_letter: object, _kind: str) -> NoReturn:
        raise RuntimeError("no template")

    monkeypatch.setattr(notices, "build_notice_mail", break_off)
    owe_confirmation(make_letter(queued=False))
    letter = make_letter()
    tasks.wake()
    letter.refresh_from_db()
    assert letter.status == Status.SENT
    assert sink.count(letter.reference) == 1
    assert not Notice.objects.filter(sent_at__isnull=False).exists()
