"""What arrives."""

from __future__ import annotations

import json
from dataclasses import replace

from deskpulse.http.redact import secrets_in
from deskpulse.message import MessageKind
from deskpulse.notifier import Notifier, Receipt
from deskpulse.testing.notifying.base import Base, sleepless
from deskpulse.testing.notifying.samples import DIGEST, FRESH, HOSTILE, MARKS, alert, full_of
from deskpulse.testing.notifying.sink import Arrival, Sink

KINDS: tuple[MessageKind, ...] = ("firing", "update", "resolved", "digest", "note")
_CLOSED = ("[customer text]", "Untrusted(")


class Delivering(Base):
    """Tests of delivery."""

    def test_delivers_every_part(self) -> None:
        """Title, summary, each kind of part, links, and up to when the data is complete."""
        with self.opened() as (sink, notifier):
            self.send(notifier, DIGEST)
            text = _joined(sink)
        for what in self.shows:
            for mark in MARKS[what]:
                if mark not in text and not (what == "freshness" and FRESH[1] in text):
                    self.fail(f"{what}: {mark!r} does not arrive")

    def test_delivers_every_kind(self) -> None:
        """A firing, an update, a resolution, a digest and a note; each arrives."""
        for kind in KINDS:
            with self.opened() as (sink, notifier):
                self.send(notifier, alert(kind))
                if "First reply due" not in _joined(sink):
                    self.fail(f"a {kind} does not arrive")

    def test_follows_up(self) -> None:
        """What follows an earlier message arrives too, after any receipt, its own or not."""
        for receipt in (None, Receipt(), Receipt({"of": "another notifier", "done": "x"})):
            with self.opened() as (sink, notifier):
                place = receipt
                for kind, name in (("firing", "one"), ("update", "two"), ("resolved", "three")):
                    place = self.send(notifier, alert(kind, name), place)  # type: ignore[arg-type]
                    if f"({name})" not in _joined(sink):
                        self.fail(f"a {kind} after an earlier message does not arrive")

    def test_preview_is_what_is_sent(self) -> None:
        """`preview` sends nothing and shows what `send` would send, secrets as `***`."""
        for message in (DIGEST, alert()):
            with self.opened() as (sink, notifier):
                shown = notifier.preview(message)
                if sink.attempts:
                    self.fail("preview sends something")
                self.send(notifier, message)
                arrivals = [_masked(arrival, notifier) for arrival in sink.arrivals]
                if different := sink.differences(shown, arrivals):
                    self.fail(f"preview is not what is sent: {different}")

    def test_repeats_under_one_key(self) -> None:
        """A notifier that `sends_key` gives a repeat the same key, and another message another."""
        with self.opened() as (sink, notifier):
            if not notifier.sends_key:
                return
            for message in (alert(), alert(), replace(alert(), id="another", key="sla:desk/4712")):
                self.send(notifier, message)
            keys = [arrival.key for arrival in sink.arrivals]
        if not all(keys):
            self.fail("sends_key is true, but no key arrives; or say where the sink finds it")
        first, again, other = keys
        if first != again or first == other:
            self.fail(f"the keys of a message, its repeat and another one are {keys}")

    def test_customer_text_stays_text(self) -> None:
        """No text of a customer becomes a mention, a link, a tag, a header or a control."""
        names = self._names_of_a_harmless_one()
        for text in HOSTILE:
            with self.opened() as (sink, notifier):
                self.send(notifier, full_of(text))
                for arrival in sink.arrivals:
                    self._demand_harmless(sink, arrival, text, names)
                shown = notifier.preview(full_of(text))
                if any(closed in shown for closed in _CLOSED):
                    self.fail("preview shows `[customer text]`; open it, and escape it")

    def test_never_waits(self) -> None:
        """Sending sleeps nowhere: waiting is the sender's business."""
        with self.opened() as (_, notifier), sleepless() as slept:
            self.send(notifier, DIGEST)
        if slept:
            self.fail(f"send sleeps ({slept[0]} s)")

    def _names_of_a_harmless_one(self) -> set[str]:
        with self.opened() as (sink, notifier):
            self.send(notifier, full_of("hello"))
            return {name for arrival in sink.arrivals for name in arrival.names}

    def _demand_harmless(self, sink: Sink, arrival: Arrival, text: str, names: set[str]) -> None:
        if found := sink.mischief(arrival):
            self.fail(f"a customer's {text[:80]!r} becomes {found[0]}")
        if new := set(arrival.names) - names:
            self.fail(f"a customer's {text[:80]!r} adds a header: {min(new)!r}")
        if any(closed in arrival.text for closed in _CLOSED):
            self.fail("a customer's text arrives as `[customer text]`; open it, and escape it")


def _masked(arrival: Arrival, notifier: Notifier) -> Arrival:
    text = arrival.text
    for secret in secrets_in(notifier.config):
        text = text.replace(secret, "***")
    return replace(arrival, text=text)


def _joined(sink: Sink) -> str:
    """All that arrived, with JSON's escapes undone."""
    return "\n".join(_readable(arrival.text) for arrival in sink.arrivals)


def _readable(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return text
