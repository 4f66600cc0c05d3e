from __future__ import annotations

from pathlib import Path

import pytest

from campaign.core.trimming import list_words, trim_css


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        ("a{b:c}", "a{b:c}"),
        (".used{b:c}.unused{d:e}", ".used{b:c}"),
        (".used,.unused{b:c}", ".used{b:c}"),
        (".used .unused{b:c}", ""),
        ("p:not(.used,.also-used),.unused{b:c}", "p:not(.used,.also-used){b:c}"),
        ("p:not(.used,.unused){b:c}", ""),
        ("@media print{.used{b:c}.unused{d:e}}", "@media print{.used{b:c}}"),
        ("@media print{.unused{d:e}}", ""),
        ("@media print{@supports (a:b){.used{b:c}}}", "@media print{@supports (a:b){.used{b:c}}}"),
        ("@keyframes turn{from{b:c}}", "@keyframes turn{from{b:c}}"),
        ('@charset "UTF-8";a{b:url(c.png)}', '@charset "UTF-8";a{b:url(c.png)}'),
        ("/* said */.used{b:c}", ".used{b:c}"),
        (".unused-2\\:3{b:c}", ""),
    ],
)
def test_what_needs_an_unknown_class_goes(css: str, kept: str) -> None:
    assert trim_css(css, {"used", "also-used"}) == f"{kept}\n"


def test_words_are_those_of_all_files(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<p class="one two-three{% if x %} four{% endif %}">')
    (tmp_path / "b.js").write_text('toggle("five_6")')
    assert list_words(tmp_path.iterdir()) >= {"one", "two-three", "four", "five_6"}
