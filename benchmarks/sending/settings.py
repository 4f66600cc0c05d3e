"""Settings of the delivery benchmark: the tests' own, with every contender installed."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "post_office", "mailer"]
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
SITE_URL = "http://127.0.0.1:8000"
LOG_LEVEL = "ERROR"
LOGGING = {"version": 1, "disable_existing_loggers": False, "root": {"level": "ERROR"}}
MAILER_LOCK_PATH = os.path.join(os.environ["PARLEY_DATA_DIR"], "mailer")
MEDIA_ROOT = os.path.join(os.environ["PARLEY_DATA_DIR"], "attachments")  # django-post-office keeps them as files
