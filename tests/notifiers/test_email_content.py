from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from deskpulse_notifiers.email import Email
from deskpulse_notifiers.email.addresses import mailbox
from deskpulse_notifiers.email.encoding import encoded
from deskpulse_notifiers.email.headers import headers_of
from deskpulse_notifiers.email.html import LARGEST, html_of
from deskpulse_notifiers.email.mime import mail_of
from deskpulse_notifiers.text import one_line
from support.hostile import NAMES, TEXTS
from support.messages import OWN_HOST, MessageMaker, alert, digest, filled_with, long_digest

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SETTINGS = {
    "host": "smtp.example.com",
    "sender": "Deskpulse <kpi@example.com>",
    "recipients": ["team@example.com", '"Lead, The" <lead@example.com>'],
}
ALLOWED_HEADERS = [
    "Date",
    "From",
    "To",
    "Subject",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
]


def config(**changes):
    return Email.Config(**(SETTINGS | changes))


def raw(message, previous_id="", **changes):
    settings_ = config(**changes)
    return mail_of(message, headers_of(message, settings_, NOW, previous_id)).as_bytes()


def parsed(message, previous_id="", **changes):
    return message_from_bytes(raw(message, previous_id, **changes), policy=policy.SMTP)


class Tags(HTMLParser):
    """What a browser would see: tags, attributes, text."""

    def __init__(self, document):
        super().__init__()
        self.tags, self.attributes, self.words = [], [], []
        self.feed(document)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_comment(self, data):
        self.tags.append("!--")

    def handle_data(self, data):
        self.words.append(data)


def assert_only_our_html(document):
    seen = Tags(document)
    known = {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "div",
        "h1",
        "h2",
        "p",
        "table",
        "tbody",
        "tr",
        "th",
        "td",
        "a",
    }
    assert set(seen.tags) <= known
    assert seen.tags.count("style") == 1
    names = {name for _, name, _ in seen.attributes}
    assert names <= {"lang", "charset", "name", "content", "style", "class", "dir", "role", "href"}
    for tag, name, value in seen.attributes:
        if name == "href":
            assert tag == "a"
            assert value.startswith(f"https://{OWN_HOST}/")
        if name == "style":
            assert "url(" not in value
    assert len(document.encode()) <= LARGEST


def test_headers_of_a_digest_exactly():
    mail = parsed(digest())
    assert mail.keys() == ALLOWED_HEADERS
    assert mail["Subject"] == "Support on Saturday, 21 November"
    assert mail["From"] == "Deskpulse <kpi@example.com>"
    assert [item.addr_spec for item in mail["To"].addresses] == [
        "team@example.com",
        "lead@example.com",
    ]
    assert mail["To"].addresses[1].display_name == "Lead, The"
    assert mail["Date"].datetime == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.com>", mail["Message-ID"])


def test_both_parts_text_first():
    mail = parsed(digest())
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert "  - #4711  Where is my order? (waits 3 d)" in text.get_content().replace("\r\n", "\n")
    assert "Data complete to 2026-11-22 07:58 Europe/Berlin" in text.get_content()
    assert html.get_content_type() == "text/html"
    words = " ".join(Tags(html.get_content()).words)
    for expected in (
        "Where is my order?",
        "R&D <refund>",
        "38 min",
        "and 7 more",
        "07:58 Europe/Berlin",
    ):
        assert expected in words
    assert_only_our_html(html.get_content())
    assert all(byte < 128 for byte in raw(digest()))
    assert max(map(len, raw(digest()).split(b"\r\n"))) <= 998
    assert b"\n" not in raw(digest()).replace(b"\r\n", b"")


def test_styles_are_inlined_and_dark_mode_survives():
    document = html_of(digest())
    assert "prefers-color-scheme: dark" in document
    assert re.search(r'<td class="value good" style="[^"]*font-weight: ?bold', document)


def test_the_same_message_is_the_same_mail():
    assert raw(digest()) == raw(digest())
    assert parsed(digest())["Message-ID"] != parsed(digest(id="outbox-18"))["Message-ID"]


def test_mails_about_one_alert_form_a_thread():
    first, second = parsed(alert("firing")), parsed(alert("resolved"))
    assert first["References"] == second["References"]
    assert first["In-Reply-To"] == first["References"]
    assert first["Message-ID"] != second["Message-ID"]
    other = parsed(alert("firing", key="sla:zendesk/4712"))
    assert other["References"] != first["References"]
    answer = parsed(alert("resolved"), previous_id=first["Message-ID"])
    assert answer["In-Reply-To"] == first["Message-ID"]
    assert str(answer["References"]).split() == [first["References"], first["Message-ID"]]
    forged = parsed(alert("resolved"), previous_id="<a@b>\r\nBcc: evil@evil.example")
    assert "Bcc" not in forged
    assert forged["In-Reply-To"] == first["References"]


