"""Headers on every response, including refusals before a view is reached."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from campaign.core.logs import SECRET_PATH

# What a page could ask a browser for, and none of ours does. They share by the phone's own sheet, and no more.
FEATURES = (
    "accelerometer", "ambient-light-sensor", "attribution-reporting", "autoplay", "bluetooth", "browsing-topics",
    "camera", "compute-pressure", "display-capture", "encrypted-media", "fullscreen", "gamepad", "geolocation",
    "gyroscope", "hid", "identity-credentials-get", "idle-detection", "join-ad-interest-group", "keyboard-map",
    "local-fonts", "magnetometer", "microphone", "midi", "otp-credentials", "payment", "picture-in-picture",
    "publickey-credentials-create", "publickey-credentials-get", "run-ad-auction", "screen-wake-lock", "serial",
    "storage-access", "usb", "window-management", "xr-spatial-tracking",
)  # fmt: skip
PERMISSIONS_POLICY = ", ".join([*(f"{feature}=()" for feature in FEATURES), "web-share=(self)"])


# Everything below a secret link, whether a page, an error or the redirect that adds a slash.
SECRET = {"Cache-Control": "no-store, private", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
LOST_LINK = "/letter/lost/"  # its form needs the referrer


class HeadersMiddleware:
    """First of all middleware, so that what Django's own answers (a wrong host, a redirect) has them too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add missing headers; a view may set stricter ones."""
        response = self.get_response(request)
        if SECRET_PATH.match(request.path) and request.path != LOST_LINK:
            for name, value in SECRET.items():
                response[name] = value
        if response.status_code >= 400:  # browsers and proxies may otherwise cache a 404 indefinitely
            response.headers.setdefault("Cache-Control", "no-cache, private")
        headers = {
            "Permissions-Policy": PERMISSIONS_POLICY,
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        }
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response
