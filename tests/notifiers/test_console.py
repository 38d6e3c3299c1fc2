from __future__ import annotations

import io
import re

import pytest
from pydantic import ValidationError

from deskpulse.errors import DeliveryDeferred
from deskpulse_notifiers.console import Console
from support.hostile import NAMES, TEXTS
from support.messages import alert, digest, filled_with, long_digest

SGR = re.compile("\x1b\\[[0-9;]*m")


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


def printed(message, stream=None, **settings):
    stream = stream or io.StringIO()
    Console(Console.Config(**settings), stream).send(message)
    return stream.getvalue()


def test_plain_where_no_terminal():
    text = printed(digest())
    assert text.startswith("Support on Saturday, 21 November\n================================\n")
    assert "  First reply time  38 min  (-12 %)  ▃▅▂  n = 48\n" in text
    assert "  - #4711  Where is my order? (waits 3 d)\n    https://acme.example/agent" in text
    assert "  and 7 more\n" in text
    assert "Team     Solved\nBilling  31\nReturns  20\n" in text
    assert "Backlog\n  ▁·█  min 103, max 112, last 112 (2026-11-22)\n" in text
    assert text.endswith("Data complete to 2026-11-22 07:58 Europe/Berlin\n\n")
    assert "\x1b" not in text


def test_a_terminal_gets_the_same_words_with_styles():
    styled = printed(digest(), Terminal())
    assert "\x1b[1m" in styled
    plain = printed(digest())
    assert SGR.sub("", styled) == plain


def test_colour_can_be_forced_or_forbidden():
    assert "\x1b" not in printed(alert(), Terminal(), colour="never")
    assert "\x1b" in printed(alert(), colour="always")
    with pytest.raises(ValidationError):
        Console.Config(colour="sometimes")


@pytest.mark.parametrize("text", TEXTS, ids=NAMES)
def test_hostile_text_moves_nothing(text):
    for stream in (Terminal(), io.StringIO()):
        shown = SGR.sub("", printed(filled_with(text), stream))
        assert not any(ord(sign) < 32 and sign != "\n" for sign in shown)
        assert not re.search("[\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown)
        assert len(shown) < 60_000


def test_markup_of_rich_is_only_text():
    assert "[red]red[/red] [link=" in printed(filled_with("[red]red[/red] [link=x]"), Terminal())


def test_preview_is_what_is_printed():
    console = Console(Console.Config())
    assert console.preview(long_digest()) + "\n" == printed(long_digest())
    assert console.check()


def test_a_latin1_stream_loses_no_message():
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="latin-1")
    Console(Console.Config(), stream).send(digest())
    stream.flush()
    assert b"38 min" in raw.getvalue()


def test_standard_output_by_default(capsys):
    Console(Console.Config()).send(alert())
    assert "First reply due" in capsys.readouterr().out


def test_a_stream_that_is_gone_defers():
    stream = io.StringIO()
    stream.close()
    with pytest.raises(DeliveryDeferred) as caught:
        Console(Console.Config(colour="never"), stream).send(alert())
    assert caught.value.hint
