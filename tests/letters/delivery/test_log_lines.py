"""What is logged of a letter names it by its reference, and by nothing else."""

from __future__ import annotations

import json
import logging

import pytest

from campaign.core.logs import JsonLines
from letters.delivery.notices import send_notices
from letters.delivery.worker import drain_queue
from letters.models import Notice, queue_confirmation
from tests.letters.factories import make_letter
from tests.letters.scripted_smtp import ScriptedServer

pytestmark = pytest.mark.django_db


def test_a_letter_that_was_sent(scripted: ScriptedServer, caplog: pytest.LogCaptureFixture) -> None:
    letter = make_letter()
    with caplog.at_level(logging.INFO):
        drain_queue()
    [record] = [record for record in caplog.records if record.name == "letters.delivery.worker"]
    line = JsonLines().format(record)
    assert json.loads(line)["letter"] == letter.reference
    assert not any(word in line for word in ("Jane", letter.sender_email, letter.member_email))


def test_a_mail_to_a_supporter_that_was_refused(scripted: ScriptedServer, caplog: pytest.LogCaptureFixture) -> None:
    letter = make_letter(queued=False)
    queue_confirmation(letter)
    scripted.script.append("rcpt 550 no such person")
    send_notices()
    assert Notice.objects.get().due_at is None
    [record] = [record for record in caplog.records if record.name == "letters.delivery.notices"]
    line = JsonLines().format(record)
    assert json.loads(line)["letter"] == letter.reference
    assert letter.sender_email not in line
