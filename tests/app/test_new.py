"""`deskpulse new`: each kind is written, built, installed offline, listed, and tested."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from deskpulse.app.scaffold import KINDS, write
from deskpulse.errors import ConfigError

RECORDS = [
    {
        "id": number,
        "subject": f"Printer {number}",
        "status": "open",
        "created_at": f"2026-01-0{number}T08:00:00Z",
        "updated_at": f"2026-01-0{number}T09:00:00Z",
        "requester_id": 77,
    }
    for number in (1, 2, 3)
]


def answer(after, rows, following, *, more):
    params = {} if after is None else {"params": {"after": after}}
    return {
        "path": "/api/tickets", **params,
        "json": {"tickets": rows, "next": following, "more": more},
    }  # fmt: skip


TAPE = json.dumps(
    [
        answer(None, RECORDS[:2], "c1", more=True),
        answer("c1", RECORDS[2:], "c2", more=False),
        answer("c2", [], "c2", more=False),
    ]
)
TICKET = 'row(ticket_id="1", created_at="2026-01-05T09:00", reopens=2)'

UNFINISHED = {
    "connector": "the tape holds no record of this stream; record some",
    "kpi": "value must be something",
    "rule": "nothing holds on `desk`; give it what the rule is there to find",
}


def finish(kind, folder):
    """What the author does next."""
    test = next(folder.glob("test_*.py"))
    text = test.read_text()
    if kind == "connector":
        (folder / "tape.json").write_text(TAPE)
    elif kind == "kpi":
        text = text.replace('"tickets": []', f'"tickets": [{TICKET}]').replace("None", "1")
    elif kind == "rule":
        text = text.replace("value=0", "value=101")
    test.write_text(text)


def run(folder, site, *arguments):
    path = os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=os.environ | {"PYTHONPATH": path},
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """One plugin of each kind, called as its kind, and the folder into which pip put them."""
    place = tmp_path_factory.mktemp("plugins")
    folders = {kind: write(kind, f"my_{kind}", place)[0].parent for kind in KINDS}
    site = place / "site"
    offline = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet")
    paths = [str(folder) for folder in folders.values()]
    done = run(place, site, "-m", "pip", "install", *offline, "--target", str(site), *paths)
    assert done.returncode == 0, done.stderr
    return folders, site


def test_what_is_installed_is_listed(installed):
    folders, site = installed
    main = "from deskpulse.app.cli import main; main()"
    listed = run(site, site, "-c", main, "plugins", "--json")
    plugins = {one["name"]: one for one in json.loads(listed.stdout)}
    for kind in folders:
        assert not plugins[f"my_{kind}"]["broken"]
        assert plugins[f"my_{kind}"]["distribution"].startswith(f"deskpulse-my-{kind}")


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_plugin_is_tested(kind, installed):
    folders, site = installed
    folder = folders[kind]
    pytest_ = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", ".")
    if kind in UNFINISHED:
        done = run(folder, site, *pytest_)
        assert done.returncode == 1, done.stdout
        assert UNFINISHED[kind] in done.stdout
        finish(kind, folder)
    done = run(folder, site, *pytest_)
    assert done.returncode == 0, done.stdout


def test_it_overwrites_nothing_and_says_what_it_allows(tmp_path):
    write("kpi", "mine", tmp_path)
    with pytest.raises(ConfigError, match="exists already"):
        write("rule", "mine", tmp_path)
    with pytest.raises(ConfigError, match="connector, kpi, notifier, rule"):
        write("report", "other", tmp_path)
    for name in ("Acme", "acme-desk", "1st", "a__b", "testing", "../up"):
        with pytest.raises(ConfigError, match="cannot be the name"):
            write("kpi", name, tmp_path)


def test_the_verb_lists_what_it_wrote(tmp_path):
    from support.program import invoke

    done = invoke("new", "notifier", "pager", "--into", str(tmp_path), "--json")
    assert done.code == 0, done.err
    files = json.loads(done.out)["files"]
    assert {path.rpartition("/")[2] for path in files} == {
        "README.md", "pyproject.toml", "deskpulse_pager.py", "test_deskpulse_pager.py",
    }  # fmt: skip
