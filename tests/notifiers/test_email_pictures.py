from __future__ import annotations

import re
import sys
from html.parser import HTMLParser

import pytest

from deskpulse.message import Series
from deskpulse_notifiers import paint
from deskpulse_notifiers.email.html import LARGEST
from deskpulse_notifiers.email.mime import mail_of
from deskpulse_notifiers.email.pictures import PICTURES, pictures_of, spec_of
from deskpulse_notifiers.paint import NotPainted, painted
from support.hostile import HOSTILE
from support.messages import digest
from support.senders import email_to

PNG = b"\x89PNG\r\n\x1a\n"
WEEK = Series(
    "Backlog", tuple((f"2026-11-{day:02d}", float(day % 7)) for day in range(1, 23)), "tickets"
)


def fake(specs):
    return [PNG + str(number).encode() for number, _ in enumerate(specs)]


def refusing(specs):
    raise NotPainted("drawing failed (OSError)")


def test_a_picture_stands_in_the_html_and_its_words_in_both(server):
    email_to(server, charts=True, paint=fake).send(digest(parts=(WEEK,)))
    mail = server.received[0].mail
    text, related = mail.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert "min 0, max 6, last 1 tickets" in text.get_content()
    assert related.get_content_type() == "multipart/related"
    html, picture = related.iter_parts()
    assert picture.get_content_type() == "image/png"
    assert picture.get_content() == PNG + b"0"
    assert picture["Content-Disposition"].content_disposition == "inline"
    cid = picture["Content-ID"].strip("<>")
    tag = re.search(r"<img [^>]*>", html.get_content())[0]
    assert f'src="cid:{cid}"' in tag
    assert 'width="560"' in tag
    assert 'height="150"' in tag
    assert 'alt="Backlog: ' in tag
    assert "last 1 tickets" in html.get_content()
    assert not mail.defects


def test_a_mail_goes_out_without_what_cannot_be_drawn(server):
    receipt = email_to(server, charts=True, paint=refusing).send(digest(parts=(WEEK,)))
    assert receipt.note == "without pictures: drawing failed (OSError)"
    assert server.received[0].mail.get_content_type() == "multipart/alternative"
    assert "cid:" not in server.received[0].mail.get_body(("html",)).get_content()


def test_without_series_nothing_is_drawn(server):
    email_to(server, charts=True, paint=lambda specs: [] if not specs else 1 / 0).send(
        digest(parts=())
    )
    assert len(server.received) == 1


def test_few_pictures_and_the_first_ones():
    parts = tuple(Series(f"S{number}", WEEK.points) for number in range(9))
    assert list(pictures_of(digest(parts=parts), fake)) == list(range(PICTURES))


@pytest.mark.parametrize(
    "points",
    [
        (),
        (("a", 1.0),),
        (("a", None), ("b", 2.0), ("c", float("nan"))),
        (("a", float("inf")), ("b", 1e300), ("c", 1.0)),
    ],
)
def test_fewer_than_two_numbers_are_no_chart(points):
    assert spec_of(Series("x", points)) is None


def test_the_same_message_is_the_same_bytes():
    pictures = pictures_of(digest(parts=(WEEK,)), fake)
    one, two = (mail_of(digest(parts=(WEEK,)), [], pictures).as_bytes() for _ in range(2))
    assert one == two


class Tags(HTMLParser):
    """(tag, names of its attributes) of a document."""

    def __init__(self, document):
        super().__init__()
        self.seen = []
        self.feed(document)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, {name for name, _ in attrs}))


def _addresses(value):
    if isinstance(value, dict):
        assert not {"url", "href", "image"} & set(value)
        for inner in value.values():
            yield from _addresses(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _addresses(inner)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize(("name", "text"), HOSTILE, ids=[name for name, _ in HOSTILE])
def test_hostile_labels_are_text_in_the_spec(name, text):
    spec = spec_of(Series(text, ((text[:80], 1.0), ("b", 2.0)), unit=text[:80]))
    assert "url" not in spec["data"]
    expression = spec["encoding"]["x"]["axis"]["labelExpr"]
    quoted = r"'(?:[\w :.,/-]|\\u[0-9a-f]{4})*'"
    assert re.fullmatch(rf"(datum\.value == \d+ \? {quoted} : )+''", expression)
    assert list(_addresses(spec))
    pictures = pictures_of(digest(parts=(Series(text, ((text[:80], 1.0), ("b", 2.0))),)), fake)
    mail = mail_of(digest(parts=(Series(text, (("a", 1.0), ("b", 2.0))),)), [], pictures)
    assert len(mail.html.encode()) <= LARGEST
    (image,) = [names for tag, names in Tags(mail.html).seen if tag == "img"]
    assert image <= {"src", "alt", "width", "height", "style"}


# --- really drawn ---------------------------------------------------------------------------


@pytest.mark.skipif(not paint.installed(), reason="the extra `charts` is not installed")
def test_really_drawn(server):
    hostile = Series(
        "</script><img src=x>", (("'a\\", 1.0), ("</b>' + 1 + '", None), ("é注", 3.0), ("d", 2.0))
    )
    email_to(server, charts=True).send(digest(parts=(WEEK, hostile)))
    _, related = server.received[0].mail.iter_parts()
    _, *pictures = related.iter_parts()
    assert len(pictures) == 2
    for picture in pictures:
        png = picture.get_content()
        assert png.startswith(PNG)
        width, height = (int.from_bytes(png[at : at + 4]) for at in (16, 20))
        assert (width, height) == (1120, 300)  # twice what the tag says
        assert len(png) < 60_000


def test_a_deadline_ends_it(monkeypatch, tmp_path):
    slow = tmp_path / "slow"
    slow.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n")
    slow.chmod(0o755)
    monkeypatch.setattr(paint, "installed", lambda: True)
    monkeypatch.setattr(sys, "executable", str(slow))
    with pytest.raises(NotPainted, match=r"longer than 0\.2 s"):
        painted([{}], 0.2)


def test_a_fault_of_the_program_is_no_fault_of_the_mail(monkeypatch):
    monkeypatch.setattr(paint, "installed", lambda: True)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(NotPainted, match="CalledProcessError"):
        painted([{}])
    monkeypatch.setattr(sys, "executable", "/no/such/program")
    with pytest.raises(NotPainted, match="FileNotFoundError"):
        painted([{}])


def test_without_the_extra_there_are_words(monkeypatch, server):
    monkeypatch.setattr(paint, "installed", lambda: False)
    with pytest.raises(NotPainted, match="not installed"):
        painted([{}])
    assert painted([]) == []
