"""Kill `deskpulse run`, `alerts evaluate` and `digest` at random moments, again and again."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
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
A_DESK = 100
"""Kills of one desk: a new one begins with little to read, and in the night of the longer hour."""
SIDE_BY_SIDE = 3
"""While one desk waits for its sinks, another one works."""

Usual = dict[tuple[str, ...], float]


@dataclass
class Toll:
    """What befell one desk."""

    row: Row
    by_verb: Counter[str] = field(default_factory=Counter)
    tickets: int = 0
    digests: int = 0


def killed(folder: Path, kills: int, dice: Random) -> Row:
    """Desks of `A_DESK` kills each, with stores, sinks and dice of their own; one row for all."""
    began = time.monotonic()
    shares = [min(A_DESK, kills - done) for done in range(0, kills, A_DESK)]
    games = [(number, share, Random(dice.getrandbits(64))) for number, share in enumerate(shares)]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        futures = [
            pool.submit(one_desk, folder / str(number), share, own) for number, share, own in games
        ]
        row = summed([future.result() for future in futures])
    row.seconds = time.monotonic() - began
    return row


def summed(tolls: list[Toll]) -> Row:
    """One row of the table for all desks: what was counted is added, what was wrong is named."""
    row, by_verb = Row("killed while it evaluates and sends"), Counter[str]()
    for number, toll in enumerate(tolls):
        row.kills += toll.row.kills
        row.expected += toll.row.expected
        row.lost += toll.row.lost
        row.repeated += toll.row.repeated
        row.unmarked += toll.row.unmarked
        row.seconds += toll.row.seconds
        row.wrong += [f"desk {number}: {what}" for what in toll.row.wrong]
        by_verb += toll.by_verb
    hit = ", ".join(f"{by_verb[verb[0]]} in {verb[0]}" for verb in VERBS)
    row.beside = (
        f"{hit}; desks: {len(tolls)}, tickets: {sum(toll.tickets for toll in tolls)}, "
        f"digests over the end of summer time: {sum(toll.digests for toll in tolls)}"
    )
    return row


def one_desk(folder: Path, kills: int, dice: Random, store: str = "") -> Toll:
    """Life goes on between the kills: tickets come, break their promise, and are answered."""
    toll, began = Toll(Row("killed")), time.monotonic()
    row = toll.row
    # what ended is reported for three days: no outage may come near that, however few the kills
    step = max(timedelta(minutes=7), min(timedelta(hours=1), timedelta(hours=72) / kills))
    with Sinks(folder / "sinks") as sinks:
        desk = Desk(folder, store).configure(sinks.settings(), DIGEST.format(at="02:30"))
        sinks.slack.answers_after_s = 0.05  # the window in which a kill repeats a message
        now = BEGIN
        usual = _rehearse(desk, now)
        while row.kills < kills:
            now += step
            for _ in range(dice.randint(0, 3)):
                # some break between two syncs: `alerts evaluate` has something to tell, too
                desk.open(now - timedelta(minutes=dice.choice((26, 35))))
            told = _told(sinks)
            for token in sorted(told - desk.answers.keys()):
                if dice.random() < 0.5:
                    desk.answer(token, now - timedelta(minutes=1))
            verb = dice.choices(VERBS, (80, 10, 10))[0]
            if _struck(desk, now, verb, usual, dice):
                row.kills += 1
                toll.by_verb[verb[0]] += 1
        now = desk.settle(now + step)
        for token in desk.tickets.keys() - desk.answers.keys():
            desk.answer(token, now + timedelta(minutes=1))
        desk.settle(now + step)
        toll.tickets = len(desk.tickets)
        toll.digests = desk.ask("SELECT count(*) FROM schedule_run WHERE outcome = 'queued'")[0][0]
        nights = (now.astimezone(BERLIN).date() - BEGIN.date()).days
        # the day before the first is told of by hand alone
        judge(row, desk, sinks.arrivals, toll.digests, by_hand=1)
        row.must(abs(toll.digests - nights) <= 1, f"{toll.digests} digests in {nights} nights")
        row.must(not sinks.slack.violations, f"Slack would refuse: {sinks.slack.violations[:1]}")
    row.seconds = time.monotonic() - began
    return toll


def _struck(desk: Desk, now: datetime, verb: tuple[str, ...], usual: Usual, dice: Random) -> bool:
    """Start it and kill it at a random moment; False if it had ended by then, or was spared."""
    victim = desk.start(now, *verb)
    doomed = dice.uniform(0.1, 1.1) * usual[verb]
    if dice.random() >= UNDISTURBED:
        while victim.age_s < doomed and not victim.over():
            time.sleep(0.002)
        if victim.kill():
            return True
    victim.wait()
    usual[verb] = victim.age_s  # the machine's other work comes and goes
    return False


def _told(sinks: Sinks) -> set[str]:
    """The tickets of whose breach both sinks were told.

    Only these may be answered: a breach that is over before anybody looked at it is no alert.
    """
    known = heard(sinks.arrivals)
    return {token for sink, token, _ in known if sink == "slack"} & {
        token for sink, token, _ in known if sink == "mail"
    }


def _rehearse(desk: Desk, now: datetime) -> Usual:
    """How long each verb takes undisturbed when it has something to tell."""
    usual = {}
    for verb in (*VERBS[:1] * 2, *VERBS):  # the first runs import and set up
        desk.open(now - timedelta(minutes=35))
        victim = desk.start(now, *verb)
        if victim.wait() != 0:
            raise RuntimeError(f"see {desk.log}")
        usual[verb] = victim.age_s
    return usual
