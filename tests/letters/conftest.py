"""Fixtures for letters: a mail server that misbehaves as told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.letters.scripted_smtp import ScriptedServer


@pytest.fixture
def scripted(settings: Any) -> Iterator[ScriptedServer]:
    """A scripted SMTP server that the site sends through."""
    with ScriptedServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 2
        yield server
