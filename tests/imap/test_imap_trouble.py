"""Signing in, certificates, and servers that fail: what the operator is told."""

import socket
import threading

import pytest
from pydantic import ValidationError

from deskpulse.errors import (
    AuthRejected,
    ConfigError,
    CursorExpired,
    SourceUnavailable,
    SourceUnreachable,
)
from deskpulse_connectors.imap.connector import Imap
from deskpulse_connectors.imap.names import decoded_name, encoded_name
from deskpulse_connectors.imap.wire import Wire
from support.clock import FakeClock


def connector(mailbox, **more):
    return Imap(Imap.Config(**mailbox.settings(**more)), None, FakeClock(), "mail")


def test_a_wrong_password_is_refused_and_never_shown(mailbox):
    with pytest.raises(AuthRejected) as caught:
        next(connector(mailbox, password="wrong-password-77").conversations(None))
    assert "refused the password of" in caught.value.message
    assert "app password" in caught.value.hint
    assert "wrong-password-77" not in repr(caught.value) + str(caught.value.__context__)


def test_a_certificate_that_nobody_vouches_for_is_refused(mailbox):
    with pytest.raises(SourceUnreachable, match="is not trusted") as caught:
        next(connector(mailbox, ca_file=None).conversations(None))
    assert "ca_file" in caught.value.hint


def test_a_certificate_for_another_name_is_refused(mailbox):
    with pytest.raises(SourceUnreachable, match="is not trusted"):
        next(connector(mailbox, host="127.0.0.1").conversations(None))


def test_starttls(mailbox):
    made = connector(mailbox, port=mailbox.plain, security="starttls", sent=[])
    assert next(made.conversations(None)).records == []


def test_without_encryption_only_on_this_machine(mailbox):
    made = connector(mailbox, host="127.0.0.1", port=mailbox.plain, security="none", sent=[])
    assert next(made.conversations(None)).records == []
    assert "unencrypted" in made.warnings()[0]
    with pytest.raises(ValidationError, match="unencrypted"):
        connector(mailbox, host="imap.acme.example", security="none")


def test_a_missing_folder_is_named_with_those_that_are(mailbox):
    with pytest.raises(ConfigError, match="no folder 'Sent'; there are: INBOX") as caught:
        next(connector(mailbox).conversations(None))
    assert "folders and sent" in caught.value.hint
    with pytest.raises(ConfigError, match="no folder 'Sent'"):
        next(connector(mailbox).silences(None))


def test_nobody_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = Imap.Config(host="localhost", port=port, user="a@b.example", password="invented-9")
    with pytest.raises(SourceUnreachable, match="does not answer as an IMAP server"):
        Wire(config)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ([b"HTTP/1.1 400 Bad Request\r\n\r\n"], SourceUnreachable),
        ([b"* BYE too many connections\r\n"], SourceUnreachable),
        ([b"* OK ready\r\n", b"* CAPABILITY IMAP4rev1\r\n%s OK\r\n"], SourceUnavailable),
        (
            [b"* OK ready\r\n", b"* CAPABILITY IMAP4rev1\r\n%s OK\r\n", b"%s OK signed in\r\n"],
            SourceUnavailable,
        ),
    ],
    ids=["not imap", "bye", "cut at login", "cut after login"],
)
def test_servers_that_hang_up(said, error):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def serve():
            connection, _ = server.accept()
            with connection:
                connection.sendall(said[0])
                for line in said[1:]:
                    asked = connection.recv(1000).split()
                    if not asked:
                        return
                    connection.sendall(line % asked[0])
                if len(said) > 1:
                    connection.recv(1000)

        threading.Thread(target=serve, daemon=True).start()
        config = Imap.Config(
            host="127.0.0.1",
            port=port,
            user="a@b.example",
            password="invented-9",
            security="none",
        )
        with pytest.raises(error) as caught:
            Wire(config)
    assert "invented-9" not in str(caught.value)


@pytest.mark.parametrize("cursor", ["", "{}", "[]", '{"folders": 3, "after": null, "again": 0}'])
def test_a_cursor_of_somebody_else_begins_anew(mailbox, cursor):
    made = connector(mailbox, sent=[])
    with pytest.raises(CursorExpired):
        list(made.conversations(cursor))


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("INBOX", "INBOX"),
        ("Gelöscht", "Gel&APY-scht"),
        ("R&D", "R&-D"),
        ("送信済み", "&kAFP4W4IMH8-"),
        ("Büro 😀", "B&APw-ro &2D3eAA-"),
    ],
)
def test_folder_names(name, wire):
    assert encoded_name(name) == wire
    assert decoded_name(wire) == name


def test_settings_need_an_address():
    with pytest.raises(ValidationError, match="set addresses"):
        Imap.Config(host="h", user="support", password="invented-9")
