"""A mail to a supporter that cannot be made does not hold up the letters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
from django.utils import timezone

from letters import tasks
from letters.delivery import notices
from letters.mail import messages
from letters.mail.backoff import MAX_ATTEMPTS
from letters.mail.messages import Mail
from letters.models import Letter, Notice, Status, queue_confirmation
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
    queue_confirmation(make_letter(queued=False))
    letter = make_letter()
    tasks.wake()
    letter.refresh_from_db()
    assert letter.status == Status.SENT
    assert sink.count(letter.reference) == 1
    assert not Notice.objects.filter(sent_at__isnull=False).exists()


def test_a_notice_that_can_never_be_made_is_given_up_and_the_others_go(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = make_letter(queued=False), make_letter(queued=False)
    build = messages.build_notice_mail

    def build_or_break(letter: Letter, kind: str) -> Mail:
        if letter.pk == broken.pk:
            raise RuntimeError("no template")
        return build(letter, kind)

    monkeypatch.setattr(notices, "build_notice_mail", build_or_break)
    queue_confirmation(broken)
    queue_confirmation(whole)
    for _ in range(MAX_ATTEMPTS):
        Notice.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
        notices.send_notices()
    assert Notice.objects.get(letter=whole, kind=Notice.Kind.CONFIRM).sent_at is not None
    assert Notice.objects.get(letter=broken, kind=Notice.Kind.CONFIRM).due_at is None
    assert [event.type for event in broken.events.all()] == ["note"]
