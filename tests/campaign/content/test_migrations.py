"""A database that was filled before reviews were counted from the facts (content 0003) is brought up to date."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def migrate(*targets: tuple[str, str]) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets))
    return executor.loader.project_state(list(targets)).apps


@pytest.mark.django_db(transaction=True)
def test_what_nobody_has_reviewed_is_due_by_its_facts() -> None:
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        old = migrate(("content", "0003_wordings_and_facts"))
        reviewer = User.objects.create_user("reviewer")
        campaign = old.get_model("content", "Campaign").objects.create(slug="a", title="A")
        theme = old.get_model("content", "Theme").objects.create(campaign=campaign, key="a", title="A")
        Argument = old.get_model("content", "Argument")
        for key, by in (("loaded", None), ("reviewed", reviewer.pk)):
            Argument.objects.create(
                campaign=campaign, theme=theme, key=key, title=key, claim=key, as_of=dt.date(2023, 2, 28),
                review_every_days=180, review_by=dt.date(2027, 5, 28), reviewed_by_id=by,
            )  # fmt: skip
        new = migrate(("content", "0004_reviews"))
        found = new.get_model("content", "Argument").objects.order_by("key")
        assert [(a.key, a.as_of, a.review_by, a.reviewed_on) for a in found] == [
            ("loaded", "2023-02-28", dt.date(2023, 8, 27), None),
            ("reviewed", "2023-02-28", dt.date(2027, 5, 28), dt.date(2026, 11, 29)),
        ]
    finally:
        migrate(*newest)
