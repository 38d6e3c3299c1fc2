"""`deskpulse demo --all`: one desk over four vendors, whose customers are the same people."""

from __future__ import annotations

import re

import pytest

from support.program import execute, invoke

SOURCES = ("zendesk", "freshdesk", "inbox", "shop")


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return folder, execute(
        "demo", "--all", "--tickets", "240", "-o", "out", cwd=folder, timeout=300
    )


def part(text, begin, end):
    return text.partition(begin)[2].partition(end)[0]


def test_it_shows_every_step_and_every_stream_is_well(played):
    _, done = played
    assert (done.code, done.err) == (0, "")
    said = [line.strip("─ ") for line in done.out.splitlines() if line.startswith("──")]
    steps = ("Zendesk, Freshdesk", "check", "sync", "derive", "customers", "digest", "Three hours")
    assert [step for step, line in zip(steps, said, strict=False) if line.startswith(step)] == list(
        steps
    )
    assert "✗" not in done.out
    for name in SOURCES:
        assert re.search(rf"^✓ source {name} ", done.out, re.MULTILINE)
    outcomes = re.findall(
        r"^ \w+ +(ok|partial|failed|paused|waiting|skipped) ", done.out, re.MULTILINE
    )
    assert len(outcomes) == 2 * 24
    assert set(outcomes) == {"ok"}


def test_the_digest_is_of_one_desk_over_four_sources(played):
    _, done = played
    digest = part(done.out, "one desk over four sources", "Three hours later")
    rows = part(digest, "By source", "Data")
    assert [line.split()[0] for line in rows.splitlines()[2:] if line] == [
        "freshdesk",
        "inbox",
        "zendesk",
    ]
    submissions = sum(int(line.split()[1]) for line in rows.splitlines()[2:] if line)
    assert re.search(rf"Submissions +{submissions} ", digest)
    assert all(f"{name}: complete to" in digest for name in SOURCES)


def test_people_are_known_across_sources(played):
    _, done = played
    found = {
        int(n): int(people)
        for people, n in re.findall(r"([\d,]+) people are known to (\d)", done.out)
    }
    assert found[4] > 5
    assert found[3] > 5
    accounts = part(done.out, "who writes most", "digest")
    assert len(re.findall(r"EUR", accounts)) == 5


def test_its_data_stays(played):
    folder, done = played
    config, as_of = re.search(
        r"-c (\S+) --as-of (\S+) kpi submissions --by source", done.out
    ).groups()
    for question in ("submissions", "contact_rate"):
        answer = invoke("-c", folder / config, "--as-of", as_of, "kpi", question, "--json")
        assert answer.code == 0
        assert answer.json["rows"][0]["value"] > 0
    assert (folder / "out" / "report.html").exists()
    for name in ("zendesk", "freshdesk", "shop"):
        assert f"[sources.{name}]" in (folder / "out" / "config.toml").read_text()
