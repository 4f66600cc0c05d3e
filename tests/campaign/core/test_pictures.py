"""What is uploaded as a picture becomes a small one, or a sentence that says what to do."""

from __future__ import annotations

import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFile

from campaign.core.pictures import MAX_BYTES, MAX_UPLOAD, PictureError, make_picture


def draw(width: int = 900, height: int = 700, kind: str = "JPEG", **options: object) -> bytes:
    """A picture that is hard to compress."""
    noise = Image.frombytes(
        "RGB", (width // 4, height // 4), random.Random(1).randbytes(width // 4 * (height // 4) * 3)
    )
    file = io.BytesIO()
    noise.resize((width, height)).save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_cut_made_small_and_light(kind: str) -> None:
    made = make_picture(draw(kind=kind), 640, 16 / 9)
    assert len(made.content) <= MAX_BYTES
    assert made.width <= 640
    assert made.height == round(made.width * 9 / 16)
    with Image.open(io.BytesIO(made.content)) as image:
        assert (image.format, image.size) == ("WEBP", (made.width, made.height))
    assert made == make_picture(draw(kind=kind), 640, 16 / 9), "the same picture has the same address"


def test_a_small_picture_is_not_made_larger() -> None:
    assert make_picture(draw(200, 200), 240, 1.0).width == 200


def test_where_it_was_taken_is_not_passed_on_and_a_turned_picture_is_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "at home"
    plain = Image.new("RGB", (400, 400), "white")
    plain.paste("black", (0, 0, 400, 200))
    file = io.BytesIO()
    plain.save(file, "JPEG", exif=exif)
    made = make_picture(file.getvalue(), 240, 1.0)
    assert b"at home" not in made.content
    with Image.open(io.BytesIO(made.content)) as image:
        assert not image.getexif()
        grey = image.convert("L").tobytes()
    left, right = grey[120 * 240 + 10], grey[120 * 240 + 230]
    assert left > 200
    assert right < 50


def test_half_a_picture_is_refused_where_pdfs_are_made_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """WeasyPrint has Pillow take damaged pictures, for all of its process."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    with pytest.raises(PictureError, match="damaged"):
        make_picture(draw()[:3000], 240, 1.0)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        (draw()[:3000], "damaged"),
        (draw(80, 80), "too small"),
        (b"\xff" * (MAX_UPLOAD + 1), "larger than 1.5 MB"),
    ],
)
def test_what_is_no_picture_says_what_to_do(data: bytes, says: str) -> None:
    with pytest.raises(PictureError, match=says):
        make_picture(data, 640, 1.0)


def test_a_small_file_with_far_too_many_pixels_is_refused() -> None:
    file = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(file, "PNG")
    with pytest.raises(PictureError):
        make_picture(file.getvalue(), 640, 1.0)


@given(st.binary(max_size=200), st.integers(0, 2000))
def test_any_damage_is_a_refusal_or_a_picture(junk: bytes, at: int) -> None:
    sound = draw(300, 300)
    try:
        made = make_picture(sound[:at] + junk + sound[at + len(junk) :], 240, 1.0)
    except PictureError:
        return
    assert len(made.content) <= MAX_BYTES
