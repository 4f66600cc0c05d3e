"""The embedded broker: messages appear whole, and none is lost between a busy writer and a busy reader."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection
from kombu.exceptions import ChannelError

from campaign.core import broker


@contextmanager
def open_channel(folder: Path) -> Iterator[Any]:
    folders = {"data_folder_in": str(folder), "data_folder_out": str(folder), "control_folder": str(folder / "control")}
    with Connection(f"{broker.SCHEME}://", transport_options=folders) as connection, connection.channel() as channel:
        yield channel


def test_a_message_is_never_seen_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[list[str], str]] = []
    rename = os.replace

    def look_and_rename(source: Path, target: Path) -> None:
        seen.append(([name for name in os.listdir(tmp_path) if name.endswith(".msg")], source.read_text()))
        rename(source, target)

    monkeypatch.setattr(os, "replace", look_and_rename)
    with open_channel(tmp_path) as channel:
        channel._put("celery", {"body": "whole"})
        assert seen == [([], '{"body": "whole"}')]
        assert channel._get("celery") == {"body": "whole"}


def test_nothing_is_lost_between_a_busy_writer_and_a_busy_reader(tmp_path: Path) -> None:
    count = 400
    got: list[int] = []

    def write() -> None:
        with open_channel(tmp_path) as channel:
            for number in range(count):
                channel._put("celery", {"number": number, "body": "x" * 5000})

    writer = threading.Thread(target=write)
    with open_channel(tmp_path) as channel:
        writer.start()
        while writer.is_alive() or channel._size("celery"):
            try:
                got.append(channel._get("celery")["number"])
            except Empty:
                continue
    writer.join()
    assert sorted(got) == list(range(count))


def test_a_folder_that_cannot_be_written_to_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill_up(*_arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fill_up)
    with open_channel(tmp_path) as channel, pytest.raises(ChannelError):
        channel._put("celery", {})
