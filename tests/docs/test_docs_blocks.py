"""Every block of the documentation that is not a command: settings load, JSON parses, SQL runs."""

import json
import re
import shutil
import sqlite3
import tomllib
from pathlib import Path

import pytest

from deskpulse.errors import ConfigError
from deskpulse.plugins import load as load_plugins
from deskpulse.store.tables import TABLES
from support.docs import ROOT, blocks
from support.toml_settings import prepared, read_all

RUN = {"sh", "console", "ini", "cron", "toml", "json", "sql", "python", "mermaid"}
"""Languages that some test runs, loads or checks."""
SHOWN = {"text"}
"""What is only looked at; `text` may be compared with a command's output."""


def test_every_block_has_a_language_that_is_tested():
    strange = [str(block) for block in blocks() if block.language not in RUN | SHOWN]
    assert not strange
    assert len(blocks()) > 70


def test_every_remark_to_the_tests_stands_right_before_its_block():
    for page in {block.page for block in blocks()}:
        remarks = (ROOT / page).read_text(encoding="utf-8").count("<!-- test: ")
        assert remarks == len([b for b in blocks() if b.page == page and b.told]), page


def settings():
    return [b for b in blocks("toml") if not b.told.startswith("file ")]


@pytest.fixture(scope="module")
def registry():
    return load_plugins()


@pytest.mark.parametrize("block", settings(), ids=str)
def test_settings_load(block, registry, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = _local(_whole(block), tmp_path)
    assert read_all(prepared(text, tmp_path), registry)


def test_a_wrong_setting_is_noticed(registry, tmp_path):
    text = '[notifiers.team]\nuse = "console"\ncolor = "auto"\n'
    with pytest.raises(ConfigError, match="colour"):
        read_all(prepared(text, tmp_path), registry)


def _whole(block):
    """A page that shows a table piece by piece says `use` and `path` once."""
    values = tomllib.loads(block.text)
    head = ""
    for name, table in values.get("sources", {}).items():
        if "use" not in table:
            head += f'[sources.{name}]\nuse = "{Path(block.page).stem}"\n'
    return head + block.text


def _local(text, folder):
    """Files that the settings name are there."""
    ca = folder / "our-ca.pem"
    ca.touch()
    return text.replace("/etc/ssl/our-ca.pem", str(ca))


@pytest.mark.parametrize("block", blocks("json"), ids=str)
def test_json_parses(block):
    assert json.loads(block.text) is not None


NODE = r'\w+(?:\["[^"]+"\]|\["?[^"\]]+"?\]|\[\([^)]+\)\])?'


@pytest.mark.parametrize("block", blocks("mermaid"), ids=str)
def test_a_diagram_is_made_of_arrows(block):
    first, *arrows = block.text.splitlines()
    assert re.fullmatch(r"flowchart (LR|TD)", first)
    for line in arrows:
        assert re.fullmatch(rf"    {NODE} -->(?:\|[^|]+\|)? {NODE}", line), line


@pytest.mark.parametrize("block", blocks("sql"), ids=str)
@pytest.mark.xdist_group("docs")
def test_sql_knows_the_store(block, desk, tmp_path):
    if block.told == "run on a copy of the store":
        path = shutil.copy(desk.folder / "desk.db", tmp_path / "copy.db")
        with sqlite3.connect(path) as connection:
            connection.executescript(block.text)
        connection.close()
        return
    named = block.text.partition("REVOKE ALL ON ")[2].partition(" FROM")[0].split(", ")
    with sqlite3.connect(desk.folder / "desk.db") as connection:
        known = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    assert set(named) <= known, "REVOKE names a table that is not there"
    assert not set(named) & set(TABLES), "these hold records, and analysts may read them"
