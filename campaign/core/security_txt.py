"""security.txt: to whom to report a vulnerability (RFC 9116)."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe


def is_security_contact_good() -> bool:
    expires: dt.date | None = settings.SECURITY_EXPIRES
    return bool(settings.SECURITY_CONTACT) and expires is not None and expires >= timezone.localdate()


@require_safe
def show_security_txt(request: HttpRequest) -> HttpResponse:
    """Show the file; 404 while the operator has set no contact. An expired one says so itself."""
    if not settings.SECURITY_CONTACT or settings.SECURITY_EXPIRES is None:
        raise Http404
    contact = settings.SECURITY_CONTACT
    lines = [
        f"Contact: {contact if ':' in contact else f'mailto:{contact}'}",
        f"Expires: {settings.SECURITY_EXPIRES:%Y-%m-%d}T23:59:59Z",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
