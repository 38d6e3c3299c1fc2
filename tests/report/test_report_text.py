"""Markdown, terminal and JSON: the whole text of a small report, and foreign text in each."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest

from deskpulse_reports.report import json_data, markdown, terminal
from support.hostile import HOSTILE
from support.reporting import answer, empty_report, hostile_report, report, row, small_report

MARKDOWN = """\
# Support report: Example Outfitters

4 May to 5 May 2026 · Europe/Berlin · Data complete to 07:58 Europe/Berlin

From 4 May to 5 May 2026, 42 tickets came in; first reply took 38 min (median), 12 % faster than in the 2 days before.

| | Value | vs the 2 days before | Course | |
|---|---:|---:|---|---|
| Submissions | **42** | +40 % | █▅ | before: 30 |
| First reply time | **38 min** | -12 % | █· | median, n=38, before: 43 min |

## Speed

How long customers waited.

### First reply time

|   | median | n | 90th percentile |
|---|---:|---:|---:|
| Mon 4 May 2026 | 50 min | 30 | 2 h 35 min |
| Tue 5 May 2026 | no data | 0 | no data |

### By team

| Team | Submissions | First reply time |
|---|---:|---:|
| Billing | 40 | 38 min n=38 |
| none | 2 | no data |

## How this is measured

### First reply time (first\\_reply\\_time)

From the ticket's creation to the first public reply of a person.

- Formula: median of first\\_reply\\_time\\_s over tickets
- Time basis: the local day of the event
- Population: tickets that were answered
- Exclusions: deleted, spam, merged and missing tickets are excluded
- Clock: calendar
- Zone: Europe/Berlin

Made by deskpulse for Mon 25 May 2026 08:00 Europe/Berlin.
"""

TERMINAL = """\
Support report  Example Outfitters
4 May to 5 May 2026 · Europe/Berlin · Data complete to 07:58 Europe/Berlin

From 4 May to 5 May 2026, 42 tickets came in; first reply took 38 min (median), 12 %
faster than in the 2 days before.


                     Value   vs the 2 days before   Course
 ────────────────────────────────────────────────────────────────────────────────────────
 Submissions            42                  +40 %   █▅       before: 30
 First reply time   38 min                  -12 %   █·       median, n=38, before: 43 min


Speed
First reply time:
  median           █·
  90th percentile  █·

By team

 Team      Submissions   First reply time
 ────────────────────────────────────────
 Billing            40        38 min n=38
 none                2            no data

"""


def test_markdown():
    assert markdown.render(small_report()) == MARKDOWN


def test_terminal():
    assert terminal.render(small_report(), 90) == TERMINAL


def test_terminal_in_colour():
    assert re.search(r"\x1b\[32m +-12 %\x1b\[0m", terminal.render(small_report(), 90, colour=True))


def test_late_data_is_said():
    late = "Old data.** helpdesk: complete to Sun 24 May 2026 23:00 Europe/Berlin, 9 h old"
    assert late in markdown.render(report(late=True))
    assert "Old data. helpdesk" in terminal.render(report(late=True))


@pytest.mark.parametrize("render", [markdown.render, terminal.render], ids=["markdown", "terminal"])
def test_no_data_is_said(render):
    said = render(empty_report())
    assert "there is no data." in said
    assert "No data in this period." in said


def test_one_answer_on_a_terminal():
    given = answer(
        "csat", [row("csat", 0.9, 30, 0.8, bucket="2026-05-04", dims={"team": "[red]17"})]
    )
    console = terminal.Console(width=100, file=terminal.io.StringIO())
    console.print(terminal.renderable_result(given, "day"))
    said = console.file.getvalue()
    assert "[red]17" in said
    assert re.search(r"Mon 4 May 2026\s+\[red\]17\s+90.0 %\s+30\s+74.4 %\s+96.5 %\s+80.0 %", said)


def test_one_empty_answer_on_a_terminal():
    console = terminal.Console(width=100, file=terminal.io.StringIO())
    console.print(terminal.renderable_result(answer("csat", [])))
    assert console.file.getvalue() == "CSAT: no data in this period\n"


def test_json_has_the_public_shape_of_every_answer():
    given = report()
    read = json.loads(json_data.render(given))
    assert (read["from"], read["to"], read["zone"]) == ("2026-04-27", "2026-05-24", "Europe/Berlin")
    assert read["complete_to"] == "2026-05-25T05:58:00+00:00"
    assert [source["stale"] for source in read["sources"]] == [False, False]
    assert len(read["answers"]) == len(given.answers)
    for (ask, found), shown in zip(given.answers.items(), read["answers"], strict=True):
        assert shown.pop("by", []) == list(ask.by)
        assert shown.pop("every", None) == ask.every
        assert shown == json.loads(json.dumps(found.to_json()))
    assert read["definitions"][0]["Time basis"] == "the local day of the event"


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in HOSTILE])
def test_hostile_text_on_a_terminal(text):
    said = terminal.render(hostile_report(text, small_report()), 100)
    kinds = {
        unicodedata.category(sign) for sign in said.replace("\n", "") if sign not in "\u200c\u200d"
    }
    assert not kinds & {"Cc", "Cf", "Cs"}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in HOSTILE])
def test_hostile_text_in_markdown(text):
    said = markdown.render(hostile_report(text, small_report()))
    said.encode()
    assert not re.search(r"(?<!\\)<(?!\\)\w", said)  # no HTML
    assert not re.search(r"(?<!\\)\]\(", said)  # no link
    assert "://" not in said.replace("\\://", "")
    assert not re.search(r"@\w", said)  # no mention
    for line in said.splitlines():
        if line.startswith("| ") and "---" not in line:
            assert re.search(r"(?<!\\)\|$", line)
    columns = [
        len(re.findall(r"(?<!\\)\|", line)) for line in said.splitlines() if line.startswith("|")
    ]
    rules = [len(re.findall(r"\|", line)) for line in said.splitlines() if line.startswith("|---")]
    assert set(columns) == set(rules)


def test_hostile_json_reads_back():
    for _, text in HOSTILE:
        if len(text) < 10_000:
            assert (
                json.loads(json_data.render(hostile_report(text, small_report())))["desk"] == text
            )


def test_markdown_escapes_once():
    assert markdown.escape("a_b*c [d](e) <f> http://x www.x @y") == (
        "a\\_b\\*c \\[d\\](e) \\<f\\> http\\://x www\\.x @\u2060y"
    )
