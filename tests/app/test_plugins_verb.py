"""`deskpulse plugins`: a broken plugin is listed with its reason, and nothing else suffers."""

from __future__ import annotations

import pytest

from support.program import Desk, execute
from support.small_desk import derived_desk

BROKEN = "raise ImportError('no module named acme_sdk')\n"
MISSPELT = """
from deskpulse import hookimpl
@hookimpl
def conectors():
    return []
"""
GOOD = """
from deskpulse import hookimpl
from deskpulse_reports.kpis.spec import Analysis, Measure, Table
def cases(study):
    return Table(columns=("id", "status"), rows=(("1", "solved"), ("10", "solved")))
@hookimpl
def kpis():
    return [
        Measure(id="acme_count", table="tickets", value="count(*)"),
        Analysis(id="acme_cases", function=cases),
    ]
"""


@pytest.fixture
def installed(tmp_path):
    """A folder with three strangers' distributions, as pip leaves them."""
    site = tmp_path / "site"
    for name, source in (("acme_broken", BROKEN), ("acme_misspelt", MISSPELT), ("acme_good", GOOD)):
        site.mkdir(exist_ok=True)
        (site / f"{name}.py").write_text(source)
        info = site / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[deskpulse]\n{name} = {name}\n")
    return {"PYTHONPATH": str(site)}


def test_broken_plugins_are_quarantined(tmp_path, installed):
    done = execute("plugins", "--json", cwd=tmp_path, env=installed)
    assert done.code == 1
    found = {plugin["name"]: plugin for plugin in done.json}
    assert "acme_sdk" in found["acme_broken"]["broken"]
    assert "conectors" in found["acme_misspelt"]["broken"]
    assert found["acme_good"]["broken"] == ""
    assert found["zendesk"]["contributes"] == {"connectors": ["zendesk"]}
    shown = execute("plugins", cwd=tmp_path, env=installed)
    assert "acme_broken  acme_broken 1.0  BROKEN" in shown.out
    assert "Traceback" not in shown.out + shown.err


def test_the_rest_works_and_a_strangers_kpis_too(tmp_path, installed):
    desk = derived_desk(tmp_path / "desk")
    desk.env = installed
    counted = desk.execute("kpi", "acme_count", "--json")
    assert counted.json["rows"][0]["value"] == 21
    cases = desk.execute("kpi", "acme_cases", "--json").json
    assert (cases["kpi"], cases["rows"]) == ("acme_cases", [["1", "solved"], ["10", "solved"]])


def test_a_configuration_may_leave_plugins_out(tmp_path, installed):
    desk = Desk(tmp_path / "desk").configure('plugins = ["acme-good"]\n')
    desk.env = installed
    done = desk.execute("plugins", "--json")
    assert done.code == 0
    assert {"acme_broken", "acme_misspelt"}.isdisjoint(plugin["name"] for plugin in done.json)


def test_an_unknown_connector_points_to_the_broken_ones(tmp_path, installed):
    desk = Desk(tmp_path / "desk").configure('[sources.a]\nuse = "acme"\n')
    desk.env = installed
    done = desk.execute("check")
    assert done.code == 2
    assert "Broken plugins: acme_broken, acme_misspelt" in " ".join(done.err.split())
