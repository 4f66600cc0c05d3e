"""The site as it ships: all members, the first campaign."""

from __future__ import annotations

import pytest
from django.core.management import call_command


@pytest.fixture
def shipped(transactional_db: None) -> None:
    """650 constituencies and the campaign Time to negotiate."""
    call_command("import_members", verbosity=0)
    call_command("load_campaign", "campaign/content/packs/time-to-negotiate.yaml", verbosity=0)
