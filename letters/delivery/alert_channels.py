"""A second channel for alerts, in case mail is what has failed: a webhook, or a command."""

from __future__ import annotations

import json
import shlex
import subprocess
import urllib.request
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings

SECONDS = 15
MAX_CHARACTERS = 2_000  # of text: chats are for short messages, and ntfy takes 4,096 bytes
SHAPES = ("slack", "ntfy", "matrix")


class AlertChannelError(Exception):
    """The message did not get through. The reason names no URL, as a webhook's is a secret."""


def is_set() -> bool:
    return bool(settings.ALERT_WEBHOOK or settings.ALERT_COMMAND)


def pass_on(title: str, text: str) -> None:
    """Send the message by webhook and command, if configured. Raises AlertChannelError."""
    text = text.strip()[:MAX_CHARACTERS]
    if settings.ALERT_WEBHOOK:
        _send_webhook(title, text)
    if settings.ALERT_COMMAND:
        _run_command(title, text)


def build_message(title: str, text: str) -> tuple[str, str, dict[str, Any]]:
    url = settings.ALERT_WEBHOOK
    if settings.ALERT_WEBHOOK_SHAPE == "ntfy":
        place, _slash, topic = url.rstrip("/").rpartition("/")
        return "POST", place, {"topic": topic, "title": title, "message": text, "priority": 4}
    if settings.ALERT_WEBHOOK_SHAPE == "matrix":
        body = {"msgtype": "m.text", "body": f"{title}\n\n{text}"}
        return "PUT", f"{url.rstrip('/')}/send/m.room.message/{uuid4().hex}", body
    return "POST", url, {"text": f"{title}\n\n{text}"}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirects, which would take the message and the token elsewhere."""

    def redirect_request(self, *_args: Any) -> None:
        """Return None, on which urllib raises the response as an error."""


def _send_webhook(title: str, text: str) -> None:
    method, url, body = build_message(title, text)
    if urlsplit(url).scheme not in ("http", "https"):
        raise AlertChannelError("ALERT_WEBHOOK is not a web address")
    headers = {"Content-Type": "application/json", "User-Agent": "Parley"}
    if settings.ALERT_WEBHOOK_TOKEN:
        headers["Authorization"] = f"Bearer {settings.ALERT_WEBHOOK_TOKEN}"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method=method)  # noqa: S310 see above
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=SECONDS):
            return
    except urllib.error.HTTPError as error:
        raise AlertChannelError(f"the webhook answered {error.code}") from None
    except (OSError, ValueError) as error:
        raise AlertChannelError(f"the webhook could not be reached ({type(error).__name__})") from None


def _run_command(title: str, text: str) -> None:
    try:
        # The command is the operator's, from the settings; no shell.
        done = subprocess.run(  # noqa: S603
            shlex.split(settings.ALERT_COMMAND),
            input=f"{title}\n\n{text}\n",
            text=True,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise AlertChannelError(f"ALERT_COMMAND could not be run ({type(error).__name__})") from None
    if done.returncode:
        raise AlertChannelError(f"ALERT_COMMAND ended with {done.returncode}")
