from __future__ import annotations

import socket
import threading

import pytest
from pydantic import ValidationError

from deskpulse.errors import DeliveryDeferred, DeliveryError, DeliveryRejected
from deskpulse.notifier import Receipt
from deskpulse_notifiers.email import Email
from support.messages import alert, digest
from support.senders import ONE, THREE, TWO, email_to
from support.smtp import PASSWORD, USER

# --- refusals --------------------------------------------------------------------------------


def test_a_wrong_password(server):
    with pytest.raises(DeliveryRejected, match="535") as caught:
        email_to(server, password="wrong-canary").send(digest())
    assert "password" in caught.value.hint
    assert "wrong-canary" not in str(caught.value)


@pytest.mark.parametrize("given", [{"password": "schl\u00fcssel"}, {"username": "j\u00f6rg"}])
def test_a_sign_in_that_cannot_be_sent_is_refused_at_load(given):
    """The library sends ASCII only: it would fail at every attempt, in words nobody understands."""
    with pytest.raises(ValidationError, match="ASCII only") as caught:
        Email.Config(
            **{"host": "mail.example.com", "sender": "kpi@example.com", "recipients": [ONE]}
            | {"username": "kpi", "password": "secret"}
            | given
        )
    assert "schl" not in str(caught.value)


def test_a_sign_in_that_may_work_later(server):
    server.faults.sign_in = "454 4.7.0 Temporary authentication failure"
    with pytest.raises(DeliveryDeferred):
        email_to(server).send(digest())


def test_a_server_that_echoes_the_password(server):
    server.faults.sign_in = f"535 user {USER} with {PASSWORD} is unknown"
    with pytest.raises(DeliveryRejected) as caught:
        email_to(server).send(digest())
    assert PASSWORD not in str(caught.value)
    assert "***" in str(caught.value)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("550 5.7.1 refused", DeliveryRejected),
        ("552 too large", DeliveryRejected),
        ("554 spam", DeliveryRejected),
        ("421 closing", DeliveryDeferred),
        ("451 greylisted", DeliveryDeferred),
        ("452 full", DeliveryDeferred),
    ],
)
def test_replies_to_the_mail(server, reply, expected):
    server.faults.data = reply
    with pytest.raises(expected, match=reply[:3]):
        email_to(server).send(digest())


def test_all_recipients_refused(server):
    server.faults.recipients = {ONE: "550 unknown", TWO: "550 unknown"}
    with pytest.raises(DeliveryRejected, match="all 2 recipients") as caught:
        email_to(server, recipients=[ONE, TWO]).send(digest())
    assert caught.value.hint
    server.faults.recipients[TWO] = "451 later"
    with pytest.raises(DeliveryDeferred):
        email_to(server, recipients=[ONE, TWO]).send(digest())


def test_one_recipient_refused_for_good_is_named(server):
    server.faults.recipients = {TWO: "550 unknown"}
    receipt = email_to(server, recipients=[ONE, TWO, THREE]).send(digest())
    assert server.received[0].recipients == [ONE, THREE]
    assert receipt.note == f"1 of 3 recipients refused for good: {TWO} (550)"


def test_one_recipient_greylisted_gets_it_later_and_alone(server):
    server.faults.recipients = {TWO: "451 greylisted"}
    email = email_to(server, recipients=[ONE, TWO, THREE])
    before = Receipt({"message_id": "<before@example.com>"})
    with pytest.raises(DeliveryDeferred, match="1 of 3 recipients") as caught:
        email.send(alert("resolved"), before)
    server.faults.recipients = {}
    receipt = email.send(alert("resolved"), caught.value.progress)
    assert [got.recipients for got in server.received] == [[ONE, THREE], [TWO]]
    assert server.received[0].raw == server.received[1].raw
    assert "pending" not in receipt.address


def test_a_pending_recipient_who_left_the_config(server):
    message = digest()
    progress = Receipt(
        {"message_id": "<a@b>", "message": message.id, "pending": "gone@example.com"}
    )
    receipt = email_to(server).send(message, progress)
    assert server.received == []
    assert "gone" in receipt.note


# --- the network -----------------------------------------------------------------------------


def test_accepted_then_cut_is_deferred_because_nobody_knows(server):
    server.faults.reset_after_data = True
    with pytest.raises(DeliveryDeferred, match="may have arrived"):
        email_to(server).send(digest())
    assert len(server.received) == 1
    server.faults.reset_after_data = False
    email_to(server).send(digest())
    one, again = server.received
    assert one.mail["Message-ID"] == again.mail["Message-ID"]


def test_nobody_listening():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    email = Email(
        Email.Config(host="127.0.0.1", port=port, sender="kpi@example.com", recipients=[ONE])
    )
    with pytest.raises(DeliveryDeferred, match="ConnectionRefusedError"):
        email.send(digest())


def test_an_unknown_host(monkeypatch):
    def unknown(*args, **kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "create_connection", unknown)
    email = Email(
        Email.Config(host="no-such-host.invalid", sender="kpi@example.com", recipients=[ONE])
    )
    with pytest.raises(DeliveryDeferred, match="cannot be found"):
        email.send(digest())


@pytest.mark.parametrize(
    "greeting", [b"", b"554 go away\r\n", b"421 busy\r\n", b"HTTP/1.1 400\r\n\r\n"]
)
def test_strange_greetings(greeting):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        done = threading.Event()

        def greet():
            connection, _ = listener.accept()
            with connection:
                connection.sendall(greeting)
                done.wait(5)

        thread = threading.Thread(target=greet)
        thread.start()
        email = Email(
            Email.Config(
                host="127.0.0.1",
                port=port,
                sender="kpi@example.com",
                recipients=[ONE],
                timeout_s=0.3,
            )
        )
        with pytest.raises(DeliveryError) as caught:
            email.send(digest())
        done.set()
        thread.join()
    permanent = greeting.startswith(b"554")
    assert isinstance(caught.value, DeliveryRejected if permanent else DeliveryDeferred)
