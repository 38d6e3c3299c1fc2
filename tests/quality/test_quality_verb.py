"""`deskpulse plugins --quality`: the cards on the screen and as JSON, and what the exit code says."""

import json

import pytest
from typer.testing import CliRunner

from deskpulse.app.cli import app
from deskpulse.quality import Card, Row


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The verb, with cards that are made up: real ones take their time."""

    def invoke(*words, answer="yes"):
        made = Row("deletes", "Does it follow?", answer, "tickets.py:1 gives a Tombstone")
        monkeypatch.setattr("deskpulse.quality.card_of", lambda c: Card(c.name, (made,)))
        return CliRunner().invoke(app, ["-c", str(tmp_path / "none.toml"), "plugins", *words])

    return invoke


def test_one_connector(run):
    done = run("--quality", "zendesk")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0] == "zendesk"
    assert "yes     deletes" in done.stdout


@pytest.mark.parametrize(("answer", "code"), [("exempt", 0), ("unknown", 0), ("no", 1)])
def test_the_exit_code_says_whether_a_row_says_no(run, answer, code):
    done = run("--quality", answer=answer)
    assert done.exit_code == code
    assert ("Does it follow?" in done.stdout) is (answer == "no")


def test_as_json(run):
    done = run("--quality", "--json", "files", "zendesk")
    cards = json.loads(done.stdout)
    assert [card["connector"] for card in cards] == ["files", "zendesk"]
    assert cards[0]["rows"][0]["answer"] == "yes"


@pytest.mark.parametrize("words", [("--quality", "zendesc"), ("zendesk",)])
def test_wrong_words_are_refused(run, words):
    assert run(*words).exit_code != 0
