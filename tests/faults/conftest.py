"""The harness brings its own servers, so one of the two runs of `make test` is enough: the one on PostgreSQL."""

from django.conf import settings

collect_ignore = [] if "postgresql" in settings.DATABASES["default"]["ENGINE"] else ["test_short.py"]
