"""The page about it names every reason."""

from deskpulse_reports.reconcile import REASONS
from support.docs import ROOT


def test_every_reason_is_in_the_table():
    page = (ROOT / "docs/reconcile.md").read_text(encoding="utf-8")
    rows = [row.split("|")[1] for row in page.splitlines() if row.startswith("| `")]
    named = {name.strip(" `") for row in rows for name in row.split(",")}
    assert named == set(REASONS)
