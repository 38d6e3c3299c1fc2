"""A policy that no ticket can have is refused where it is written."""

import pytest

from deskpulse.config import load
from deskpulse.errors import ConfigError

SOURCES = """
[sources.a]
use = "files"
path = "a.ndjson"
[sources.b]
use = "files"
path = "b.ndjson"
"""


def policies(tmp_path, *tables):
    """The configuration with `first`, `second`, ... from their settings beside the target."""
    text = SOURCES
    for name, settings in zip(("first", "second", "third"), tables, strict=False):
        text += f'[policies.{name}]\nclock = "calendar"\n{settings}\n'
        text += f'[policies.{name}.targets]\nfirst_reply_time = "1h"\n'
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, {}).policies


@pytest.mark.parametrize(
    "tables",
    [
        ("", ""),
        ("", 'when = { priority = "high" }'),
        ("", 'sources = ["a"]'),
        ('sources = ["a", "b"]', 'sources = ["b"]'),
        ('when = { priority = "high" }\nposition = 2', "position = 1"),
    ],
)
def test_what_comes_after_a_policy_for_every_ticket_is_refused(tmp_path, tables):
    with pytest.raises(ConfigError, match="matches nothing") as refusal:
        policies(tmp_path, *tables)
    [hidden, other] = ("first", "second") if "position" in tables[0] else ("second", "first")
    assert f"[policies.{hidden}] matches nothing" in refusal.value.message
    assert "config.toml line " in refusal.value.message
    assert f"[policies.{other}] comes before it" in refusal.value.message
    assert f"[policies.{other}]" in refusal.value.hint


@pytest.mark.parametrize(
    "tables",
    [
        ('when = { priority = "high" }', ""),
        ('unless = { priority = "high" }', ""),
        ('sources = ["a"]', ""),
        ('sources = ["a"]', 'sources = ["b"]'),
        ('sources = ["a"]', 'sources = ["a", "b"]'),
        ("position = 2", 'when = { priority = "high" }\nposition = 1'),
        ("when = { tags = ['x', 'y'] }\nunless = { tags = 'x' }", ""),
        ("when = { tags = 'x' }\nunless = { priority = 'high' }", ""),
    ],
)
def test_what_some_ticket_may_have_is_taken(tmp_path, tables):
    assert len(policies(tmp_path, *tables)) == 2


@pytest.mark.parametrize(
    "table",
    [
        "when = { priority = 'high' }\nunless = { priority = ['low', 'high'] }",
        "when = { tags = ['x', 'y'] }\nunless = { tags = ['y', 'x'] }",
        "when = { custom = { plan = 'gold' } }\nunless = { custom = { plan = 'gold' } }",
    ],
)
def test_conditions_that_exclude_each_other_are_refused(tmp_path, table):
    with pytest.raises(ConfigError, match=r"\[policies\.first\] matches nothing: .*`unless`"):
        policies(tmp_path, table)
