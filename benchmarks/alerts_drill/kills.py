"""Kill `deskpulse run`, `alerts evaluate` and `digest` at random moments, again and again."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from benchmarks.alerts_drill.desk import DIGEST, Desk
from benchmarks.alerts_drill.judge import heard, judge
from benchmarks.alerts_drill.row import Row
from benchmarks.alerts_drill.sinks import Sinks

BEGIN = datetime(2026, 10, 24, 18, 0, tzinfo=UTC)
"""In this night the clocks go back in Berlin."""
BERLIN = ZoneInfo("Europe/Berlin")
VERBS = (("run", "--once"), ("alerts", "evaluate"), ("digest", "morning"))
UNDISTURBED = 0.15
"""The share of processes that may end by themselves."""


def killed(folder: Path, kills: int, dice: Random, store: str = "") -> Row:
    """Life goes on between the kills: tickets come, break their promise, and are answered."""
    row, began = Row("killed while it evaluates and sends"), time.monotonic()
    # what ended is reported for three days: no outage may come near that, however few the kills
    step = max(timedelta(minutes=7), min(timedelta(hours=1), timedelta(hours=72) / kills))
    by_verb = dict.fromkeys((verb[0] for verb in VERBS), 0)
    with Sinks(folder / "sinks") as sinks:
        desk = Desk(folder, store).configure(sinks.settings(), DIGEST.format(at="02:30"))
        sinks.slack.answers_after_s = 0.05  # the window in which a kill repeats a message
        now = BEGIN
        usual = _rehearse(desk, now)
        while row.kills < kills:
            now += step
            for _ in range(dice.randint(0, 3)):
                desk.open(now - timedelta(minutes=35))
            told = _told(sinks)
            for token in sorted(told - desk.answers.keys()):
                if dice.random() < 0.5:
                    desk.answer(token, now - timedelta(minutes=1))
            verb = dice.choices(VERBS, (80, 10, 10))[0]
            victim = desk.start(now, *verb)
            if dice.random() < UNDISTURBED:
                victim.wait()
                usual[verb] = victim.age_s
                continue
            doomed = dice.uniform(0.2, 1.1) * usual[verb]
            while victim.age_s < doomed and not victim.over():
                time.sleep(0.002)
            if victim.kill():
                row.kills += 1
                by_verb[verb[0]] += 1
        now = desk.settle(now + step)
        for token in desk.tickets.keys() - desk.answers.keys():
            desk.answer(token, now + timedelta(minutes=1))
        desk.settle(now + step)
        digests = desk.ask("SELECT count(*) FROM schedule_run WHERE outcome = 'queued'")[0][0]
        nights = (now.astimezone(BERLIN).date() - BEGIN.date()).days
        # the day before the first is told of by hand alone
        judge(row, desk, sinks.arrivals, digests, by_hand=1)
        row.must(abs(digests - nights) <= 1, f"{digests} digests in {nights} nights")
        row.must(not sinks.slack.violations, f"Slack would refuse: {sinks.slack.violations[:1]}")
    hit = ", ".join(f"{count} in {verb}" for verb, count in by_verb.items())
    row.beside = (
        f"{hit}; {len(desk.tickets)} tickets, {digests} digests over the end of summer time"
    )
    row.seconds = time.monotonic() - began
    return row


def _told(sinks: Sinks) -> set[str]:
    """The tickets of whose breach both sinks were told.

    Only these may be answered: a breach that is over before anybody looked at it is no alert.
    """
    known = heard(sinks.arrivals)
    return {token for sink, token, _ in known if sink == "slack"} & {
        token for sink, token, _ in known if sink == "mail"
    }


def _rehearse(desk: Desk, now: datetime) -> dict[tuple[str, ...], float]:
    """How long each verb takes undisturbed when it has something to tell."""
    usual = {}
    for verb in (*VERBS[:1] * 2, *VERBS):  # the first runs import and set up
        desk.open(now - timedelta(minutes=35))
        victim = desk.start(now, *verb)
        if victim.wait() != 0:
            raise RuntimeError(f"see {desk.log}")
        usual[verb] = victim.age_s
    return usual
