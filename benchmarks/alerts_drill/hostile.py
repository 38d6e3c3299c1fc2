"""What customers may write, from the store through rule, outbox and every notifier."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.alerts_drill.desk import DIGEST, Desk
from benchmarks.alerts_drill.row import Row
from benchmarks.alerts_drill.sinks import TOKEN, Sinks
from deskpulse.testing.notifying.markup import mischief
from support.hostile import HOSTILE

BEGIN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NOTIFIERS = ("team", "lead", "screen", "hook", "cards", "pager")
PREVIEWS = {"slack": "mrkdwn", "email": "plain", "terminal": "plain", "webhook": "plain"}
LIMITS = {"cards": 28_000, "pager": 512_000, "hook": 1_000_000}
"""Bytes of a body: Teams, PagerDuty, and what a modest receiver takes."""


class _Ear(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bodies: list[tuple[str, bytes]] = []


class _Handler(BaseHTTPRequestHandler):
    server: _Ear

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append((self.path.split("/")[1], body))
        answer = b'{"status":"success","message":"Event processed","dedup_key":"x"}'
        self.send_response(202)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        pass


def hostile(folder: Path, _dice: Random) -> Row:
    """Every text as a ticket's subject; every notifier; digests and previews."""
    row, began = Row("hostile subjects, every notifier"), time.monotonic()
    ear = _Ear()
    threading.Thread(target=ear.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    with Sinks(folder / "sinks") as sinks:
        desk = Desk(folder, tolerated=1)  # no store keeps a lone surrogate
        more = _others(folder, f"http://127.0.0.1:{ear.server_port}")
        names = ", ".join(f'"{name}"' for name in NOTIFIERS)
        desk.configure(sinks.settings(), more + DIGEST.format(at="06:00"), to=names)
        desk.once(BEGIN - timedelta(days=1))
        for _, text in HOSTILE:
            desk.open(BEGIN - timedelta(minutes=31), text)
        now = desk.settle(BEGIN)
        stored = {key for (key,) in desk.ask("SELECT id FROM ticket")}
        now = desk.settle(now + timedelta(days=1))
        heard = _heard(desk, sinks, ear)
        for name in NOTIFIERS:
            row.expected += len(stored)
            missing = stored - heard[name]
            row.lost += len(missing)
            row.must(not missing, f"{name} never heard of {sorted(missing)[:3]}")
        row.must(len(stored) >= len(HOSTILE) - 1, f"{len(HOSTILE) - len(stored)} were not stored")
        found = [*_found(sinks, ear), *_previewed(desk, now)]
        row.must(not found, f"{len(found)} escapes: {found[:2]}")
        row.must(not sinks.slack.violations, f"Slack would refuse: {sinks.slack.violations[:1]}")
        states = desk.states()
        row.must(set(states) == {"sent"}, f"the outbox holds {states}")
    ear.shutdown()
    ear.server_close()
    row.beside = f"{len(stored)} texts x {len(NOTIFIERS)} notifiers, {len(PREVIEWS)} previews"
    row.seconds = time.monotonic() - began
    return row


def _others(folder: Path, address: str) -> str:
    for name, secret in (
        ("hook-url", f"{address}/hook"),
        ("cards-url", f"{address}/cards"),
        ("key", "k" * 32),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(secret, encoding="utf-8")
        (folder / name).chmod(0o600)
    return f"""
[notifiers.screen]
use = "console"
[notifiers.hook]
use = "webhook"
url = {{ file = "{folder / "hook-url"}" }}
secret = {{ file = "{folder / "key"}" }}
[notifiers.cards]
use = "teams"
url = {{ file = "{folder / "cards-url"}" }}
[notifiers.pager]
use = "pagerduty"
routing_key = {{ file = "{folder / "key"}" }}
url = "{address}/pager"
"""


def _heard(desk: Desk, sinks: Sinks, ear: _Ear) -> dict[str, set[str]]:
    heard: dict[str, set[str]] = {name: set() for name in NOTIFIERS}
    for arrival in sinks.arrivals:
        heard["team" if arrival.sink == "slack" else "lead"] |= arrival.tokens
    for name, body in ear.bodies:
        heard[name] |= set(TOKEN.findall(body.decode()))
    heard["screen"] = set(TOKEN.findall(desk.log.read_text("utf-8", "replace")))
    return heard


def _found(sinks: Sinks, ear: _Ear) -> list[str]:
    """What in any message would do more than be read, or is too long."""
    found = []
    for _, payload, _ in sinks.slack.taken:
        found += mischief("mrkdwn", json.dumps(payload))
    for received in sinks.mail.received:
        mail = received.mail
        text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
        found += mischief("plain", text) + mischief("html", html)
        if mail["Bcc"] or len(mail.get_all("To", [])) != 1:
            found.append("a mail has a header more")
        if len(html.encode()) > 80 * 1024:
            found.append(f"a mail's HTML has {len(html.encode()):,} bytes")
    for name, body in ear.bodies:
        found += mischief("plain", body.decode())
        for text in _marked_down(json.loads(body)):
            found += mischief("markdown", json.dumps([text]))
        if len(body) > LIMITS[name]:
            found.append(f"{name} was sent {len(body):,} bytes")
    return found


def _marked_down(card: Any) -> list[str]:
    """Texts that Teams reads as Markdown: those of a TextBlock, and not those of a TextRun."""
    if isinstance(card, list):
        return [text for each in card for text in _marked_down(each)]
    if not isinstance(card, dict):
        return []
    own = [str(card["text"])] if card.get("type") == "TextBlock" else []
    return own + [text for each in card.values() for text in _marked_down(each)]


def _previewed(desk: Desk, now: datetime) -> list[str]:
    """Each preview as the program prints it."""
    program = Path(sys.executable).with_name("deskpulse")
    found = []
    for name, reads in PREVIEWS.items():
        command = [program, "-c", desk.config, "--as-of", f"{now:%Y-%m-%dT%H:%M:%SZ}"]
        verb = ["digest", "morning", "--preview", name]
        done = subprocess.run([*command, *verb], capture_output=True, text=True, check=False)
        if done.returncode or "Case-" not in done.stdout:
            found.append(f"--preview {name} ends with {done.returncode}: {done.stderr[-200:]}")
        if name != "email":  # its HTML part is judged where it arrives
            found += mischief(reads, done.stdout)  # type: ignore[arg-type]
    return found
