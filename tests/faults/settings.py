"""Settings of the fault harness: the tests' own, with a shorter patience. `quick.py` shortens what is no setting."""

from tests.settings import *  # noqa: F403

EMAIL_TIMEOUT = 2  # seconds; the lease in quick.py is longer, as in production
EMAIL_SENDERS = 2
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "letters.tasks.sweep", "schedule": 1.0},
}
