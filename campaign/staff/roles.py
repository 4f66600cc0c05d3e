"""Creates the organisers' roles: groups with permissions. Called by migrations, which say what each role may do.

A role is an ordinary group: superusers can change it, and no later migration undoes that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.management import create_permissions
from django.db.models import Q

Roles = Mapping[str, Iterable[str]]  # what each may do, as "app.codename"


def make_permissions(apps: Any, labels: Iterable[str], alias: str) -> None:
    """Create these apps' permissions now: Django does so only after the last migration. Idempotent."""
    for label in labels:
        config = apps.get_app_config(label)
        before = getattr(config, "models_module", None)
        config.models_module = True  # in a migration there is none, and nothing would be created
        try:
            create_permissions(config, verbosity=0, interactive=False, using=alias, apps=apps)
        finally:
            config.models_module = before


def list_permissions(apps: Any, names: Iterable[str], alias: str) -> list[Any]:
    """Return the rows of these permissions. Raises LookupError if one does not exist."""
    wanted = sorted(set(names))
    asked = Q()
    for label, _dot, codename in (name.partition(".") for name in wanted):
        asked |= Q(content_type__app_label=label, codename=codename)
    rows = apps.get_model("auth", "Permission").objects.using(alias).filter(asked).select_related("content_type")
    found = {f"{row.content_type.app_label}.{row.codename}": row for row in rows}
    if missing := set(wanted) - set(found):
        raise LookupError(f"no such permission: {', '.join(sorted(missing))}")
    return list(found.values())


def make_roles(apps: Any, roles: Roles, alias: str) -> None:
    """Create missing groups. Existing ones may have been adapted, so they are left alone."""
    groups = apps.get_model("auth", "Group").objects.using(alias)
    make_permissions(apps, _list_apps(roles), alias)
    for role, names in roles.items():
        group, is_new = groups.get_or_create(name=role)
        if is_new:
            group.permissions.set(list_permissions(apps, names, alias))


def add_to_roles(apps: Any, roles: Roles, alias: str) -> None:
    groups = apps.get_model("auth", "Group").objects.using(alias)
    make_permissions(apps, _list_apps(roles), alias)
    for group in groups.filter(name__in=roles):
        group.permissions.add(*list_permissions(apps, roles[group.name], alias))


def _list_apps(roles: Roles) -> list[str]:
    return sorted({name.partition(".")[0] for names in roles.values() for name in names})
