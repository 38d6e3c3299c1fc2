"""The tutorial, done exactly as it says: its files, its vendor, its commands."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib

import pytest

from support.docs import ROOT, blocks, blocks_of
from support.docs_desk import commands
from support.server import ScriptedServer, json_

BLOCKS = list(blocks_of(ROOT / "docs" / "write-a-connector.md"))


def told(start):
    return [block for block in BLOCKS if block.told.startswith(start)]


def run(folder, *arguments):
    program = [sys.executable, *arguments]
    environ = os.environ | {"PYTHONPATH": str(folder), "ACME_KEY": "k-1234567890", "COLUMNS": "200"}
    return subprocess.run(
        program, cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The files of the page, installed as pip would: an entry point beside the module."""
    folder = tmp_path_factory.mktemp("acme")
    for block in told("file "):
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


@pytest.fixture(scope="module")
def vendor():
    [block] = told("answer of /api")
    body = json.loads(block.text)

    def answer(request):
        assert request.headers["authorization"] == "Bearer k-1234567890"
        seen = request.query.get("after") == [body["next"]]
        return json_(body | {"tickets": [] if seen else body["tickets"]})

    with ScriptedServer() as server:
        server.on(block.told.removeprefix("answer of "), answer)
        yield server


@pytest.fixture(scope="module")
def configured(folder, vendor):
    path = folder / "config.toml"
    text = path.read_text()
    path.write_text(re.sub(r'url = "[^"]+"', f'url = "{vendor.url}"', text))
    return folder


def deskpulse(folder, line):
    words = line.split()[1:]
    return run(folder, "-c", "from deskpulse.app.cli import main; main()", *words)


@pytest.mark.xdist_group("docs")
def test_every_step_works(configured):
    [block] = told("run with these files")
    lines = [line for line in commands(block.text) if line.startswith("deskpulse ")]
    assert len(lines) == 6
    for line in lines:
        done = deskpulse(configured, line)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        if line == "deskpulse plugins":
            assert "acme-deskpulse 0.1" in done.stdout
    for answer in told("answer of deskpulse"):
        done = deskpulse(configured, answer.told.removeprefix("answer of "))
        [row] = json.loads(done.stdout)["rows"]
        assert row | json.loads(answer.text) == row


@pytest.mark.xdist_group("docs")
def test_the_test_of_the_page_passes_and_can_fail(folder):
    check_that_it_bites(folder, "test_acme.py", '"done": "solved"', '"done": "open"')


@pytest.mark.xdist_group("docs")
def test_the_contract_of_the_page_passes_and_can_fail(folder):
    """A connector that ignores its cursor never comes to an end."""
    check_that_it_bites(folder, "test_acme_contract.py", "after=cursor", "after=None")


def check_that_it_bites(folder, tests, sound, broken):
    arguments = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", tests)
    done = run(folder, *arguments)
    assert done.returncode == 0, done.stdout
    module = folder / "acme_deskpulse.py"
    text = module.read_text()
    assert sound in text
    module.write_text(text.replace(sound, broken))
    try:
        assert run(folder, *arguments, "-x").returncode == 1
    finally:
        module.write_text(text)


def test_the_module_is_typed_and_documented(folder):
    spec = importlib.util.spec_from_file_location("acme_deskpulse", folder / "acme_deskpulse.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, field in module.Acme.Config.model_fields.items():
        assert field.description.endswith("."), name


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
