"""What a legal server may say, and a real one cannot be made to say when a test wants it."""

import pytest

from deskpulse.records import Ticket
from deskpulse_connectors.imap.connector import Imap
from support.clock import FakeClock
from support.imap_server import ImapServer


def mail(number, subject=b"Help", **fields):
    lines = [
        b"From: Jane <jane@mail.example>",
        b"To: support@acme.example",
        b"Subject: " + subject,
        b"Message-ID: <%d@mail.example>" % number,
        *(name.encode() + b": " + value for name, value in fields.items()),
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def tickets(server):
    """The tickets of a first reading, by subject."""
    config = Imap.Config(
        host="127.0.0.1",
        port=server.port,
        security="none",
        user="support@acme.example",
        password="an-invented-password",
        sent=[],
    )
    connector = Imap(config, None, FakeClock(), "mail")
    stream = next(each for each in connector.streams() if each.name == "conversations")
    records = [
        record for page in stream.pull(None) for raw in page.records for record in stream.parse(raw)
    ]
    return [record.subject for record in records if isinstance(record, Ticket)]


@pytest.mark.parametrize(
    "told",
    [
        b"* %d FETCH (UID %d FLAGS (\\Seen))\r\n",
        b"* %d FETCH (FLAGS (\\Seen) UID %d)\r\n",
        b"* 4 EXISTS\r\n* 1 EXPUNGE\r\n",
    ],
)
def test_what_others_do_meanwhile_takes_no_mail_away(told):
    """A colleague reads a mail while it is fetched: its new flags are told beside it."""

    def between(uid):
        return told % (uid, uid) if b"%d" in told else told

    with ImapServer({1: mail(1, b"One"), 2: mail(2, b"Two")}, between=between) as server:
        assert tickets(server) == ["One", "Two"]


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("Café zu".encode(), "Café zu"),
        ("Café zu".encode("latin-1"), "Café zu"),
        ("„Größe“".encode("cp1252"), "„Größe“"),
        ("日本語".encode(), "日本語"),
        (b"=?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n folded", "Grüße folded"),
    ],
)
def test_a_subject_in_bytes_beyond_ascii_is_read(raw, read):
    """UTF-8 is legal (RFC 6532); other pages are not, and yet they come."""
    with ImapServer({1: mail(1, raw)}) as server:
        assert tickets(server) == [read]
