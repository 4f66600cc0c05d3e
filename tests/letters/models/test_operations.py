"""A clock that is wrong stops no worker, and is told of."""

from __future__ import annotations

import datetime as dt
import io
import logging
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from letters import tasks
from letters.delivery.health import measure_health
from letters.models import SWEEP, Heartbeat, Letter, has_jumped, measure_clock
from letters.tasks import sweep, tidy
from tests.letters.factories import make_letter

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("seconds", "differs"), [(930, "15 minutes ahead of"), (-930, "15 minutes behind")])
def test_a_worker_whose_clock_is_wrong_is_told_of(
    seconds: int, differs: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    right = timezone.now
    with monkeypatch.context() as worker, caplog.at_level(logging.ERROR):
        worker.setattr(timezone, "now", lambda: right() + dt.timedelta(seconds=seconds))
        tasks.sweep()
    assert f"this worker's clock is {seconds} seconds ahead" in caplog.text
    said = f"A worker's clock is {differs} the database's"
    [problem] = measure_health().problems
    assert problem.startswith(said)
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("queue", stdout=out)
    assert said in out.getvalue()


def test_once_the_clock_is_right_again_nothing_is_said_of_it() -> None:
    Heartbeat.beat("clock", seconds_ahead=900)
    Heartbeat.objects.update(at=timezone.now() - dt.timedelta(minutes=6))
    tasks.sweep()
    assert measure_health().ok


def test_a_clock_that_is_right_is_not_told_of_however_long_the_database_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    Heartbeat.beat(SWEEP)
    right, asked = timezone.now, []

    def ask_slowly() -> dt.datetime:
        asked.append(right())
        return right() - dt.timedelta(seconds=30) if len(asked) == 1 else right()

    monkeypatch.setattr(timezone, "now", ask_slowly)  # half a minute between question and answer
    assert measure_clock() == 0
    assert len(asked) == 2


def test_a_worker_whose_clock_is_wrong_does_not_seem_alive_for_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    right = timezone.now
    with monkeypatch.context() as worker:
        worker.setattr(timezone, "now", lambda: right() + dt.timedelta(hours=1))
        Heartbeat.beat(SWEEP)
    assert abs(Heartbeat.objects.get(name=SWEEP).at - timezone.now()) < dt.timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_no_message_to_a_worker_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    """Celery judges that by the worker's clock: one that is ahead would discard every sweep and every wake-up."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.wake, "apply_async", lambda **options: sent.append(options))
    tasks.wake_worker()
    assert sent == [{"retry": False}]
    assert [entry.get("options", {}) for entry in settings.CELERY_BEAT_SCHEDULE.values()] == [{}, {}, {}]


@pytest.mark.parametrize("hours", [-30, 25, 200 * 24])
def test_after_a_jump_of_the_clock_nothing_is_purged_until_a_person_says_so(hours: int) -> None:
    letter = make_letter(queued=False)
    Letter.objects.update(created_at=timezone.now() - dt.timedelta(days=9))
    Heartbeat.objects.update_or_create(name="sweep", defaults={"at": timezone.now() - dt.timedelta(hours=hours)})
    sweep()
    tidy()
    assert Letter.objects.filter(pk=letter.pk).exists()
    assert "--clock-is-right" in " ".join(measure_health().problems)
    with pytest.raises(CommandError, match="Nothing was deleted"):
        call_command("purge_personal_data")
    call_command("purge_personal_data", clock_is_right=True)
    assert not Letter.objects.filter(pk=letter.pk).exists()
    tidy()
    assert measure_health().clock_jumped is None


def test_a_pause_of_hours_is_no_jump() -> None:
    Heartbeat.objects.update_or_create(name="sweep", defaults={"at": timezone.now() - dt.timedelta(hours=20)})
    assert has_jumped() is False
