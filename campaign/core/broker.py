"""Celery's filesystem broker, with messages that appear whole or not at all.

Kombu's own transport creates a message under its final name and then writes it. A worker that reads it in between gets
an empty file, and stops with "Expecting value: line 1 column 1". Here a message is written elsewhere, then renamed.
"""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

SCHEME = "wholefiles"


class Channel(filesystem.Channel):
    """Writes messages by renaming."""

    def _put(self, queue: str, payload: dict[str, Any], **_options: Any) -> None:  # type: ignore[override] # as its parent
        """Put a message onto the queue. Raises ChannelError if the folder cannot be written to."""
        name = f"{time.monotonic_ns() // 1_000_000}_{uuid.uuid4()}.{queue}.msg"
        file = Path(self.data_folder_out) / name
        aside = file.with_name(f"{name}.part")  # no queue reads files with this suffix
        try:
            aside.write_text(dumps(payload))
            os.replace(aside, file)
        except OSError as error:
            raise ChannelError(f"Cannot add file {name!r} to directory") from error


class Transport(filesystem.Transport):
    """The filesystem transport with those channels."""

    Channel = Channel


def add_transport() -> None:
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
