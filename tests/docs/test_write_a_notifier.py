"""The tutorial and the receiver's side of a webhook, done exactly as they say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib

import pytest

from deskpulse.clock import AsOf
from deskpulse_notifiers.webhook import Webhook
from deskpulse_notifiers.webhook.payload import body_of
from support.docs import ROOT, blocks_of
from support.messages import digest
from support.senders import NOW
from support.server import ScriptedServer, status

BLOCKS = list(blocks_of(ROOT / "docs" / "write-a-notifier.md"))


def run(folder, *arguments):
    environ = os.environ | {"PYTHONPATH": str(folder), "PAGER_KEY": "k-12345678", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The files of the page, installed as pip would: an entry point beside the module."""
    folder = tmp_path_factory.mktemp("pager")
    for block in BLOCKS:
        if block.told.startswith("file "):
            (folder / block.told.removeprefix("file ")).write_text(block.text)
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    info = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    entries = project["entry-points"]["deskpulse"].items()
    (info / "entry_points.txt").write_text(
        "[deskpulse]\n" + "".join(f"{name} = {module}\n" for name, module in entries)
    )
    return folder


def test_the_plugin_is_found_and_its_settings_load(folder):
    program = "from deskpulse.app.cli import main; main()"
    done = run(folder, "-c", program, "plugins")
    assert "pager-deskpulse 0.1" in done.stdout, done.stderr
    done = run(folder, "-c", program, "check")
    assert "pager" in done.stdout + done.stderr


def test_the_notifier_is_25_lines():
    [module] = [block.text for block in BLOCKS if block.told == "file pager_deskpulse.py"]
    body = module.partition("class Pager")[2].partition("@hookimpl")[0]
    code = [line for line in body.splitlines() if line.strip() and '"""' not in line]
    assert len(code) <= 25


@pytest.mark.parametrize(
    ("sound", "broken", "seen_by"),
    [
        ("", "", ""),
        ("raise problem", "pass", "test_a_refusal_is_rejected"),
        ("message.id,\n", '"the same",\n', "test_repeats_under_one_key"),
        ("text_of(message).encode()", "str(message.title).encode()", "test_delivers_every_part"),
        ("api_key: SecretStr", "api_key: str", "test_hides_its_secrets"),
    ],
)
def test_the_contract_of_the_page_passes_and_can_fail(folder, sound, broken, seen_by):
    module = folder / "pager_deskpulse.py"
    text = module.read_text()
    assert sound in text
    module.write_text(text.replace(sound, broken))
    try:
        arguments = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-rf")
        done = run(folder, *arguments, "test_pager.py")
        assert (done.returncode == 0) == (not seen_by), done.stdout
        assert seen_by in done.stdout
    finally:
        module.write_text(text)


# --- docs/notifiers/webhook.md ----------------------------------------------------------------

PAGE = list(blocks_of(ROOT / "docs" / "notifiers" / "webhook.md"))


@pytest.fixture(scope="module")
def is_genuine():
    [block] = [block for block in PAGE if block.language == "python"]
    names = {}
    exec(compile(block.text, block.page, "exec"), names)
    return names["is_genuine"]


def test_the_receivers_side_tells_ours_from_others(is_genuine):
    secret = "shared-secret-4711"
    with ScriptedServer() as server:
        server.queue(status(204))
        Webhook(Webhook.Config(url=server.url, secret=secret), AsOf(NOW)).send(digest())
        (request,) = server.requests
    names = ("Deskpulse-Timestamp", "Deskpulse-Signature")
    headers = {name: request.headers[name.lower()] for name in names}
    now = NOW.timestamp()
    assert is_genuine(headers, request.body, secret, now + 299)
    assert not is_genuine(headers, request.body, secret, now + 301)
    assert not is_genuine(headers, request.body, secret, now - 301)
    assert not is_genuine(headers, request.body + b" ", secret, now)
    assert not is_genuine(headers, request.body, "another-secret", now)
    later = headers | {names[0]: str(int(now) + 100)}
    assert not is_genuine(later, request.body, secret, now)
    for bad in ({}, headers | {names[0]: "abc"}, headers | {names[1]: "é"}):
        assert not is_genuine(bad, request.body, secret, now)


def test_the_body_on_the_page_has_the_keys_that_are_sent():
    [block] = [block for block in PAGE if block.language == "json"]
    shown, sent = json.loads(block.text), json.loads(body_of(digest()))
    assert shown.keys() == sent.keys()
    ours = {part["type"]: part.keys() for part in sent["parts"]}
    assert {part["type"]: part.keys() for part in shown["parts"]} == ours
    for name in ("figures", "tickets"):
        [one] = [part["items"][0] for part in shown["parts"] if part["type"] == name]
        [other] = [part["items"][0] for part in sent["parts"] if part["type"] == name]
        assert one.keys() == other.keys()
