"""Runs a service: in the image's files, read-only and as the image's user, or with Debian's program for it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tests.packaged.composition import Service
from tests.servers.postgres import find_programs

WAIT_SECONDS = 240
# In a mount namespace of its own: $1 the image's files, $2 "user:group", $3 the folder to be in, then the command.
ENTER = """
root=$1 user=$2 folder=$3
shift 3
{mounts}
exec setpriv --no-new-privs chroot --userspec="$user" "$root" /bin/sh -c 'cd "$0" && exec "$@"' "$folder" "$@"
"""


@dataclass(frozen=True)
class Image:
    """The image's files, and what it says about itself."""

    root: Path
    config: dict[str, Any]

    @property
    def environment(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.config["Env"])


@dataclass
class Machine:
    """Where all services run."""

    folder: Path
    image: Image
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def hosts(self) -> Path:
        return self.folder / "hosts"

    def find_volume(self, service: Service, target: str) -> Path:
        """Return a volume's folder; a new one has what the image has there, with its owner."""
        source = service.volumes[target]
        if source.startswith("."):
            return self.folder / "project" / source
        path = self.folder / "volumes" / source
        if not path.exists():
            path.mkdir(parents=True)
            original = self.image.root / target.lstrip("/")
            if service.ours and original.exists():
                shutil.copystat(original, path)
                os.chown(path, original.stat().st_uid, original.stat().st_gid)
        return path

    def start(self, service: Service) -> None:
        """Start it and return at once."""
        starting = self._enter(service, service.command or self.image.config["Cmd"]) if service.ours else None
        command, settings = starting or START[service.image.partition(":")[0]](self, service)
        with self.open_log(service) as log:
            self.running[service.name] = subprocess.Popen(
                command, **settings, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, process_group=0
            )

    def execute(self, service: Service, *command: str) -> subprocess.CompletedProcess[str]:
        """Run one more command as the service would."""
        entering, settings = self._enter(service, list(command))
        return subprocess.run(entering, **settings, capture_output=True, text=True, check=False)

    def open_log(self, service: Service) -> IO[bytes]:
        return (self.folder / f"{service.name}.log").open("ab")

    def read_log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def wait_for(self, service: Service, condition: str) -> None:
        """Wait until it is as another service needs it; raises RuntimeError with its log if it does not get so."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not self._is(service, condition):
            ended = self.running[service.name].poll() is not None and condition != "service_completed_successfully"
            if ended or time.monotonic() > deadline:
                raise RuntimeError(f"{service.name} is not {condition}:\n{self.read_log(service.name)[-4000:]}")
            time.sleep(0.2)

    def _is(self, service: Service, condition: str) -> bool:
        process = self.running[service.name]
        if condition == "service_started":
            return process.poll() is None
        if condition == "service_completed_successfully":
            if process.poll():
                raise RuntimeError(
                    f"{service.name} ended with {process.poll()}:\n{self.read_log(service.name)[-4000:]}"
                )
            return process.poll() == 0
        return self.is_healthy(service)

    def is_healthy(self, service: Service) -> bool:
        """Run its health check: the one in the file, else the image's."""
        test = (service.healthcheck or {}).get("test") or self.image.config["Healthcheck"]["Test"]
        if service.ours:
            return self.execute(service, *test[1:]).returncode == 0
        program = shutil.which(test[1]) or find_programs() / test[1]
        return subprocess.run([program, *test[2:]], capture_output=True, check=False).returncode == 0

    def stop(self, service: Service) -> float:
        """Ask it to stop as Compose does, and kill it after its time of grace; return how long that took."""
        process, began = self.running[service.name], time.monotonic()
        stop_signal = signal.SIGINT if service.image.startswith("postgres") else signal.SIGTERM  # the images' own
        if process.poll() is None:
            process.send_signal(stop_signal)
            try:
                process.wait(service.grace_seconds)
            except subprocess.TimeoutExpired:
                raise RuntimeError(f"{service.name} did not stop:\n{self.read_log(service.name)[-4000:]}") from None
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        return time.monotonic() - began

    def kill_all(self) -> None:
        for process in self.running.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _enter(self, service: Service, command: list[str]) -> tuple[list[str], dict[str, Any]]:
        root = self.image.root
        mounts = [f"mount --rbind /dev {root}/dev", f"mount --bind /proc {root}/proc"]
        mounts += [f"mount --bind {self.hosts} {root}/etc/hosts"]
        mounts += [f"mount -t tmpfs -o mode=1777 tmpfs {root}{path}" for path in service.tmpfs]
        mounts += [f"mount --bind {self.find_volume(service, path)} {root}{path}" for path in service.volumes]
        for name, path in service.secrets.items():
            mounts += [f"mount --bind {path} {root}/run/secrets/{name}"]
        first = [f"mount --bind {root} {root}"]
        last = [f"mount -o remount,bind,ro {root}"] if service.read_only else []
        script = ENTER.format(mounts="\n".join([*first, *mounts, *last]))
        # The shell's "$root" is the bind mount of itself: entered anew, so that what is mounted on it is seen.
        arguments = [str(root), self.image.config["User"], self.image.config["WorkingDir"], *command]
        environment = self.image.environment | {key: str(value) for key, value in service.environment.items()}
        return ["unshare", "--mount", "sh", "-euc", script, "sh", *arguments], {"env": environment}


