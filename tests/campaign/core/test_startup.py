"""Web and worker refuse to start when letters could not be made (campaign/settings.py, campaign/wsgi.py, campaign/content/apps.py, campaign/parliament/apps.py, campaign/staff/apps.py, letters/apps.py)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import Error, Warning
from django.core.exceptions import ImproperlyConfigured

from campaign.core import startup
from campaign.settings import _read_address


def test_errors_stop_the_start_and_say_why(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(startup, "run_checks", lambda: [Warning("mind this"), Error("no font", hint="make setup")])
    with pytest.raises(SystemExit) as end:
        startup.refuse_to_start_on_errors()
    assert end.value.code == 3
    assert re.search(r"(?s)cannot start.*no font.*make setup", capsys.readouterr().err)


def test_warnings_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup, "run_checks", lambda: [Warning("mind this")])
    startup.refuse_to_start_on_errors()


def test_beat_does_not_carry_what_only_letters_and_few_pages_need() -> None:
    """They are 40 MB of a process that only tells the time."""
    heavy = ["weasyprint", "fontTools", "PIL", "qrcode", "dns", "pyrage", "numpy", "pypdf"]
    start = f"""
import sys
import django
from campaign.celery import app
django.setup()
app.loader.import_default_modules()
print([name for name in {heavy} if name in sys.modules])
"""
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "CELERY_SKIP_CHECKS": "true"}
    asked = subprocess.run([sys.executable, "-c", start], env=env, capture_output=True, text=True, check=True)
    assert asked.stdout == "[]\n"


@pytest.mark.parametrize(
    "command",
    [
        ["-c", "import campaign.wsgi"],
        ["-m", "gunicorn", "--bind", "127.0.0.1:0"],
        ["-m", "celery", "-A", "campaign", "worker", "-P", "solo"],
    ],
    ids=["web", "gunicorn", "worker"],
)
def test_without_the_fonts_neither_web_nor_worker_starts(command: list[str], tmp_path: Path) -> None:
    settings = tmp_path / "without_fonts.py"
    settings.write_text("from tests.settings import *\nfrom pathlib import Path\nBUILD_DIR = Path('/nowhere')\n")
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "without_fonts", "PYTHONPATH": f"{tmp_path}:{Path.cwd()}"}
    done = subprocess.run([sys.executable, *command], env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 3
    assert "Parley cannot start" in done.stderr
    assert "make setup" in done.stderr


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("letters@campaign.example", "letters@campaign.example"),
        ("Letters <letters@campaign.example>", "letters@campaign.example"),
        ("a@campaign.example, b@campaign.example", None),
        ("=?utf-8?q?x?=@campaign.example", None),
        ("létters@campaign.example", None),
        ("letters", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("name", ["LETTERS_FROM", "REHEARSAL_ADDRESS", "ORGANISERS_EMAIL"])
def test_what_mails_are_sent_from_or_to_is_one_address(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, address: str | None
) -> None:
    monkeypatch.setenv(name, value)
    if address is None:
        with pytest.raises(ImproperlyConfigured, match=f"{name} must be one email address"):
            _read_address(name, "")
    else:
        assert _read_address(name, "") == address
