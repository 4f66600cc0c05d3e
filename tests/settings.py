"""Parley's settings for tests: a secret key and a data directory of their own, nothing from a .env file."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from unittest.mock import patch

from environs import Env

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("FIELD_KEYS", "only-for-tests-hT3xQm8LrZ0vYbN5wKcJdPaSgUe2")
os.environ.setdefault("BACKUP_KEYS", "AGE-SECRET-KEY-17YE3G3DR5S40QLNA32GLG26XZLV2TDLW54NUJ0FSMP2H9LEX5RJS79GV5J")
if "PARLEY_DATA_DIR" not in os.environ:  # children, such as a Celery worker, inherit it
    os.environ["PARLEY_DATA_DIR"] = tempfile.mkdtemp(prefix="parley-test-data-")
    atexit.register(shutil.rmtree, os.environ["PARLEY_DATA_DIR"], ignore_errors=True)

# With pytest-xdist each process has a data directory and a Redis database of its own.
_process = os.environ.get("PYTEST_XDIST_WORKER", "")
_own: dict[str, str] = {}
if _process:
    _own["PARLEY_DATA_DIR"] = str(Path(os.environ["PARLEY_DATA_DIR"]) / _process)
    if "REDIS_URL" in os.environ:
        _own["REDIS_URL"] = f"{os.environ['REDIS_URL'].rpartition('/')[0]}/{_process.removeprefix('gw')}"

with patch.object(Env, "read_env"), patch.dict(os.environ, _own):
    from campaign.settings import *  # noqa: F403
    from campaign.settings import DATA_DIR, DATABASES, STORAGES

PACE_PER_DOMAIN = os.environ.get("PACE_PER_DOMAIN", "")  # letters.delivery.pace is tested with rates of its own
PACE_PER_MP = os.environ.get("PACE_PER_MP", "")
for _name in [name for name in globals() if name.startswith("LIMIT_")]:
    globals()[_name] = ""  # letters.views.throttling is tested with limits of its own
SECONDS_TO_WRITE = 0
STATIC_ROOT = DATA_DIR / "collected"
for _folder in ("queue", "collected"):
    (DATA_DIR / _folder).mkdir(parents=True, exist_ok=True)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, so that the live server and a Celery worker see what a test commits; it need not survive a power cut.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA secure_delete=ON;"
    )
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
