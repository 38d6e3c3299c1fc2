"""Each test of the notifiers' contract bites: one small fault, and the tests that see it."""

from __future__ import annotations

import logging
import time
from typing import Any

import httpx
import pytest
from pydantic import ConfigDict, Field, SecretStr

from deskpulse import DeliveryDeferred, DeliveryRejected, Notifier, Receipt
from deskpulse.delivery import Poster, problem_of
from deskpulse.http.redact import secrets_in
from deskpulse.testing import HttpSink, NotifierContract
from deskpulse.untrusted import opened
from deskpulse_notifiers.plain import text_of

KEY = "Idempotency-Key"


class Pager(Notifier):
    """A correct one."""

    name = "pager"
    sends_key = True

    class Config(Notifier.Config):
        url: SecretStr = Field(description="Address of the pager.")

    def send(self, message, previous=None):
        url, key = self.config.url.get_secret_value(), {KEY: message.id}
        reply = Poster("the pager").post(url, text_of(message).encode(), key)
        if problem := problem_of("the pager", reply, secrets_in(self.config)):
            raise problem
        return Receipt()

    def preview(self, message):
        return text_of(message)


class PagerContract(NotifierContract):
    notifier = Pager
    settings = {"url": "{sink}/pager/invented-4711"}
    sink = HttpSink(key="idempotency-key")


def failures(contract: type) -> dict[str, str]:
    """The tests of a contract that fail, and what they say."""
    found = {}
    for name in sorted(dir(contract)):
        if name.startswith("test_"):
            try:
                getattr(contract(), name)()
            except pytest.skip.Exception:
                continue
            except (pytest.fail.Exception, Exception) as problem:
                found[name] = str(problem)
    return found


def of(notifier: type[Notifier], **attributes: Any) -> type:
    return type("Contract", (PagerContract,), {"notifier": notifier, **attributes})


def pager(send=Pager.send, **attributes: Any) -> type[Pager]:
    """The pager with another `send`."""
    return type("Pager", (Pager,), {"send": send, **attributes})


def post(self, message, body, **headers):
    url = self.config.url.get_secret_value()
    reply = Poster("the pager").post(url, body.encode(), {KEY: message.id, **headers})
    if problem := problem_of("the pager", reply, secrets_in(self.config)):
        raise problem
    return Receipt()


def test_a_correct_notifier_passes():
    assert failures(PagerContract) == {}


# --- sends that are wrong -------------------------------------------------------------------


def says_only_the_title(self, message, previous=None):
    return post(self, message, opened(message.title))


def forgets_up_to_when(self, message, previous=None):
    lines = [line for line in text_of(message).splitlines() if not line.startswith("Data complete")]
    return post(self, message, "\n".join(lines))


def drops_digests(self, message, previous=None):
    return Receipt() if message.kind == "digest" else Pager.send(self, message)


def rejects_notes(self, message, previous=None):
    if message.kind == "note":
        raise DeliveryRejected("no notes here", hint="Send them elsewhere.")
    return Pager.send(self, message)


def is_silent_after_the_first(self, message, previous=None):
    if previous is not None:
        return previous
    Pager.send(self, message)
    return Receipt({"first": message.id})


def trusts_any_receipt(self, message, previous=None):
    if previous is not None:
        previous.address["place"]
    Pager.send(self, message)
    return Receipt({"place": "here"})


def returns_true(self, message, previous=None):
    Pager.send(self, message)
    return True


def keeps_a_number(self, message, previous=None):
    Pager.send(self, message)
    return Receipt({"ts": 17})


def says_customer_text(self, message, previous=None):
    return post(self, message, f"{text_of(message)} {message.title}")


def posts_it_raw(self, message, previous=None):
    return post(self, message, text_of(message) + opened(message.title))


def writes_a_header(self, message, previous=None):
    extra = {}
    for line in opened(message.title).splitlines()[1:]:
        name, colon, value = line.partition(": ")
        if colon and name.isascii() and name.replace("-", "").isalpha():
            extra[name] = value
    return post(self, message, text_of(message), **extra)


