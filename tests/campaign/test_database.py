"""A host that vanishes leaves no locks behind: the database's sessions end by themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

LIMITS = {
    "idle_in_transaction_session_timeout": "1min",
    "lock_timeout": "30s",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "60000",
}


def read_options(url: str) -> dict[str, Any]:
    """The options of the connection that the settings make of this DATABASE_URL."""
    script = "import json; from campaign.settings import DATABASES; print(json.dumps(DATABASES['default']['OPTIONS']))"
    env = os.environ | {"DATABASE_URL": url}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def test_the_client_notices_a_server_that_is_gone_within_a_minute() -> None:
    options = read_options("postgres://parley@db.example/parley?sslmode=require")
    assert options["sslmode"] == "require"
    assert options["keepalives_idle"] + options["keepalives_interval"] * options["keepalives_count"] == 60
    assert options["tcp_user_timeout"] == 60_000


def test_what_the_address_of_the_database_says_goes_before() -> None:
    said = quote("-c lock_timeout=5s")
    options = read_options(f"postgres://parley@db.example/parley?options={said}&keepalives_idle=5")
    assert options["options"].endswith("-c lock_timeout=5s")  # of two, PostgreSQL takes the later
    assert options["options"].index("lock_timeout=30s") < options["options"].index("lock_timeout=5s")
    assert int(options["keepalives_idle"]) == 5


def test_any_setting_can_come_from_a_file_and_the_password_from_a_setting_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("of the file\n")
    script = "import json; from campaign.settings import DATABASES; print(json.dumps(DATABASES['default']))"
    env = os.environ | {"DATABASE_URL": "postgres://parley@db/parley", "DATABASE_PASSWORD_FILE": f"{tmp_path}/password"}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["PASSWORD"] == "of the file"


@pytest.mark.django_db
def test_a_session_whose_host_is_gone_ends_and_nobody_waits_long_for_its_locks() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no sessions: a process that is gone has no locks")
    with connection.cursor() as cursor:
        found = {}
        for name in LIMITS:
            cursor.execute(f"SHOW {name}")
            [found[name]] = cursor.fetchone()
    assert found == LIMITS
