"""Every command in the documentation works."""

import configparser
import json

import pytest

from support.commands import understood
from support.docs import blocks
from support.docs_desk import Desk, commands, shown

pytestmark = pytest.mark.xdist_group("docs")

OUTPUT, SHAPE = "output of ", "shape of "
EXAMPLES = "examples/"  # their data is not here; their own tests run them


def told(start, *languages):
    return [block for block in blocks(*languages) if block.told.startswith(start)]


@pytest.mark.parametrize(
    "block",
    [b for b in blocks("sh", "bash") if not b.told and not b.page.startswith(EXAMPLES)],
    ids=str,
)
def test_every_command_runs(desk, block):
    # `init` is shown among others on the README, and would refuse a folder that has a configuration
    text = block.text.replace("deskpulse init\n", "")
    for line, done in desk.run_block(text):
        assert done.code == 0, f"{line}\n{done.out}\n{done.err}"


@pytest.mark.parametrize("block", told("run in an empty folder", "sh"), ids=str)
def test_commands_for_newcomers_run(tmp_path, block):
    for line, done in Desk(tmp_path).run_block(block.text):
        assert done.code == 0, f"{line}\n{done.out}\n{done.err}"


def test_init_asks_what_it_is_not_told(tmp_path):
    from typer.testing import CliRunner

    from deskpulse.app.cli import app

    config = str(tmp_path / "config.toml")
    answers = "files\nAcme\ndata/*.ndjson\nUTC\nmon-fri 09:00-17:00\nconsole"
    result = CliRunner().invoke(app, ["-c", config, "init"], input=answers + "\n")
    assert 'use = "files"' in (tmp_path / "config.toml").read_text(), result.output


@pytest.mark.parametrize(
    "block",
    [
        b
        for b in blocks("sh", "bash", "console")
        if b.page.startswith(EXAMPLES) or b.language == "console"
    ],
    ids=str,
)
def test_what_is_not_run_is_at_least_understood(block):
    for line in commands(block.text):
        program = line.split()[0].rpartition("/")[2]
        if program == "deskpulse":
            understood(line)
        assert program in {
            "deskpulse", "git", "cd", "python3", "pip", "sudo", "journalctl", "export", "createuser",
            "createdb", "sqlite3",
        }, line  # fmt: skip


def test_the_service_starts_a_command_that_exists():
    found = blocks("ini")
    assert found
    for block in found:
        unit = configparser.ConfigParser(strict=True)
        unit.optionxform = str
        unit.read_string(block.text)
        assert set(unit) >= {"Unit", "Service", "Install"}
        understood(unit["Service"]["ExecStart"])


def test_cron_starts_a_command_that_exists():
    found = blocks("cron")
    assert found
    for block in found:
        for line in commands(block.text):
            *times, rest = line.split(maxsplit=5)
            assert len(times) == 5
            understood(rest.rpartition("&& ")[2])


@pytest.mark.parametrize("block", told(OUTPUT, "text"), ids=str)
def test_output_is_as_shown(desk, block):
    done = desk.run(block.told.removeprefix(OUTPUT))
    assert done.code == 0, done.err
    assert block.text == shown(done.out)


@pytest.mark.parametrize("block", told(SHAPE, "json"), ids=str)
def test_json_has_the_keys_that_are_shown(desk, block):
    done = desk.run(block.told.removeprefix(SHAPE))
    assert done.code == 0, done.err
    assert_same_keys(json.loads(block.text), json.loads(done.out))


FREE = {"dims", "records", "contributes", "counts", "replaced"}
"""Objects whose keys are data."""


def assert_same_keys(page, came, place="$"):
    """The keys of a page's JSON are those that came; of a list, those of all its items."""
    if isinstance(page, dict):
        assert set(page) == set(came), place
        for key in page.keys() - FREE:
            assert_same_keys(page[key], came[key], f"{place}.{key}")
    elif isinstance(page, list) and page:
        assert came, f"{place} is empty"
        merged = came[0]
        if isinstance(page[0], dict):
            merged = {key: value for item in came for key, value in item.items()}
        assert_same_keys(page[0], merged, f"{place}[]")
    elif page is not None and came is not None:
        assert _kind(page) == _kind(came), place


def _kind(value):
    return "number" if type(value) in (int, float) else type(value).__name__
