"""Makes small pictures of what is uploaded: decoded and drawn anew, so that nothing else in the file is passed on."""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass

from django.utils.translation import gettext as _

MAX_BYTES = 12_000  # what a page pays for a picture
MAX_UPLOAD = 1_500_000
MAX_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
QUALITIES = (82, 74, 66, 58, 50, 42, 34)
MIN_WIDTH = 120  # narrower than this a picture shows nothing


class PictureError(Exception):
    """This cannot be shown as a picture; the message says why and what to do."""


@dataclass(frozen=True)
class Picture:
    """A WebP picture of at most MAX_BYTES."""

    content: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()[:16]


def make_picture(data: bytes, width: int, ratio: float) -> Picture:
    """Return the picture cut to the ratio of width to height and at most this wide, in as good a quality as fits.

    Raises PictureError.
    """
    from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

    if len(data) > MAX_UPLOAD:
        raise PictureError(_("This file is larger than 1.5 MB. Save the picture smaller, then choose it again."))
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint sets it for its whole process, and half a picture would do
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise PictureError(_("This picture has too many pixels. Save it smaller, then choose it again."))
                image = ImageOps.exif_transpose(opened).convert("RGB")
    except PictureError:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(_("This is not a picture that we can read. Choose a JPEG, PNG or WebP file.")) from error
    except (OSError, ValueError, SyntaxError) as error:  # a damaged file
        raise PictureError(_("This picture is damaged. Save it again, then choose it again.")) from error
    width = min(width, image.width, int(image.height * ratio))
    while width >= MIN_WIDTH:
        size = (width, round(width / ratio))
        drawn = ImageOps.fit(image, size, Image.Resampling.LANCZOS)
        for quality in QUALITIES:
            file = io.BytesIO()
            drawn.save(file, "WEBP", quality=quality, method=6)
            if file.tell() <= MAX_BYTES:
                return Picture(file.getvalue(), *size)
        width = width * 3 // 4
    raise PictureError(_("This picture is too small. Choose one that is at least 200 pixels wide."))