def read_image(root: Path, inspected: Path) -> Image:
    """Return the image whose files are mounted at `root`, by what `buildah inspect` said."""
    return Image(root, json.loads(inspected.read_text())["Docker"]["config"])


def start_postgres(machine: Machine, service: Service) -> tuple[list[str], dict[str, Any]]:
    """As the image postgres does: a new cluster with user, database and password if there is none."""
    cluster, programs, user = machine.find_volume(service, "/var/lib/postgresql/data"), find_programs(), "postgres"
    given = service.environment
    if not (cluster / "PG_VERSION").exists():
        shutil.chown(cluster, user, user)
        cluster.chmod(0o700)
        password = machine.folder / "password-for-initdb"
        password.write_text(service.secrets["database_password"].read_text())
        shutil.chown(password, user)
        init: list[str | Path] = [
            programs / "initdb",
            "-D",
            cluster,
            "-U",
            given["POSTGRES_USER"],
            "--auth=scram-sha-256",
        ]
        init += [f"--pwfile={password}", "--encoding=UTF8", "--locale=C.UTF-8"]
        subprocess.run(init, user=user, group=user, cwd="/", check=True, capture_output=True)
        single: list[str | Path] = [programs / "postgres", "--single", "-D", cluster, "postgres"]
        statement = f"CREATE DATABASE {given['POSTGRES_DB']}\n".encode()
        subprocess.run(single, user=user, group=user, cwd="/", check=True, capture_output=True, input=statement)
    command = [
        programs / "postgres",
        "-D",
        cluster,
        "-c",
        "unix_socket_directories=",
        "-c",
        "listen_addresses=127.0.0.1",
    ]
    return [str(part) for part in command], {"user": user, "group": user, "extra_groups": [], "cwd": "/"}


def start_redis(machine: Machine, service: Service) -> tuple[list[str], dict[str, Any]]:
    folder = machine.find_volume(service, "/data")
    shutil.chown(folder, "redis", "redis")
    return service.command, {"user": "redis", "group": "redis", "extra_groups": [], "cwd": folder}


def start_caddy(machine: Machine, service: Service) -> tuple[list[str], dict[str, Any]]:
    """Its certificates are from an authority of its own: nobody else would certify localhost."""
    folder = machine.find_volume(service, "/data")
    shutil.chown(folder, "caddy", "caddy")
    config = machine.find_volume(service, "/etc/caddy/Caddyfile")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    settings = {"user": "caddy", "group": "caddy", "extra_groups": [], "cwd": folder}
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(config)], settings | {
        "env": environment | service.environment
    }


START = {"postgres": start_postgres, "redis": start_redis, "caddy": start_caddy}
