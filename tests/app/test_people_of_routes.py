"""A person whom no notifier of a route can call is refused before anything runs."""

import pytest

from support.program import Desk

BASE = """
[sources.box]
use = "files"
path = "box.ndjson"

[notifiers.mail]
use = "email"
host = "localhost"
security = "none"
sender = "desk@example.com"
recipients = ["team@example.com"]

[notifiers.pager]
use = "pagerduty"
routing_key = { env = "PAGER" }

[notifiers.screen]
use = "console"
"""


@pytest.fixture(autouse=True)
def _key(monkeypatch):
    monkeypatch.setenv("PAGER", "k" * 32)


@pytest.mark.parametrize(
    ("to", "people", "hint"),
    [
        ('["mail"]', "U024BE7LH", "Write mail: a mail address (ann@example.com)."),
        ('["mail", "screen"]', "Ann", "screen can call nobody by name."),
        ('["pager"]', "ann@example.com", "Leave it out. pager can call nobody by name."),
    ],
)
def test_run_refuses_it_with_what_is_allowed(tmp_path, to, people, hint):
    desk = Desk(tmp_path).configure(f'{BASE}\n[routes.leads]\nto = {to}\npeople = ["{people}"]\n')
    told = desk("run")
    assert told.code == 2
    said = " ".join(told.err.split())
    assert "[routes.leads] people names" in said
    assert repr(people) in said
    assert hint in said


def test_a_person_of_any_notifier_or_fallback_will_do(tmp_path):
    desk = Desk(tmp_path).configure(
        f'{BASE}\n[routes.leads]\nto = ["pager"]\nfallback = ["mail"]\n'
        'people = ["ann@example.com"]\n'
    )
    desk.records("box.ndjson", {"record": "ticket", "id": "1", "created_at": "2025-06-03T10:00Z"})
    told = desk("check")
    assert "can call ann@example.com" in told.out


def test_check_names_it(tmp_path):
    desk = Desk(tmp_path).configure(f'{BASE}\n[routes.leads]\nto = ["screen"]\npeople = ["Ann"]\n')
    desk.records("box.ndjson", {"record": "ticket", "id": "1", "created_at": "2025-06-03T10:00Z"})
    told = desk("check")
    assert told.code == 1
    assert "'Ann', whom none of its notifiers can call" in " ".join(told.out.split())