def test_digests_stand_alone():
    assert "References" not in parsed(digest(), previous_id="<a@b.example>")


def test_unsubscribe_headers():
    one_click = parsed(digest(), unsubscribe="https://acme.example/u/1")
    assert one_click["List-Unsubscribe"] == "<https://acme.example/u/1>"
    assert one_click["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    by_mail = parsed(digest(), unsubscribe="mailto:off@example.com")
    assert by_mail["List-Unsubscribe"] == "<mailto:off@example.com>"
    assert "List-Unsubscribe-Post" not in by_mail


@pytest.mark.parametrize("kind", ["digest", "firing"])
@pytest.mark.parametrize("text", TEXTS, ids=NAMES)
def test_hostile_text_adds_no_header_and_no_tag(text, kind):
    mail = parsed(filled_with(text, kind), subject_prefix="[support]")
    threading = ["In-Reply-To", "References"] if kind == "firing" else []
    assert sorted(mail.keys()) == sorted(ALLOWED_HEADERS + threading)
    assert not mail.defects
    assert mail["Subject"].startswith("[support]")
    assert not re.search(r"[\x00-\x1f\x7f]", mail["Subject"])
    plain, html = mail.iter_parts()
    assert_only_our_html(html.get_content())
    assert not re.search(
        r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]", plain.get_content()
    )


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(st.text(st.characters() | st.sampled_from("=?_ \t()<>@,;:é😀\r\n"), max_size=260))
def test_any_subject_survives_exactly(text):
    line = encoded(text)
    mail = message_from_bytes(
        f"Subject: {line}\r\nX-End: 1\r\n\r\nbody".encode("ascii"), policy=policy.SMTP
    )
    assert mail.keys() == ["Subject", "X-End"]
    if "=?" not in text and len(one_line(text)) < 100:
        assert mail["Subject"] == one_line(text)


@pytest.mark.parametrize("seed", range(4))
def test_generated_messages_make_sound_mails(seed):
    maker = MessageMaker(seed)
    for _ in range(50):
        mail = parsed(maker.message())
        assert not mail.defects
        _, html = mail.iter_parts()
        assert_only_our_html(html.get_content())


def test_long_lists_stay_under_the_limit_and_are_counted():
    document = html_of(long_digest(tickets=4000))
    assert len(document.encode()) <= LARGEST
    medium = html_of(long_digest(tickets=400))
    assert len(medium.encode()) <= LARGEST
    assert "and 20 more" in medium or "and 32 more" in medium or "and 37 more" in medium


def test_names_are_encoded():
    assert mailbox("kpi@example.com") == "kpi@example.com"
    assert mailbox("Müller <kpi@example.com>").startswith("=?utf-8?")
    assert mailbox('"A \\"B\\"" <kpi@example.com>') == '"A \\"B\\"" <kpi@example.com>'


def test_preview_shows_headers_text_and_html():
    shown = Email(config(charts=False)).preview(digest())
    assert "Subject: Support on Saturday, 21 November" in shown
    assert "Where is my order?" in shown
    assert "--- HTML ---\n<!DOCTYPE html>" in shown


@pytest.mark.parametrize(
    "changes",
    [
        {"security": "none"},
        {"security": "ssl"},
        {"host": ""},
        {"port": 0},
        {"sender": "kpi"},
        {"sender": "a@example.com\r\nBcc: evil@evil.example"},
        {"sender": "a@example.com, b@example.com"},
        {"recipients": []},
        {"recipients": ["a@example.com,b@example.com"]},
        {"recipients": ["müller@example.com"]},
        {"recipients": ["a@b@example.com"]},
        {"recipients": ["a@example.com\nBcc: evil@evil.example"]},
        {"username": "kpi"},
        {"password": "canary"},
        {"ca_file": "/no/such/file.pem"},
        {"unsubscribe": "http://acme.example"},
        {"unsubscribe": "https://acme.example/>\r\nBcc: x"},
        {"subjekt": "x"},
    ],
)
def test_bad_settings_are_refused(changes):
    with pytest.raises(ValidationError) as caught:
        config(**changes)
    assert "canary" not in str(caught.value)


def test_no_encryption_is_for_this_machine_only():
    for host in ("localhost", "127.0.0.1", "127.3.2.1", "::1"):
        assert config(host=host, security="none").security == "none"


def test_every_setting_is_described():
    for field in Email.Config.model_fields.values():
        assert field.description
        assert field.description.endswith(".")
