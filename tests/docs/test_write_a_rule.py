"""The page about rules, done as it says: its files, its test, its settings."""

import os
import subprocess
import sys
import tomllib

import pytest

from deskpulse.config import load as load_config
from deskpulse.plugins import load as load_plugins
from deskpulse_reports.kpis.target import Target
from deskpulse_reports.rules import BUILTIN, Desk
from deskpulse_reports.testing import HandDesk, RuleContract
from support.docs import ROOT, blocks_of

PAGE = (ROOT / "docs" / "write-a-rule.md").read_text(encoding="utf-8")
BLOCKS = {
    block.told.removeprefix("file "): block.text
    for block in blocks_of(ROOT / "docs" / "write-a-rule.md")
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lonely")
    for name, text in BLOCKS.items():
        (folder / name).write_text(text)
    return folder


def run(folder, *arguments):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sound", "broken"),
    [
        ('condition = "unknown"', 'condition = "holds"'),
        ('title=f"Nobody has {reference}"', 'title=ticket.subject or ""'),
        ("subject=reference", 'subject=f"{reference} {desk.now}"'),
    ],
)
def test_the_contract_of_the_page_passes_and_can_fail(folder, sound, broken):
    tests = (
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "test_lonely_rule.py",
    )
    done = run(folder, *tests)
    assert done.returncode == 0, done.stdout
    assert "9 passed" in done.stdout
    module = folder / "lonely_rule.py"
    text = module.read_text()
    assert sound in text
    module.write_text(text.replace(sound, broken))
    try:
        assert run(folder, *tests).returncode == 1
    finally:
        module.write_text(text)


def test_the_package_makes_it_known(folder, monkeypatch):
    project = tomllib.loads(BLOCKS["pyproject.toml"])["project"]
    monkeypatch.syspath_prepend(folder)
    from importlib.metadata import EntryPoint

    entries = [
        EntryPoint(name, module, "deskpulse")
        for name, module in project["entry-points"]["deskpulse"].items()
    ]
    registry = load_plugins(entries)
    assert registry.broken == ()
    config = load_config(folder / "config.toml")
    plugged = config.rule_settings["nobody_cares"]
    settings = config.plugin_settings("rules", plugged, registry.rules[plugged.use].Config)
    assert settings.minutes == 20


def test_everything_that_a_rule_may_look_at_is_listed():
    names = {name for name in dir(Desk) if not name.startswith("_")}
    section = PAGE.partition("## What a rule may look at")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    listed = {part.strip(" `").partition("(")[0] for row in rows for part in row.split("`, `")}
    assert listed == names
    assert all(hasattr(HandDesk(), name) for name in names)


def test_every_test_of_the_contract_is_explained():
    for name in dir(RuleContract):
        if name.startswith("test_"):
            assert f"| `{name}` |" in PAGE


def test_every_type_has_its_section_and_its_settings():
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    for rule in BUILTIN:
        section = page.partition(f"\n## {rule.name}\n")[2].partition("\n## ")[0]
        assert f'use = "{rule.name}"' in section
        model = f"{rule.__module__}.{rule.Config.__qualname__}"
        assert f"<!-- generated: settings {model} -->" in section


def test_the_settings_on_the_page_make_no_mistake():
    types = {rule.name: rule for rule in BUILTIN}
    found = 0
    for block in blocks_of(ROOT / "docs" / "rules.md"):
        for table in tomllib.loads(block.text).get("rules", {}).values():
            rule = types[table.pop("use")]
            made = rule(rule.Config(**table))
            targets = {"first_reply_time": Target(goal=3600, direction="lower")}
            assert list(made.mistakes(HandDesk(targets=targets))) == []
            found += 1
    assert found > len(types)
