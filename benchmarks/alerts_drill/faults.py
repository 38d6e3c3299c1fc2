"""A Slack that is ill in every way that is known of it, and a mail server beside it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from random import Random

from benchmarks.alerts_drill.desk import Desk
from benchmarks.alerts_drill.judge import judge
from benchmarks.alerts_drill.row import Row
from benchmarks.alerts_drill.sinks import Sinks
from deskpulse_notifiers.slack.answers import TEMPORARY
from support import fake_slack
from support.fake_slack import Fault, error, too_many

BEGIN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
RETRY_AFTER = ("0", "1", "30", "3600", "abc", None)
"""And an HTTP date, which is made when it is needed."""


def _ill(name: str, folder: Path, faults: Sequence[Fault], dice: Random) -> Row:
    """Each fault hits one message, in an order that the dice choose; in between all is well."""
    row, began = Row(name), time.monotonic()
    order = list(faults)
    dice.shuffle(order)
    with Sinks(folder / "sinks") as sinks:
        desk = Desk(folder).configure(sinks.settings().replace("timeout_s = 5", "timeout_s = 3"))
        now = BEGIN
        for fault in order:
            sinks.slack.faults.append(fault)
            desk.open(now - timedelta(minutes=35))
            desk.once(now)
            now += timedelta(minutes=1)
        now = desk.settle(now)
        for token in list(desk.tickets):
            desk.answer(token, now + timedelta(minutes=1))
        desk.settle(now + timedelta(minutes=7))
        row.must(not sinks.slack.faults, f"{len(sinks.slack.faults)} faults were not met")
        judge(row, desk, sinks.arrivals)
        row.beside = f"{len(order)} faults"
    row.seconds = time.monotonic() - began
    return row


def too_many_requests(folder: Path, dice: Random) -> Row:
    """429 with every kind of Retry-After."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    kinds = [too_many(said) for said in (*RETRY_AFTER, date)] * 3
    row = _ill("Slack: 429 with every Retry-After", folder, kinds, dice)
    row.must(not row.repeated, "a message that was refused came twice")
    return row


def temporary(folder: Path, dice: Random) -> Row:
    """`ok: false` that says later, 5xx, and a reset before anything was taken."""
    kinds = [*map(error, sorted(TEMPORARY)), fake_slack.UNAVAILABLE, fake_slack.SERVER_ERROR]
    return _ill("Slack: temporary errors", folder, [*kinds, fake_slack.RESET], dice)


def ambiguous(folder: Path, dice: Random) -> Row:
    """Taken, and then a reset, silence, or half an answer; or a proxy's page."""
    taken = [fake_slack.ACCEPT_THEN_RESET, fake_slack.ACCEPT_THEN_SILENCE, fake_slack.TRUNCATED]
    row = _ill("Slack: taken, then no answer", folder, [*taken * 3, fake_slack.HTML] * 2, dice)
    row.must(row.repeated == 18, f"{row.repeated} repeats after 18 messages without an answer")
    return row


def permanent(folder: Path, dice: Random) -> Row:
    """`ok: false` for good: a dead letter, and the fallback is told at once."""
    row, began = Row("Slack: refused for good"), time.monotonic()
    codes = [*fake_slack.PERMANENT]
    dice.shuffle(codes)
    with Sinks(folder / "sinks") as sinks:
        desk = Desk(folder).configure(
            sinks.settings(), to='"team"', route='fallback = ["lead"]', sync="5m"
        )
        now = BEGIN
        for code in codes:
            sinks.slack.faults.append(error(code))
            desk.open(now - timedelta(minutes=35))
            desk.once(now)
            desk.once(now)  # the fallback's turn
            now += timedelta(minutes=1)
        told = {token for each in sinks.arrivals if each.sink == "mail" for token in each.tokens}
        dead = desk.ask("SELECT count(*) FROM delivery WHERE state = 'dead'")[0][0]
        failed = desk.start(now, "alerts", "failed").wait()
        row.expected = len(codes)
        row.lost = len(codes) - len(told)
        row.must(dead == len(codes), f"{dead} dead letters")
        row.must(failed == 1, f"`alerts failed` ends with {failed}")
    row.beside = f"{dead} dead letters, {len(told)} told by the fallback's mail"
    row.seconds = time.monotonic() - began
    return row


def mail(folder: Path, dice: Random) -> Row:
    """A mail server that says later, cuts the line after it took a mail, and drops STARTTLS."""
    row, began = Row("mail: 4xx, reset after DATA, no STARTTLS"), time.monotonic()
    kinds = ["451 come again", "452 no room", "421 going down", "reset", "starttls", "drop"] * 2
    dice.shuffle(kinds)
    with Sinks(folder / "sinks") as sinks:
        desk = Desk(folder).configure(sinks.settings())
        now, faults = BEGIN, sinks.mail.faults
        for kind in kinds:
            faults.reset_after_data = kind == "reset"
            faults.drop_at_starttls = kind == "drop"
            faults.starttls_reply = "454 not now" if kind == "starttls" else ""
            faults.once = kind if kind[0] == "4" else ""
            desk.open(now - timedelta(minutes=35))
            desk.once(now)
            now += timedelta(hours=2)
        faults.drop_at_starttls, faults.starttls_reply = False, ""
        now = desk.settle(now)
        for token in list(desk.tickets):
            desk.answer(token, now + timedelta(minutes=1))
        desk.settle(now + timedelta(minutes=7))
        judge(row, desk, sinks.arrivals)
        clear = [received for received in sinks.mail.received if not received.encrypted]
        row.must(not clear, f"{len(clear)} mails went in the clear")
    row.beside = f"{len(kinds)} faults; every mail over TLS after sign-in"
    row.seconds = time.monotonic() - began
    return row
