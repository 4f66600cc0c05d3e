"""QR codes, drawn here and embedded in the page, so that no third party sees what they hold."""

from __future__ import annotations

import base64
import re
from io import BytesIO


def render_qr(text: str) -> str:
    """Return a QR code as a data: image, which the Content Security Policy allows."""
    return "data:image/svg+xml;base64," + base64.b64encode(_write_svg(text)).decode()


def draw_qr(text: str) -> str:
    """Return a QR code as an SVG element, which takes the size that CSS gives it."""
    svg = _write_svg(text).decode()
    return re.sub(r' (width|height)="[^"]*mm"', "", svg[svg.index("<svg") :])


def _write_svg(text: str) -> bytes:
    import qrcode  # with Pillow 8 MB, for few pages
    from qrcode.image.svg import SvgPathFillImage

    code = qrcode.QRCode(image_factory=SvgPathFillImage, border=4)
    code.add_data(text)
    image = BytesIO()
    code.make_image().save(image)
    return image.getvalue()
