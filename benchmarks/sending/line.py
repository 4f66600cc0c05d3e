"""A long line to the mail server: passes bytes on, each half a round trip late.

`python -m benchmarks.sending.line LISTEN_PORT SERVER_PORT ROUND_TRIP_SECONDS CORE…`
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    """Pass on what is read, `delay` seconds late and in order, until one side hangs up."""
    loop = asyncio.get_running_loop()
    with suppress(OSError):
        while data := await reader.read(65536):
            loop.call_later(delay, writer.write, data)
    loop.call_later(delay, writer.close)


async def serve(listen: int, server: int, round_trip: float) -> None:
    """Pass on connections for ever."""

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(round_trip)  # TCP's own hand-shake
        there, back = await asyncio.open_connection("127.0.0.1", server)
        await asyncio.gather(pass_on(reader, back, round_trip / 2), pass_on(there, writer, round_trip / 2))

    async with await asyncio.start_server(connect, "127.0.0.1", listen) as line:
        await line.serve_forever()


if __name__ == "__main__":
    os.sched_setaffinity(0, {int(core) for core in sys.argv[4:]})
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
