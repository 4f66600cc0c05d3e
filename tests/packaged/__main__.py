"""`python -m tests.packaged ROOT INSPECTED`: run by tools/packaged in namespaces with no way out."""

from __future__ import annotations

import http.client
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import Page

from tests.journeys.supporter import Supporter
from tests.packaged.composition import Service, read_composition, sort_by_dependence
from tests.packaged.containers import Machine, read_image
from tests.servers.browser import PHONE, open_page, run_browser
from tests.servers.mail import Delivered, MailServer, run_mail_server

ROOT = Path(__file__).resolve().parents[2]
MP = "organisers@campaign.example"  # rehearsed letters go to them
SITE, MAIL_PORT, PATIENCE = "https://localhost", 2525, 120
SERVER = ["web", "worker", "beat", "caddy"]
EMBEDDED = ["embedded"]
ARGUMENTS = ("The war nearly ended in its second month", "‘Seize the moment’")
ENV = f"""
SITE_URL={SITE}
EMAIL_HOST=mail
EMAIL_PORT={MAIL_PORT}
LETTERS_FROM=letters@campaign.example
REHEARSAL_ADDRESS=organisers@campaign.example
ORGANISERS_EMAIL=organisers@campaign.example
SECONDS_TO_WRITE=0
LIMIT_LETTERS_PER_IP=
LIMIT_LETTERS_PER_POSTCODE=
"""


class Stage:
    """The whole site, and who uses it."""

    def __init__(self, machine: Machine, mail: MailServer) -> None:
        self.machine, self.mail = machine, mail
        self.services = read_composition(machine.folder / "project" / "compose.yaml")

    def up(self, wanted: list[str]) -> None:
        """As `docker compose up --detach`."""
        began = time.monotonic()
        for service in sort_by_dependence(self.services, wanted):
            for other, condition in service.depends_on.items():
                self.machine.wait_for(self.services[other], condition)
            self.machine.start(service)
        web = self.services["web" if "web" in wanted else "embedded"]
        self.machine.wait_for(web, "service_healthy")
        say(f"up: {', '.join(self.machine.running)} ({time.monotonic() - began:.0f} s)")

    def down(self, *names: str) -> None:
        """As `docker compose stop`: each after those that depend on it."""
        order = sort_by_dependence(self.services, list(names or self.machine.running))
        took = [
            f"{one.name} {self.machine.stop(one):.1f} s"
            for one in reversed(order)
            if one.name in (names or self.machine.running)
        ]
        say(f"stopped: {', '.join(took)}")

    def list_mails(self, address: str) -> list[Delivered]:
        return [mail for mail in list(self.mail.messages) if address in mail.recipients]

    def wait_for_mail(self, address: str, count: int = 1) -> Delivered:
        deadline = time.monotonic() + PATIENCE
        while len(found := self.list_mails(address)) < count:
            if time.monotonic() > deadline:
                logs = "\n".join(self.machine.read_log(name)[-1500:] for name in self.machine.running)
                raise AssertionError(f"{len(found)} of {count} mails came to {address}\n{logs}")
            time.sleep(0.2)
        return found[count - 1]

    def measure_memory(self) -> list[str]:
        """Return each of our processes' proportional share, which counts what they share once."""
        found = []
        for name in ("web", "worker", "beat"):
            leader = self.machine.running[name].pid
            pids = [leader, *map(int, Path(f"/proc/{leader}/task/{leader}/children").read_text().split())]
            rollups = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids]
            kilobytes = sum(int(re.findall(r"^Pss: +(\d+)", rollup, re.MULTILINE)[0]) for rollup in rollups)
            found.append(f"{name} {kilobytes / 1000:.0f} MB")
        return found

    def ask_for_letter(self, jane: Supporter, name: str) -> str:
        """Walk through the pages; return the link that confirms."""
        address = f"{name}@supporter.example"
        jane.find_mp()
        jane.choose(*ARGUMENTS)
        jane.write(f"My name is {name}. " + "I have thought about this every day, and I want you to hear of it. " * 3)
        jane.give_details(address)
        jane.send()
        body = self.wait_for_mail(address).message.get_body(("plain",))
        assert body is not None
        [link] = re.findall(r"https?://\S+/confirm/\S+/", str(body.get_content()))
        return str(link)


def say(line: str) -> None:
    print(f"    {line}", flush=True)


