"""A sample of `make drill`: syncs and derives are killed, and nothing is lost or doubled."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def drilled(*options):
    """What the drill found; it runs in a process of its own, because it forks."""
    command = [sys.executable, "-m", "benchmarks.drill", "--json", *map(str, options)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.stdout, run.stderr[-3000:]
    return json.loads(run.stdout)


def assert_sound(outcome, kills):
    assert sum(outcome["kills"].values()) == kills
    odd = [each for each in outcome["findings"] if each["lost"] or each["doubled"] or each["wrong"]]
    assert not odd
    assert not outcome["mart_problems"]
    assert outcome["sound"]
    expected = {each["kind"]: each["expected"] for each in outcome["findings"]}
    assert expected["tickets"] > 100
    assert expected["messages"] > 300
    assert expected["change rows"] > 1000


def test_twenty_kills_lose_nothing_and_double_nothing():
    assert_sound(drilled("--kills", 20, "--seed", 20, "--tickets", 150), 20)


@pytest.mark.postgres
def test_a_few_kills_on_postgres(postgres_server):
    with postgres_server.database() as url:
        outcome = drilled("--kills", 5, "--seed", 5, "--tickets", 150, "--store", url)
    assert_sound(outcome, 5)
