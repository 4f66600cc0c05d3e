"""The visitor's IP address. Used for rate limits and lockouts; nothing else keeps it."""

from __future__ import annotations

import logging
from functools import cache
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

logger = logging.getLogger(__name__)


def get_client_ip(request: HttpRequest) -> str:
    """Return the visitor's IP address.

    Each of the operator's proxies adds one entry at the right of X-Forwarded-For: the PROXY_COUNTth from there was
    written by the outermost of them. Entries further left come from the visitor and may be invented.

    A request without such an entry counts as its proxy's: nobody avoids a limit that way, but all of them share it.
    """
    near: str = request.META.get("REMOTE_ADDR", "")
    count: int = settings.PROXY_COUNT
    if count < 1:
        return near
    entries = [entry.strip() for entry in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    try:
        return str(ip_address(entries[-count]))
    except (IndexError, ValueError):
        warn_of_proxy(count)
        return near


@cache
def warn_of_proxy(count: int) -> None:
    logger.warning(
        "X-Forwarded-For is not what PROXY_COUNT expects (entries: %s), so visitors count as the proxy and share their "
        "limits. Have the proxy set it: docs/operators.md, The proxy.",
        count,
    )
