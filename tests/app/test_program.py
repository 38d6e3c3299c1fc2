"""The program itself: verbs, outputs, exit codes, and what happens when something goes wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from deskpulse.app.cli import VERBS
from support.program import PROGRAM, Desk, execute, invoke
from support.small_desk import FIRST, NOW, derived_desk, small_desk, ticket

HEAVY = ("adbc_driver_manager", "alembic", "apscheduler", "duckdb", "httpx", "jinja2", "numpy")
HEAVY += ("polars", "pydantic", "slack_sdk", "sqlalchemy", "sqlglot", "sqlmodel", "tenacity")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return derived_desk(tmp_path_factory.mktemp("small"))


def test_help_needs_no_heavy_library():
    code = (
        "import sys; from deskpulse.app.cli import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        f"print('heavy', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "heavy []"
    assert all(f" {verb} " in done.stdout for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb):
    done = invoke(verb, "--help")
    assert done.code == 0
    assert VERBS[verb] in " ".join(done.out.split())


def test_version():
    assert invoke("--version").out.strip()[0].isdigit()


def test_what_is_mistyped_is_a_usage_error():
    done = invoke("synk")
    assert (done.code, done.out) == (2, "")
    assert "sync" in done.err
    assert invoke("kpi", "backlog", "--every", "year").code == 2


@pytest.mark.parametrize(
    "verb",
    [
        ("check",),
        ("sync",),
        ("derive",),
        ("kpi", "backlog"),
        ("report",),
        ("digest", "morning"),
        ("ticket", "a/1"),
        ("run", "--once"),
        ("db", "check"),
        ("db", "upgrade"),
        ("db", "rejected"),
    ],
    ids=" ".join,
)
def test_without_a_configuration(tmp_path, verb):
    done = invoke("-c", tmp_path / "none.toml", *verb)
    assert (done.code, done.out) == (2, "")
    assert "none.toml does not exist" in done.err
    assert "deskpulse init" in done.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[stor]\n", 'config.toml line 1: [stor] is not a setting; did you mean "store"?'),
        ('[store]\nulr = "x"\n', 'line 2: [store] ulr is not a setting; did you mean "url"?'),
        ('zone = "Europe/Berln"\n', 'did you mean "Europe/Berlin"?'),
        ("a = \n", "is not valid TOML"),
        ('[sources.x]\nuse = "zendsk"\n', 'did you mean "zendesk"?'),
        ('[sources.x]\nuse = "files"\npth = "a"\n', "line 3: [sources.x] pth"),
        ('[digests.d]\nto = ["nobody"]\n', "line 2: [digests.d] to names 'nobody'"),
        (
            '[notifiers.s]\nuse = "console"\n[digests.d]\nto = ["s"]\nkpis = ["backlok"]\n',
            "line 5: [digests.d] kpis names 'backlok'; did you mean \"backlog\"?",
        ),
        ('[schedule]\nsnapshot = ["x"]\n', "line 2: [schedule] snapshot names 'x'"),
        ('[calendars.c]\nzone = "UTC"\nhours = { mon = ["9-17"] }\n', "[calendars.c]"),
        ("[kpis.mine]\ntable = 'tickets'\nvalue = 'drop table x'\n", "[kpis.mine]"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_a_wrong_configuration(tmp_path, text, said):
    desk = Desk(tmp_path).configure(text)
    done = desk("check")
    assert (done.code, done.out) == (2, "")
    assert said in " ".join(done.err.split())


@pytest.mark.parametrize("as_of", ["yesterday", "2026-13-01"])
def test_a_wrong_as_of(desk, as_of):
    done = desk("kpi", "backlog", as_of=as_of)
    assert done.code == 2
    assert "--as-of" in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("kpi", "backlok"), "backlog"),
        (("kpi", "backlog", "--by", "prioritty"), "priority"),
        (("kpi", "backlog", "--by", "priority", "--by", "priority"), "twice"),
        (("kpi", "backlog", "--from", "22.11.2026"), "--from is '22.11.2026', which is no day"),
        (("kpi", "backlog", "--from", "2026-11-22", "--to", "2026-11-01"), "comes after"),
        (("report", "--from", "2026-11-22", "--to", "2026-11-01"), "comes after"),
        (("ticket", "shop"), "SOURCE/ID"),
        (("ticket", "shop/404"), "the store has no ticket shop/404"),
        (("ticket", "shp/1"), 'did you mean "shop"?'),
        (("digest", "mornin"), 'did you mean "morning"?'),
        (("digest", "morning", "--preview", "scren"), 'did you mean "screen"?'),
        (("sync", "shp"), 'did you mean "shop"?'),
        (("sync", "--stream", "record"), 'did you mean "records"?'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_wrong_question(desk, arguments, said):
    done = desk(*arguments, as_of=NOW)
    assert (done.code, done.out) == (2, "")
    assert said in " ".join(done.err.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("sync",),
        ("derive",),
        ("kpi", "--list"),
        ("kpi", "csat", "--explain"),
        ("kpi", "first_reply_time", "--by", "priority", "--by", "channel", "--every", "week"),
        ("report",),
        ("digest", "morning", "--dry-run"),
        ("digest", "morning", "--preview", "screen"),
        ("digest", "morning"),
        ("ticket", "shop/1"),
        ("plugins",),
        ("db", "check"),
        ("db", "upgrade"),
        ("db", "rejected"),
    ],
    ids=" ".join,
)
def test_json_is_all_that_is_printed(desk, arguments):
    done = desk(*arguments, "--json", as_of=NOW)
    assert done.code == 0, done.err
    assert json.loads(done.out) is not None


def test_json_events_of_a_run(tmp_path):
    desk = small_desk(tmp_path)
    done = desk("run", "--once", "--json", as_of=NOW)
    assert done.code == 0, done.err
    events = [json.loads(line) for line in done.out.splitlines()]
    assert all(event.keys() == {"at", "event"} for event in events)
    assert "21 tickets derived" in events[0]["event"]


def test_questions_before_anything_was_derived(tmp_path):
    desk = small_desk(tmp_path)
    for question in (("kpi", "backlog"), ("report",), ("digest", "morning")):
        done = desk(*question)
        assert (done.code, done.out) == (3, "")
        assert "nothing has been derived yet" in done.err
        assert "deskpulse sync" in done.err


def test_facts_of_another_version_are_not_read_but_made_anew(tmp_path):
    desk = derived_desk(tmp_path)
    before = desk("kpi", "submissions", "--json").ok()
    manifest = tmp_path / "mart" / "manifest.json"
    values = json.loads(manifest.read_bytes())
    manifest.write_text(json.dumps({**values, "facts": 1, "settings": "x", "of_tomorrow": [1]}))
    for question in (("kpi", "submissions"), ("report",), ("digest", "morning")):
        done = desk(*question)
        assert (done.code, done.out) == (3, "")
        said = " ".join(done.err.split())
        assert "derived by another version of deskpulse" in said
        assert "Run `deskpulse derive`" in said
    desk("derive").ok()
    assert desk("kpi", "submissions", "--json").ok().out == before.out


def test_facts_of_another_store_are_not_kept(tmp_path):
    desk = derived_desk(tmp_path)
    for file in tmp_path.glob("desk.db*"):
        file.unlink()
    (tmp_path / "tickets.ndjson").unlink()
    desk.records("tickets.ndjson", *ticket("new", FIRST))
    desk("sync").ok()
    assert desk("derive", "--json").ok().json["how"] == "everything"
    assert desk("kpi", "submissions", "--json").ok().json["rows"][0]["value"] == 1
    assert desk("derive", "--json").ok().json["how"] == "nothing"


def test_facts_that_do_not_say_their_version_are_made_anew(tmp_path):
    desk = derived_desk(tmp_path)
    manifest = tmp_path / "mart" / "manifest.json"
    values = json.loads(manifest.read_bytes())
    del values["facts"]
    manifest.write_text(json.dumps(values))
    assert desk("kpi", "submissions").code == 3
    assert desk("derive", "--json").ok().json["how"] == "everything"
    desk("kpi", "submissions").ok()


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("09:00", "10:00", "calendars, rules or custom fields"),
        (
            "[digests.",
            "[policies.quick.targets]\nfirst_reply_time = '1h'\n[digests.",
            "SLA policies",
        ),
    ],
)
def test_figures_by_settings_that_are_no_more_say_so(tmp_path, old, new, what):
    desk = derived_desk(tmp_path)
    questions = (
        ("kpi", "submissions"),
        ("report",),
        ("digest", "morning", "--preview", "terminal"),
    )
    for question in questions:
        assert "changed since" not in desk(*question).ok().err
    config = tmp_path / "config.toml"
    text = config.read_text()
    assert old in text
    config.write_text(text.replace(old, new, 1))
    for question in questions:
        said = " ".join(desk(*question).ok().err.split())
        assert f"The {what} changed since the facts were derived" in said
        assert "Run `deskpulse derive`" in said
    desk("derive").ok()
    for question in questions:
        assert "changed since" not in desk(*question).ok().err


def test_no_traceback_for_what_nobody_foresaw(desk, monkeypatch):
    def explode(*_, **__):
        raise RuntimeError("boom of https://user:pass-canary@host/")

    monkeypatch.setattr("deskpulse_reports.kpis.engine.KpiEngine.compute_many", explode)
    done = desk("kpi", "backlog")
    assert (done.code, done.out) == (3, "")
    said = " ".join(done.err.split())
    assert "a fault in deskpulse or a plugin: RuntimeError" in said
    assert "Traceback" not in done.err
    path = Path(said.split("The details are in ")[1].split(";")[0])
    details = path.read_text()
    path.unlink()
    assert "Traceback" in details
    assert "explode" in details
    assert "pass-canary" not in details


def test_tracebacks_for_those_who_ask(desk, monkeypatch):
    def explode(*_, **__):
        raise RuntimeError("boom")

    monkeypatch.setattr("deskpulse_reports.kpis.engine.KpiEngine.compute_many", explode)
    monkeypatch.setenv("DESKPULSE_DEBUG", "1")
    with pytest.raises(RuntimeError, match="boom"):
        desk("kpi", "backlog")


def test_a_path_that_cannot_be_written(desk, tmp_path):
    done = desk("report", "-o", tmp_path / "no" / "folder" / "report.txt", as_of=NOW)
    assert (done.code, done.out) == (3, "")
    assert "No such file or directory" in done.err


def test_a_pipe_that_closes_early(desk):
    shown = subprocess.run(
        f"{PROGRAM} -c {desk.config} kpi --list --json | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "Traceback" not in shown.stderr
    assert "Exception" not in shown.stderr


def test_as_a_process_it_says_the_same(desk):
    done = execute(
        "-c", desk.config, "--as-of", NOW, "kpi", "submissions", "--json", cwd=desk.folder
    )
    assert (done.code, done.err) == (0, "")
    assert done.json["rows"][0]["value"] == 21
    wrong = execute("-c", desk.config, "kpi", "backlok", cwd=desk.folder)
    assert (wrong.code, wrong.out) == (2, "")
    assert "backlog" in wrong.err
