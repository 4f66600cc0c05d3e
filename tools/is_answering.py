"""The image's HEALTHCHECK: exit code 0 if the web server in this container answers, also with "not ok".

What is wrong elsewhere, such as the mail server, is not mended by starting the web server again. For the whole site's
health ask for /health/ from outside.
"""

from __future__ import annotations

import http.client
import sys

ANSWERS = (200, 503)
SECONDS = 10


def is_answering(port: int = 8000) -> bool:
    """Ask as the proxy does."""
    connection = http.client.HTTPConnection("localhost", port, timeout=SECONDS)
    try:
        connection.request("GET", "/health/", headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"})
        return connection.getresponse().status in ANSWERS
    except (OSError, http.client.HTTPException):
        return False


if __name__ == "__main__":
    sys.exit(0 if is_answering() else 1)