def confirm(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("button", name="Send my letter now").click()
    page.get_by_role("heading", name=re.compile("^Thank you")).wait_for()


def try_to_write(machine: Machine, service: Service) -> None:
    """Only the data can be written to, by an account that is not root."""
    said = machine.execute(
        service, "sh", "-c", "id -u; touch x; touch build/x; touch /x; touch data/x && rm data/x && echo kept"
    )
    assert said.stdout.split() == ["10001", "kept"], (said.stdout, said.stderr)
    assert said.stderr.count("Read-only file system") == 3, said.stderr


def wait_until_well(machine: Machine, services: dict[str, Service]) -> None:
    """Wait until the whole site is well, as its operator asks: through the proxy, with its certificate checked."""
    authority = machine.folder / "volumes/certificates/caddy/pki/authorities/local/root.crt"
    context = ssl.create_default_context(cafile=authority)
    deadline = time.monotonic() + 40
    while True:
        connection = http.client.HTTPSConnection("localhost", context=context)
        connection.request("GET", "/health/")
        answer = connection.getresponse()
        if answer.status == 200:
            return say(f"{SITE}/health/ through Caddy: {answer.read().decode().strip()}")
        if time.monotonic() > deadline:
            said = machine.execute(services["web"], "python", "manage.py", "queue")
            raise AssertionError(
                f"/health/ answers {answer.status}\n{said.stdout}{said.stderr}{machine.read_log('worker')[-2000:]}"
            )
        time.sleep(0.5)


def walk(stage: Stage) -> None:
    """Send a letter, stop with one in flight and one in the queue, start again."""
    with run_browser() as browser:
        links = []
        for name in ("first", "second", "third"):
            with open_page(browser, **PHONE, ignore_https_errors=True) as page:  # each has a session of their own
                links.append(stage.ask_for_letter(Supporter(page, SITE), name))
        with open_page(browser, **PHONE, ignore_https_errors=True) as page:
            confirm(page, links[0])
            stage.wait_for_mail(MP)
            stage.wait_for_mail("first@supporter.example", 2)
            say("a letter went the whole way, and the supporter was told")
            with ThreadPoolExecutor() as pool, stage.mail.holding():
                offered = stage.mail.offered
                confirm(page, links[1])
                stage.mail.wait_until_offered(offered + 1, PATIENCE)
                stopping = pool.submit(stage.down, "worker")
                time.sleep(3)
                assert not stopping.done(), "the worker left a letter in flight"
            stopping.result()
            confirm(page, links[2])
    stage.down()
    assert len(stage.list_mails(MP)) == 2
    say("stopped with one letter in flight, which was finished first, and one in the queue")
    stage.up(SERVER)
    for name in ("second", "third"):
        stage.wait_for_mail(f"{name}@supporter.example", 2)
    letters = [str(mail.message["X-Parley-Reference"]) for mail in stage.list_mails(MP)]
    assert len(letters) == len(set(letters)) == 3, letters
    told = [len(stage.list_mails(f"{name}@supporter.example")) for name in ("first", "second", "third")]
    assert told == [2, 2, 2], told
    say("started again: 3 letters, each once; nothing lost")
    say(f"memory after use: {', '.join(stage.measure_memory())}")


def run(folder: Path, root: Path, inspected: Path) -> None:
    project = folder / "project"
    (project / "secrets").mkdir(parents=True, mode=0o711)
    (project / "secrets/database_password").write_text("a-password-for-this-run\n")
    (project / "secrets/email_password").write_text("")
    (project / ".env").write_text(ENV)
    (project / "deploy").mkdir()
    shutil.copy(ROOT / "deploy/Caddyfile", project / "deploy")
    shutil.copy(ROOT / "compose.yaml", project)
    image = read_image(root, inspected)
    services = read_composition(project / "compose.yaml")
    names = " ".join([*services, "mail", "localhost"])
    (folder / "hosts").write_text(f"127.0.0.1 {names}\n")
    subprocess.run(["mount", "--bind", folder / "hosts", "/etc/hosts"], check=True)
    for name in {name for service in services.values() for name in service.secrets}:
        (root / "run/secrets").mkdir(exist_ok=True)
        (root / "run/secrets" / name).touch()
    machine = Machine(folder, image)
    with run_mail_server(MAIL_PORT) as mail:
        try:
            stage = Stage(machine, mail)
            stage.up([*SERVER, "backups"])
            try_to_write(machine, services["web"])
            say("as user 10001; nothing but data/ and /tmp can be written to")
            wait_until_well(machine, services)
            walk(stage)
            wait_until_well(machine, services)
            said = machine.execute(services["backups"], "sh", "-c", "ls /srv/parley/backups")
            assert "parley-" in said.stdout, (said, machine.read_log("backups"))
            say(f"backups: {said.stdout.strip()}")
            stage.down()
        finally:
            machine.kill_all()
        machine.running.clear()
        try:
            mail.clear()
            stage.up(EMBEDDED)
            with run_browser() as browser, open_page(browser, **PHONE) as page:
                jane = Supporter(page, "http://localhost:8000")
                confirm(page, stage.ask_for_letter(jane, "fourth"))
                stage.wait_for_mail(MP)
                say("profile embedded: a letter went the whole way, on SQLite and files")
            stage.down()
        finally:
            machine.kill_all()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="parley-packaged-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        run(Path(name), Path(sys.argv[1]), Path(sys.argv[2]))