def takes_another_key(self, message, previous=None):
    url = self.config.url.get_secret_value()
    Poster("the pager").post(url, text_of(message).encode(), {KEY: str(time.monotonic_ns())})
    return Receipt()


def sends_without_a_key(self, message, previous=None):
    url = self.config.url.get_secret_value()
    if problem := problem_of("x", Poster("x").post(url, text_of(message).encode(), {})):
        raise problem
    return Receipt()


def swallows_every_error(self, message, previous=None):
    try:
        return Pager.send(self, message)
    except (DeliveryDeferred, DeliveryRejected):
        return Receipt()


def rejects_everything(self, message, previous=None):
    try:
        return Pager.send(self, message)
    except DeliveryDeferred as problem:
        raise DeliveryRejected(problem.message, hint="Look at it.") from None


def defers_everything(self, message, previous=None):
    try:
        return Pager.send(self, message)
    except DeliveryRejected as problem:
        raise DeliveryDeferred(problem.message) from None


def gives_no_hint(self, message, previous=None):
    try:
        return Pager.send(self, message)
    except DeliveryRejected as problem:
        problem.hint = ""
        raise


def ignores_how_long(self, message, previous=None):
    try:
        return Pager.send(self, message)
    except DeliveryDeferred as problem:
        raise DeliveryDeferred(problem.message, ambiguous=problem.ambiguous) from None


def is_always_sure(self, message, previous=None):
    try:
        return Pager.send(self, message)
    except DeliveryDeferred as problem:
        raise DeliveryDeferred(problem.message, retry_after=problem.retry_after) from None


def is_never_sure(self, message, previous=None):
    try:
        return Pager.send(self, message)
    except DeliveryDeferred as problem:
        problem.ambiguous = True
        raise


def tries_twice(self, message, previous=None):
    try:
        return Pager.send(self, message)
    except DeliveryDeferred:
        return Pager.send(self, message)


def waits_first(self, message, previous=None):
    time.sleep(1)
    return Pager.send(self, message)


def waits_when_busy(self, message, previous=None):
    try:
        return Pager.send(self, message)
    except DeliveryDeferred as problem:
        time.sleep(problem.retry_after or 1)
        raise


def lets_others_errors_out(self, message, previous=None):
    url = self.config.url.get_secret_value()
    answer = httpx.post(url, content=text_of(message).encode(), headers={KEY: message.id})
    answer.raise_for_status()
    return Receipt()


def tells_its_address(self, message, previous=None):
    logging.getLogger("pager").info("posting to %s", self.config.url.get_secret_value())
    return Pager.send(self, message)


def breaks_for_ever(self, message, previous=None):
    if getattr(self, "broken", False):
        raise DeliveryDeferred("still broken")
    try:
        return Pager.send(self, message)
    except DeliveryDeferred:
        self.broken = True
        raise


PARTS = "test_delivers_every_part"
KINDS = "test_delivers_every_kind"
FOLLOWS = "test_follows_up"
PREVIEW = "test_preview_is_what_is_sent"
TEXT = "test_customer_text_stays_text"
KEYS = "test_repeats_under_one_key"
REFUSAL = "test_a_refusal_is_rejected"
BUSY = "test_a_busy_sink_is_deferred"
DOWN = "test_a_sink_that_is_down_is_deferred"
UNSURE = "test_an_unsure_delivery_says_so"
GONE = "test_nobody_there_is_deferred"
AGAIN = "test_recovers"
SECRET = "test_leaks_no_secret"
DEFERRALS = {BUSY, DOWN, UNSURE, GONE, AGAIN}


