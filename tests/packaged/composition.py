"""compose.yaml, read as Compose reads it; what this does not know is an error, not a silence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from dotenv import dotenv_values

KNOWN = {
    "build", "cap_drop", "command", "depends_on", "env_file", "environment", "healthcheck", "image", "init", "ports",
    "profiles", "read_only", "restart", "secrets", "security_opt", "shm_size", "stop_grace_period", "tmpfs", "volumes",
}  # fmt: skip
GRACE_SECONDS = 10  # Compose's own


@dataclass(frozen=True)
class Service:
    """One service of the file."""

    name: str
    image: str
    command: list[str]
    environment: dict[str, str]
    depends_on: dict[str, str]  # service → condition
    volumes: dict[str, str]  # path in the container → volume's name, or path beside the file
    secrets: dict[str, Path]  # name → file
    tmpfs: list[str]
    profiles: list[str]
    healthcheck: dict[str, Any] | None
    grace_seconds: int
    read_only: bool
    restart: str
    ours: bool = field(default=False)  # built here


def read_composition(file: Path) -> dict[str, Service]:
    """Return the services by name, with what `.env` beside the file says filled in."""
    told = {key: value or "" for key, value in dotenv_values(file.parent / ".env").items()}
    whole = yaml.safe_load(fill_in(file.read_text(), told))
    secrets = {name: file.parent / secret["file"] for name, secret in whole["secrets"].items()}
    return {name: _read_service(name, given, told, secrets, whole) for name, given in whole["services"].items()}


def fill_in(text: str, told: Mapping[str, str]) -> str:
    """Replace ${NAME} and ${NAME:-default}."""
    return re.sub(r"\$\{(\w+)(?::-([^}]*))?\}", lambda found: told.get(found[1]) or found[2] or "", text)


def _read_service(
    name: str, given: dict[str, Any], told: dict[str, str], secrets: dict[str, Path], whole: dict[str, Any]
) -> Service:
    if unknown := set(given) - KNOWN:
        raise ValueError(f"{name}: {', '.join(sorted(unknown))}")
    depends = given.get("depends_on", {})
    if isinstance(depends, list):
        depends = {other: {"condition": "service_started"} for other in depends}
    if lost := set(depends) - set(whole["services"]):
        raise ValueError(f"{name} depends on {', '.join(sorted(lost))}")
    volumes = {}
    for volume in given.get("volumes", []):
        source, target = volume.split(":")[:2]
        if not source.startswith(".") and source not in whole["volumes"]:
            raise ValueError(f"{name}: the volume {source} is not declared")
        volumes[target] = source
    return Service(
        name=name,
        image=given["image"],
        command=given.get("command", []),
        environment=(told if "env_file" in given else {}) | given.get("environment", {}),
        depends_on={other: how["condition"] for other, how in depends.items()},
        volumes=volumes,
        secrets={secret: secrets[secret] for secret in given.get("secrets", [])},
        tmpfs=given.get("tmpfs", []),
        profiles=given.get("profiles", []),
        healthcheck=given.get("healthcheck"),
        grace_seconds=int(str(given.get("stop_grace_period", f"{GRACE_SECONDS}s")).removesuffix("s")),
        read_only=given.get("read_only", False),
        restart=given.get("restart", "no"),
        ours="build" in given,
    )


def sort_by_dependence(services: dict[str, Service], wanted: list[str]) -> list[Service]:
    """Return what is wanted and what that depends on, each after what it depends on."""
    found: list[Service] = []

    def add(name: str) -> None:
        if services[name] in found:
            return
        for other in services[name].depends_on:
            add(other)
        found.append(services[name])

    for name in wanted:
        add(name)
    return found
