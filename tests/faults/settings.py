"""Settings of the fault harness: the tests' own, with a shorter patience. `quick.py` shortens what is no setting."""

from tests.settings import *  # noqa: F403
from tests.settings import LOGGING as _LOGGING

_LOGGING["loggers"]["celery.app.trace"] = {"level": "INFO"}  # type: ignore[index]  # a scenario waits for a task's end
EMAIL_TIMEOUT = 2  # seconds; the lease in quick.py is longer, as in production
EMAIL_SENDERS = 2
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "letters.tasks.sweep", "schedule": 1.0},
}
