from __future__ import annotations

import logging
import traceback

import pytest

from deskpulse.errors import DeliveryDeferred, DeliveryError, DeliveryRejected
from deskpulse.message import Paragraph
from deskpulse.notifier import Receipt
from deskpulse.untrusted import Untrusted
from support.messages import alert, digest
from support.senders import NOW, ONE, TWO, email_to
from support.smtp import PASSWORD, MailServer


def test_a_digest_arrives_encrypted(server):
    receipt = email_to(server, recipients=[ONE, f"Two <{TWO}>"]).send(digest())
    (got,) = server.received
    assert got.encrypted
    assert got.sender == "kpi@example.com"
    assert got.recipients == [ONE, TWO]
    assert got.mail["Message-ID"] == receipt.address["message_id"]
    assert got.mail["Date"].datetime == NOW
    assert [part.get_content_type() for part in got.mail.iter_parts()] == [
        "text/plain",
        "text/html",
    ]
    assert receipt.note == ""


def test_tls_from_the_first_byte(tmp_path):
    with MailServer(tmp_path, "tls") as server:
        email_to(server, security="tls").send(digest())
        assert len(server.received) == 1


def test_a_server_on_this_machine_without_encryption(tmp_path):
    with MailServer(tmp_path, "none", sign_in=False) as server:
        plain = {"security": "none", "username": None, "password": None, "ca_file": None}
        email_to(server, **plain).send(digest())
        assert not server.received[0].encrypted


def test_an_answer_refers_to_the_mail_before(server):
    email = email_to(server)
    first = email.send(alert("firing"))
    email.send(alert("resolved"), first)
    one, two = (got.mail for got in server.received)
    assert two["In-Reply-To"] == one["Message-ID"]
    assert one["References"] in two["References"]


def test_a_thread_for_each_day(server):
    email = email_to(server, thread="day")
    first = email.send(alert("firing"))
    assert first.address["day"] == "2026-11-22"
    email.send(alert("update"), first)
    yesterday = Receipt(first.address | {"day": "2026-11-21"})
    email.send(alert("resolved"), yesterday)
    one, two, three = (got.mail for got in server.received)
    assert one["References"] in two["References"]
    assert two["In-Reply-To"] == one["Message-ID"]
    assert three["In-Reply-To"] == three["References"] == one["References"]
    email_to(server).send(alert("firing"))
    assert server.received[-1].mail["References"] != one["References"]


def test_lines_that_look_like_smtp_are_only_text(server):
    text = "line\n.\nMAIL FROM:<evil@evil.example>\n..\n"
    email_to(server).send(digest(parts=(Paragraph((Untrusted(text),)),)))
    (got,) = server.received
    body = got.mail.get_body(("plain",)).get_content()
    assert "\n.\nMAIL FROM:<evil@evil.example>\n..\n" in body.replace("\r\n", "\n")


# --- encryption is verified, or nothing is sent -------------------------------------------


def test_a_certificate_of_an_unknown_authority(server):
    with pytest.raises(DeliveryRejected, match="cannot be verified") as caught:
        email_to(server, ca_file=None).send(digest())
    assert "ca_file" in caught.value.hint
    assert server.received == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_for_another_host(tmp_path, security):
    with MailServer(tmp_path, security, certificate_for="mail.elsewhere.example") as server:
        with pytest.raises(DeliveryRejected, match="cannot be verified"):
            email_to(server, security=security).send(digest())
        assert server.received == []


def test_a_server_without_starttls(tmp_path):
    with MailServer(tmp_path, "none", sign_in=False) as server:
        with pytest.raises(DeliveryRejected, match="does not offer STARTTLS"):
            email_to(server).send(digest())
        assert server.received == []


def test_a_server_that_drops_starttls(server):
    server.faults.drop_at_starttls = True
    with pytest.raises(DeliveryDeferred):
        email_to(server).send(digest())
    assert server.received == []


@pytest.mark.parametrize(
    ("reply", "expected"),
    [("454 TLS not available now", DeliveryDeferred), ("502 no", DeliveryRejected)],
)
def test_a_server_that_refuses_starttls(server, reply, expected):
    server.faults.starttls_reply = reply
    with pytest.raises(expected):
        email_to(server).send(digest())
    assert server.received == []


def test_tls_to_a_plain_port(server):
    with pytest.raises(DeliveryDeferred) as caught:
        email_to(server, security="tls").send(digest())
    assert "465" in caught.value.hint


# --- check, secrets --------------------------------------------------------------------------


def test_check_signs_in_and_sends_nothing(server):
    assert email_to(server).check().endswith("(starttls), signed in as kpi, recipients: 1")
    with pytest.raises(DeliveryRejected):
        email_to(server, password="wrong").check()
    assert server.received == []


def test_the_password_is_nowhere(server, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    email = email_to(server)
    outputs = [repr(email), repr(email.config), str(email.config), email.preview(digest())]

    def attempt():
        try:
            outputs.append(repr(email.send(digest())))
        except DeliveryError as problem:
            outputs.extend([str(problem), problem.hint, repr(problem)])
            outputs.append("".join(traceback.format_exception(problem)))

    attempt()
    for fault in ("451 later", "550 never"):
        server.faults.data = fault
        attempt()
    server.faults.sign_in = f"535 {PASSWORD}"
    attempt()
    server.faults.drop_at_starttls = True
    attempt()
    # What the server itself logs is its own affair.
    outputs += [record.getMessage() for record in caplog.records if record.name != "mail.log"]
    outputs += capsys.readouterr()
    assert PASSWORD not in "\n".join(outputs)
