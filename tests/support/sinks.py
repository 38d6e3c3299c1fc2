"""The sinks of the built-in notifiers, for the contract."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path

from deskpulse.testing import Arrival, Sink
from deskpulse.testing.notifying import markup
from deskpulse_notifiers.console import Console
from support import fake_slack
from support.fake_slack import FakeSlack, Fault, too_many
from support.smtp import PASSWORD, USER, MailServer

HTML = "--- HTML ---"


class SlackSink(Sink):
    """The fake Slack, which echoes what it refuses."""

    def __enter__(self):
        super().__enter__()
        self.slack = FakeSlack().__enter__()
        self._open = True
        return self

    def __exit__(self, *_):
        self._close()

    def _close(self):
        if self._open:
            self._open = False
            self.slack.__exit__(None, None, None)

    @property
    def address(self):
        return self.slack.url

    def settings(self, given):
        self.slack.token = given["token"]
        return super().settings(given)

    def play(self, fault):
        echo = json.dumps({"ok": False, "error": "invalid_auth", "was": self.slack.token}).encode()
        match fault:
            case "gone":
                self._close()
            case "refused":
                self.slack.faults.append(Fault(body=echo))
            case "busy":
                self.slack.faults.append(too_many("7"))
            case "down":
                self.slack.faults.append(fake_slack.UNAVAILABLE)
            case "unsure":
                self.slack.faults.append(fake_slack.ACCEPT_THEN_RESET)

    @property
    def attempts(self):
        return self.slack.requests

    @attempts.setter
    def attempts(self, _):
        pass

    @property
    def arrivals(self):
        return [
            Arrival(json.dumps(call.payload), key=call.payload.get("client_msg_id", ""))
            for call in self.slack.calls
        ]

    @arrivals.setter
    def arrivals(self, _):
        pass

    def mischief(self, arrival):
        return markup.mischief("mrkdwn", arrival.text)


class MailSink(Sink):
    """The mail server of the tests; a mail's text part, then its HTML."""

    faults = frozenset({"refused", "down", "unsure", "gone"})
    loggers = ("mail.log",)

    def __enter__(self):
        super().__enter__()
        self._folder = tempfile.TemporaryDirectory()
        self.server = MailServer(Path(self._folder.name)).__enter__()
        self._open = True
        return self

    def __exit__(self, *_):
        self._close()
        self._folder.cleanup()

    def _close(self):
        if self._open:
            self._open = False
            self.server.__exit__(None, None, None)

    def settings(self, given):
        more = {"host": self.server.host, "port": self.server.port, "ca_file": self.server.ca_file}
        return dict(given) | more | {"username": USER, "password": PASSWORD}

    def play(self, fault):
        match fault:
            case "gone":
                self._close()
            case "refused":
                self.server.faults.sign_in = f"535 not you, {USER}, with {PASSWORD}"
            case "down":
                self.server.faults.once = "451 come again"
            case "unsure":
                self.server.faults.reset_after_data = True

    @property
    def arrivals(self):
        return [self._arrival(received.mail) for received in self.server.received]

    @arrivals.setter
    def arrivals(self, _):
        pass

    @property
    def attempts(self):
        return len(self.server.received)

    @attempts.setter
    def attempts(self, _):
        pass

    def _arrival(self, mail):
        text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
        html = mail.get_body(("html",)).get_content().replace("\r\n", "\n")
        whole = f"{text}\n{HTML}\n{html}"
        return Arrival(whole, tuple(name.lower() for name in mail), mail["Message-ID"])

    def differences(self, preview, arrivals):
        """The preview shows the headers, too."""
        lines = [line.strip() for arrival in arrivals for line in arrival.text.splitlines()]
        return next((f"it lacks {line!r}" for line in lines if line not in preview), "")

    def mischief(self, arrival):
        text, html = arrival.text.rsplit(f"\n{HTML}\n", 1)
        return markup.mischief("plain", text) + markup.mischief("html", html)


class ConsoleSink(Sink):
    """A stream that can fail once."""

    faults = frozenset({"down"})

    def __enter__(self):
        super().__enter__()
        self._broken = False
        return self

    def opened(self, notifier, config):
        assert notifier is Console
        sink = self

        class Stream(io.StringIO):
            def write(self, text):
                sink.attempts += 1
                if sink._broken:
                    sink._broken = False
                    raise OSError("disk full")
                sink.arrivals.append(Arrival(text))
                return len(text)

        return Console(config, Stream())

    def play(self, fault):
        self._broken = True

    def mischief(self, arrival):
        return markup.mischief("plain", arrival.text)
