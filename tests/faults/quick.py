"""Production's pauses, made short enough for a test. Nothing here changes what is decided, only how soon."""

from __future__ import annotations

import datetime as dt

LEASE = dt.timedelta(seconds=7)  # longer than an SMTP dialogue whose last answer times out


def quicken() -> None:
    """Shorten lease and pauses in this process, and have letters attach a dummy for their PDF."""
    from letters.delivery import circuit_breaker, leases, notices, worker
    from letters.mail import backoff, messages

    for module in (leases, worker, notices):
        module.lease_length = lambda: LEASE  # type: ignore[attr-defined]
    backoff.FIRST_PAUSE = dt.timedelta(seconds=0.3)
    backoff.MAX_PAUSE = dt.timedelta(seconds=1.5)
    backoff.SERVER_PAUSE = dt.timedelta(seconds=0.5)
    circuit_breaker.FIRST_PAUSE, circuit_breaker.MAX_PAUSE = dt.timedelta(seconds=0.5), dt.timedelta(seconds=2)
    circuit_breaker.PROBE_LENGTH = LEASE
    messages.render_letter_pdf = lambda _text, **_options: b"%PDF-1.7 dummy"  # type: ignore[attr-defined]


def put_clock(seconds: int) -> None:
    """Put this process's clock forward (negative: back), as Django tells the time: a jump that no other process sees."""
    from django.utils import timezone

    right = timezone.now
    timezone.now = lambda: right() + dt.timedelta(seconds=seconds)
