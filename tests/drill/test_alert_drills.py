"""A sample of `make drill`: the program is killed while it evaluates and sends, and its sinks are ill."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from benchmarks.alerts_drill.row import Row
from benchmarks.alerts_drill.sinks import Arrival, repeats

ROOT = Path(__file__).parents[2]


def drilled(*options):
    """The rows of the table, from a process of its own: it starts a server that forks."""
    command = [sys.executable, "-m", "benchmarks.drills", "--json", *map(str, options)]
    environ = os.environ | {"PYTHONPATH": str(ROOT / "tests")}
    run = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env=environ
    )
    assert run.stdout, run.stderr[-3000:]
    return json.loads(run.stdout)["rows"]


def arrival(key="a", *, marked=False, edit=False):
    return Arrival("slack", key, 0.0, frozenset(), marked, "Late", edit)


def test_killed_while_it_evaluates_and_sends():
    [row] = drilled("--seed", 20261122, "--kills", 25, "--only", "kills")
    assert row["sound"], row
    assert row["kills"] == 25
    assert row["expected"] > 50


def test_the_disk_is_full_and_the_mail_server_is_ill():
    for row in drilled("--seed", 20261122, "--only", "disk", "mail"):
        assert row["sound"], row
        assert row["expected"] > 40


@pytest.mark.parametrize(
    ("second", "again", "silent"),
    [
        (arrival(marked=True), 1, 0),
        (arrival(), 1, 1),
        (arrival("b"), 0, 0),
        (arrival(edit=True), 0, 0),
    ],
)
def test_a_repeat_counts_and_must_say_so(second, again, silent):
    count, unmarked = repeats([arrival(), second])
    assert (count, len(unmarked)) == (again, silent)


def test_the_judge_notices_what_never_came(tmp_path):
    from benchmarks.alerts_drill.desk import Desk
    from benchmarks.alerts_drill.judge import judge

    from deskpulse.store import Store

    desk = Desk(tmp_path, f"sqlite:///{tmp_path / 'store.db'}")
    Store.open(desk.store).close()
    (tmp_path / "tickets.ndjson").touch()
    token = desk.open(datetime(2026, 11, 2, 9, tzinfo=UTC))
    heard = [Arrival("slack", "1", 0.0, frozenset({token}), marked=False, title="Late")]
    row = judge(Row("a drill"), desk, heard)
    assert (row.expected, row.lost) == (2, 1)
    assert not row.sound
    both = [*heard, Arrival("mail", "2", 0.0, frozenset({token}), marked=False, title="Late")]
    assert judge(Row("a drill"), desk, both).sound


def test_a_digest_that_names_a_ticket_tells_nobody_that_it_is_late():
    from benchmarks.alerts_drill.judge import heard

    digest = Arrival(
        "mail", "1", 0.0, frozenset({"Case-00001"}), marked=False, title="Drill: Sun 25 Oct 2026"
    )
    alert = Arrival("mail", "2", 0.0, frozenset({"Case-00002"}), marked=False, title="Late")
    assert heard([digest, alert]) == {("mail", "Case-00002", False)}
