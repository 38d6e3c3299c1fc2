"""The page about it names every check with its severity."""

from deskpulse_reports.doctor import CHECKS
from support.docs import ROOT


def test_every_check_is_in_the_table():
    page = (ROOT / "docs/doctor.md").read_text(encoding="utf-8")
    rows = [row.split("|")[1:3] for row in page.splitlines() if row.startswith("| `")]
    told = {
        name.strip(" `"): severity.strip() for names, severity in rows for name in names.split(",")
    }
    assert told == {check.name: check.severity for check in CHECKS}
