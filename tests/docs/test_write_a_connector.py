"""The tutorial, done exactly as it says: its blocks are the example's files, and a real tracker."""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec

import pytest

from support.docs import ROOT, blocks, blocks_of
from support.docs_desk import commands

BLOCKS = list(blocks_of(ROOT / "docs" / "write-a-connector.md"))
EXAMPLE = ROOT / "examples" / "deskpulse-roundup"
WHOLE = {
    "deskpulse_roundup.py",
    "pyproject.toml",
    "config.toml",
    "record.py",
    "test_roundup_contract.py",
    "test_against_roundup.py",
}
"""Files of which the page shows every line; of others it shows parts."""

pytestmark = pytest.mark.xdist_group("docs")


def told(start):
    return [block for block in BLOCKS if block.told.startswith(start)]


def run(folder, *arguments, **environ):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "200", **environ},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The example in a folder of its own, installed by pip."""
    folder = tmp_path_factory.mktemp("roundup") / "example"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    offline = ("--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check")
    done = run(folder, "-m", "pip", "install", "--quiet", *offline, "--target", folder, folder)
    assert done.returncode == 0, done.stderr
    assert (folder / "deskpulse_roundup-0.1.dist-info").is_dir()
    return folder


@pytest.fixture(scope="module")
def tracker(folder):
    """A real tracker with the example's small desk in it; skips with the reason if there is none."""
    if find_spec("roundup") is None:
        pytest.skip("no Roundup: pip install roundup")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        from record import tell
        from roundup_tracker import tracker

        with tracker() as running:
            tell(running)
            yield running
    for name in ("record", "roundup_tracker", "deskpulse_roundup"):
        sys.modules.pop(name, None)


def test_the_blocks_are_the_files_of_the_example():
    shown = {}
    [config] = [
        each for each in blocks_of(EXAMPLE / "README.md") if each.told == "file config.toml"
    ]
    assert config.text == (EXAMPLE / "config.toml").read_text(encoding="utf-8")
    for block in told("file "):
        shown.setdefault(block.told.removeprefix("file "), []).append(block.text)
    assert not WHOLE - set(shown)
    for name, parts in shown.items():
        rest = (EXAMPLE / name).read_text(encoding="utf-8")
        for part in parts:
            before, found, rest = rest.partition(part)
            assert found, f"{name} does not go on with:\n{part}"
            assert name not in WHOLE or not before.strip(), f"the page leaves out:\n{before}"
        assert name not in WHOLE or not rest.strip(), f"the page leaves out:\n{rest}"


def test_the_row_of_the_page_is_of_the_shape_that_roundup_answers():
    [block] = told("row of issue")
    shown = json.loads(block.text)
    tape = json.loads((EXAMPLE / "tape.json").read_text())
    answer = next(each["json"] for each in tape if each["path"] == "/rest/data/issue")
    rows = {row["id"]: row for row in answer["data"]["collection"]}
    assert _shape(shown) == _shape(rows[shown["id"]])


def _shape(value):
    """Keys and types; of a list those of its first item."""
    if isinstance(value, dict):
        return {key: _shape(each) for key, each in value.items()}
    return [_shape(each) for each in value[:1]] if isinstance(value, list) else type(value)


def test_every_step_works(folder, tracker):
    path = folder / "config.toml"
    path.write_text(re.sub(r'url = "[^"]+"', f'url = "{tracker.url}"', path.read_text()))

    def deskpulse(line):
        program = ("-c", "from deskpulse.app.cli import main; main()")
        return run(folder, *program, *line.split()[1:], ROUNDUP_PASSWORD=tracker.password)

    [block] = told("run with these files")
    lines = [line for line in commands(block.text) if line.startswith("deskpulse ")]
    assert len(lines) == 6
    for line in lines:
        done = deskpulse(line)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        if line == "deskpulse plugins":
            assert "deskpulse-roundup 0.1" in done.stdout
    for answer in told("answer of deskpulse"):
        done = deskpulse(answer.told.removeprefix("answer of "))
        [row] = json.loads(done.stdout)["rows"]
        assert row | json.loads(answer.text) == row


PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")


def test_the_contract_passes_and_can_fail(folder):
    """The quality card runs the contract; its ten rows hold, one by a reason."""
    program = ("-c", "from deskpulse.app.cli import main; main()")
    done = run(folder, *program, "plugins", "--quality", "roundup", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    [card] = json.loads(done.stdout)
    rows = {row["name"]: row for row in card["rows"]}
    assert {name for name, row in rows.items() if row["answer"] != "yes"} == {"limits"}
    assert "TestRoundup: 28 passed" in rows["contract"]["text"]
    module = folder / "deskpulse_roundup.py"
    text = module.read_text()
    sound = "since and since + '+0000'"
    assert sound in text
    module.write_text(text.replace(sound, "''"))  # a connector that ignores its cursor
    try:
        assert run(folder, *PYTEST, "test_roundup_contract.py", "-k", "resumes").returncode == 1
    finally:
        module.write_text(text)


def test_it_reads_a_real_tracker(folder, tracker):
    done = run(folder, *PYTEST, "test_against_roundup.py")
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout


@pytest.mark.parametrize(
    "block",
    [b for b in blocks("python") if b not in BLOCKS and not b.told.startswith("file ")],
    ids=str,
)
def test_python_on_other_pages_runs_beside_the_tutorials_files(folder, block):
    path = folder / "other_page.py"
    path.write_text(block.text)
    done = run(folder, str(path))
    assert done.returncode == 0, done.stderr
