"""From which address a request comes. Used to count and to lock out; nothing else keeps it."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def find_address(request: HttpRequest) -> str:
    """Return the visitor's IP address, without guessing.

    Each proxy of one's own adds one entry at the right of X-Forwarded-For: the PROXY_COUNTth from there was written
    by the outermost of them. Whatever is further left comes from the visitor and may be invented.
    """
    near: str = request.META.get("REMOTE_ADDR", "")
    count: int = settings.PROXY_COUNT
    entries = [entry.strip() for entry in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if count < 1 or len(entries) < count:
        return near
    try:
        return str(ip_address(entries[-count]))
    except ValueError:
        return near
