"""Is a letter's PDF made as quickly as it can be? Run: python -m benchmarks.pdf [--memory]

Compares `render_letter_pdf` with WeasyPrint as its tutorial has it (a linked stylesheet, @font-face on the whole
font file, everything read anew for every letter), in turns in one process. Exits 1 if a gate is missed:
at most 0.70 of the time, and with --memory less than 20 MB of growth over 3,000 letters.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GATE_RATIO = 0.70
GATE_GROWTH_MB = 20
GELASIO = ROOT / "node_modules" / "@expo-google-fonts" / "gelasio"
WHOLE_FONTS = {
    "Gelasio-Regular.ttf": "400Regular/Gelasio_400Regular.ttf",
    "Gelasio-Italic.ttf": "400Regular_Italic/Gelasio_400Regular_Italic.ttf",
    "Gelasio-Bold.ttf": "700Bold/Gelasio_700Bold.ttf",
}


def make_naive(folder: Path) -> Callable[[str], bytes]:
    """Return the tutorial's way: HTML with a linked stylesheet, which names the whole fonts."""
    from weasyprint import HTML

    css = "".join((ROOT / "static" / "letter" / name).read_text() for name in ("letter.css", "print.css"))
    for name, file in WHOLE_FONTS.items():
        css = css.replace(f"letter:{name}", (GELASIO / file).as_uri())
    (folder / "letter.css").write_text(css)

    def render(html: str) -> bytes:
        linked = html.replace("</head>", '<link rel="stylesheet" href="letter.css"></head>')
        pdf: bytes = HTML(string=linked, base_url=f"{folder}/").write_pdf(pdf_variant="pdf/ua-1")
        return pdf

    return render


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes, in milliseconds of this process's CPU time (the machine may be busy)."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def compare(runs: int) -> bool:
    """Print both times and their ratio; return whether the gate is kept."""
    from letters.rendering.pdf import render_letter_html, render_letter_pdf
    from tests.letters.samples import make_letter

    letter = make_letter()
    with tempfile.TemporaryDirectory() as folder:
        naive = make_naive(Path(folder))
        ours_times, naive_times = [], []
        for run in range(runs + 3):
            pair = (
                milliseconds(lambda: render_letter_pdf(letter)),
                milliseconds(lambda: naive(render_letter_html(letter))),
            )
            if run >= 3:  # the first ones import and warm up
                ours_times.append(pair[0])
                naive_times.append(pair[1])
    # A busy machine only ever adds time, so the lower quartile says more than the mean.
    ours, naively = (statistics.quantiles(times, n=4)[0] for times in (ours_times, naive_times))
    ratio = ours / naively
    print(f"ours {ours:.1f} ms, naive {naively:.1f} ms, ratio {ratio:.2f} (gate {GATE_RATIO:.2f})")
    return ratio <= GATE_RATIO


def resident_mb() -> float:
    """Return the resident memory of this process in MB."""
    found = re.search(r"VmRSS:\s+([0-9]+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def measure_growth(letters: int) -> bool:
    """Print how much memory grows over so many different letters; return whether the gate is kept."""
    from letters.rendering.pdf import render_letter_pdf
    from tests.letters.samples import make_letter

    letter = make_letter()
    for number in range(50):  # what is read once
        render_letter_pdf(dataclasses.replace(letter, reference=f"WARM-{number:04}"))
    before = resident_mb()
    for number in range(letters):
        render_letter_pdf(dataclasses.replace(letter, reference=f"{number:04}-TEST", sender_name=f"Sender {number}"))
    growth = resident_mb() - before
    print(f"memory {before:.0f} MB, grown by {growth:.1f} MB over {letters} letters (gate {GATE_GROWTH_MB})")
    return growth < GATE_GROWTH_MB


def main() -> int:
    """Run what is asked for; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=40, help="letters each way (default 40)")
    parser.add_argument("--memory", action="store_true", help="measure memory instead, over --letters")
    parser.add_argument("--letters", type=int, default=3000)
    options = parser.parse_args()

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    kept = measure_growth(options.letters) if options.memory else compare(options.runs)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
