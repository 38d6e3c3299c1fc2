"""Makes what the README shows of the demonstration: the pictures of its report, and its outputs.

`PYTHONPATH=tests python -m support.docs_pictures` writes them anew; it needs Chromium.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from support.docs import ROOT, blocks
from support.docs_desk import Desk, desk, shown

IMAGES = ROOT / "docs" / "images"
SIZE = "1120,1010"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def take(report: Path, picture: Path, *, dark: bool) -> None:
    """Photograph a report with a headless browser that stays on this machine."""
    browser = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if browser is None:
        sys.exit("Chromium is missing: apt-get install chromium")
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--hide-scrollbars",
        f"--window-size={SIZE}",
        f"--screenshot={picture}",
        *(["--blink-settings=preferredColorScheme=0"] if dark else []),
    ]
    subprocess.run([browser, *options, report.as_uri()], check=True, capture_output=True)


def show_outputs(ready: Desk) -> None:
    """Put each command's present output into the block that shows it."""
    start = "output of "
    for block in blocks("text"):
        if not block.told.startswith(start):
            continue
        page = ROOT / block.page
        done = ready.run(block.told.removeprefix(start))
        assert done.code == 0, done.err
        head = f"<!-- test: {block.told} -->\n```text\n"
        text = page.read_text(encoding="utf-8")
        page.write_text(
            text.replace(f"{head}{block.text}```", f"{head}{shown(done.out)}```"), encoding="utf-8"
        )


def main() -> None:
    """Write pictures and outputs."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, desk(Path(folder)) as ready:
        show_outputs(ready)
        report = Path(folder) / "report.html"
        done = ready.run("deskpulse report --format html -o report.html")
        assert done.code == 0, done.err
        for name, dark in (("light", False), ("dark", True)):
            take(report, IMAGES / f"report-{name}.png", dark=dark)


if __name__ == "__main__":
    main()
