"""The disk that fills up is SQLite's own: PostgreSQL's cannot be filled from a test, so that run leaves it out."""

from django.conf import settings

from tests.letters.conftest import scripted as scripted

collect_ignore = ["test_disk_full.py"] if "postgresql" in settings.DATABASES["default"]["ENGINE"] else []