@pytest.mark.parametrize(
    ("send", "seen_by"),
    [
        (says_only_the_title, {PARTS, PREVIEW}),
        (forgets_up_to_when, {PARTS}),
        (drops_digests, {PARTS, KINDS}),
        (rejects_notes, {KINDS}),
        (is_silent_after_the_first, {FOLLOWS}),
        (trusts_any_receipt, {FOLLOWS}),
        (returns_true, {PARTS, KINDS, FOLLOWS, PREVIEW, TEXT, KEYS}),
        (keeps_a_number, {PARTS, KINDS, FOLLOWS, PREVIEW, TEXT, KEYS}),
        (says_customer_text, {TEXT}),
        (posts_it_raw, {TEXT}),
        (writes_a_header, {TEXT}),
        (takes_another_key, {KEYS}),
        (sends_without_a_key, {KEYS}),
        (swallows_every_error, {REFUSAL} | DEFERRALS),
        (rejects_everything, DEFERRALS),
        (defers_everything, {REFUSAL}),
        (gives_no_hint, {REFUSAL}),
        (ignores_how_long, {BUSY}),
        (is_always_sure, {UNSURE}),
        (is_never_sure, {DOWN, GONE}),
        (tries_twice, {BUSY, DOWN, UNSURE, AGAIN}),
        (waits_first, {"test_never_waits"}),
        (waits_when_busy, {BUSY, DOWN, UNSURE, GONE}),
        (lets_others_errors_out, {REFUSAL, SECRET} | DEFERRALS),
        (tells_its_address, {SECRET}),
        (breaks_for_ever, {AGAIN}),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_wrong_send_is_seen(send, seen_by):
    found = failures(of(pager(send)))
    assert seen_by <= found.keys(), found


# --- declarations that are wrong ------------------------------------------------------------


class Undescribed(Notifier.Config):
    url: SecretStr


class Open(Pager.Config):
    model_config = ConfigDict(extra="allow")


class Plain(Notifier.Config):
    url: SecretStr = Field(description="Address of the pager.")
    api_token: str = Field(default="t-12345678", description="A token.")


def previews_by_sending(self, message):
    self.send(message)
    return text_of(message)


def previews_something_else(self, message):
    return "a message"


def previews_closed_text(self, message):
    return f"{text_of(message)} {message.title!r}"


def checks_by_sending(self):
    from deskpulse.testing.notifying.samples import alert

    self.send(alert())
    return "sent"


@pytest.mark.parametrize(
    ("notifier", "seen_by"),
    [
        (pager(name="Pager!"), {"test_declares_itself"}),
        (pager(Config=Undescribed), {"test_declares_itself"}),
        (pager(Config=Open), {"test_declares_itself"}),
        (pager(Config=Plain), {"test_hides_its_secrets"}),
        (pager(check=lambda self: "two\nlines"), {"test_checks_the_way"}),
        (pager(check=lambda self: None), {"test_checks_the_way"}),
        (pager(check=checks_by_sending), {"test_checks_the_way"}),
        (pager(preview=previews_by_sending), {PREVIEW}),
        (pager(preview=previews_something_else), {PREVIEW}),
        (pager(preview=previews_closed_text), {TEXT}),
        (pager(__repr__=lambda self: self.config.url.get_secret_value()), {SECRET}),
    ],
)
def test_a_wrong_declaration_is_seen(notifier, seen_by):
    found = failures(of(notifier))
    assert seen_by <= found.keys(), found


def test_short_secrets_are_no_canary():
    sink = type("Short", (HttpSink,), {"settings": lambda self, given: {"url": "x"}})()
    assert "test_hides_its_secrets" in failures(of(Pager, sink=sink))


# --- each way of reading text ---------------------------------------------------------------


@pytest.mark.parametrize("reads", ["html", "markdown", "mrkdwn"])
def test_unescaped_text_is_seen_by_who_reads_markup(reads):
    sink = HttpSink(key="idempotency-key", reads=reads)
    assert TEXT in failures(of(Pager, sink=sink))


def test_a_short_sink_may_say_so():
    assert PARTS in failures(of(pager(says_only_the_title)))
    assert PARTS not in failures(of(pager(says_only_the_title), shows=("title",)))
