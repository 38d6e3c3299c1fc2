"""The page about KPIs, done as it says: its files, its test, its settings."""

import os
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint

import pytest

from deskpulse.plugins import load as load_plugins
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.testing import KpiContract
from support.docs import ROOT, blocks_of

PATH = ROOT / "docs" / "write-a-kpi.md"
PAGE = PATH.read_text(encoding="utf-8")
FILES = {
    block.told.removeprefix("file "): block.text
    for block in blocks_of(PATH)
    if block.told.startswith("file ")
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slow")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


def run_tests(folder):
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "."],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_the_contract_of_the_page_passes_and_can_fail(folder):
    done = run_tests(folder)
    assert done.returncode == 0, done.stdout
    assert "12 passed" in done.stdout
    module = folder / "slow_replies.py"
    text = module.read_text()
    module.write_text(text.replace("> 14400", ">= 3600"))
    try:
        assert "6 failed, 6 passed" in run_tests(folder).stdout
    finally:
        module.write_text(text)


def test_the_package_makes_it_known(folder, monkeypatch):
    project = tomllib.loads(FILES["pyproject.toml"])["project"]
    monkeypatch.syspath_prepend(folder)
    entries = [
        EntryPoint(name, module, "deskpulse")
        for name, module in project["entry-points"]["deskpulse"].items()
    ]
    registry = load_plugins(entries)
    assert registry.broken == ()
    assert set(registry.kpis) == {"slow_replies", "slow_reply_rate"}


def test_the_table_of_the_page_is_the_same_kpi(folder, monkeypatch):
    monkeypatch.syspath_prepend(folder)
    from slow_replies import SLOW_REPLIES

    table = next(b for b in blocks_of(PATH) if b.language == "toml" and "[kpis." in b.text)
    configured = tomllib.loads(table.text)["kpis"]
    catalog = Catalog.build(BUILTIN, configured)
    assert catalog["slow_replies"] == SLOW_REPLIES


def test_every_test_of_the_contract_is_explained():
    for name in dir(KpiContract):
        if name.startswith("test_"):
            assert f"| `{name}` |" in PAGE
