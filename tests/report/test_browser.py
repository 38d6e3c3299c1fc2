"""The page in a real browser: it fetches nothing, runs nothing and complains about nothing."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deskpulse_reports.report import html_page
from support.reporting import hostile_report, report

CHROMIUM = next(
    (
        found
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (found := shutil.which(name))
    ),
    None,
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium found on this machine")


@dataclass
class Site:
    """A server on loopback that hands out one page and remembers what was asked for."""

    pages: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    port: int = 0


@pytest.fixture
def site() -> Iterator[Site]:
    here = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            here.asked.append(self.path)
            body = here.pages.get(self.path, "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield here
    server.shutdown()
    server.server_close()
    thread.join()


def visit(site: Site, page: str, profile: Path) -> tuple[str, list[str]]:
    """The page's DOM after loading, and the browser's console."""
    site.pages["/report"] = page
    done = subprocess.run(
        [
            *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
            *("--disable-background-networking", "--disable-component-update", "--no-first-run"),
            *("--virtual-time-budget=2000", "--enable-logging=stderr", "--v=0"),
            *(f"--user-data-dir={profile}", "--dump-dom", f"http://127.0.0.1:{site.port}/report"),
        ],
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    return done.stdout, [line for line in done.stderr.splitlines() if ":CONSOLE" in line]


def test_the_check_sees_requests_and_scripts(site, tmp_path):
    bait = "<html><link rel=icon href='data:,'><img src=/pixel><script>console.error('x')</script></html>"
    _, console = visit(site, bait, tmp_path)
    assert "/pixel" in site.asked
    assert console


def test_a_report_asks_for_nothing_and_is_silent(site, tmp_path):
    dom, console = visit(site, html_page.render(report()), tmp_path)
    assert site.asked == ["/report"]
    assert console == []
    assert "How this is measured" in dom


def test_hostile_text_asks_for_nothing_and_runs_nothing(site, tmp_path):
    address = f"http://127.0.0.1:{site.port}/evil"
    text = (
        f'</title></style></svg></script><img src={address} onerror="console.error(1)">'
        f"<script>console.error(2)</script><svg/onload=console.error(3)>\"' onload='console.error(4)"
        f"<link rel=stylesheet href={address}><style>@import '{address}'</style>"
    )
    dom, console = visit(site, html_page.render(hostile_report(text)), tmp_path)
    assert site.asked == ["/report"]
    assert console == []
    assert "<img" not in dom
    assert "<script" not in dom
