"""Kill, restart, kill again; then let it end and look."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple

from benchmarks.desk import Desk
from benchmarks.drill.mart import problems
from benchmarks.drill.trouble import befall, live
from benchmarks.drill.truth import Finding, against_truth
from benchmarks.drill.twin import against_twin
from benchmarks.drill.victim import Victim, fork, spawn
from deskpulse.store import Store

CONFIG = """\
zone = "Europe/Berlin"
[store]
url = "{store}"
[mart]
path = "{mart}"
[sources.desk]
use = "zendesk"
url = "{url}"
client_id = "{client_id}"
client_secret = {{ env = "{secret}" }}
per_page = 100
export_per_minute = 1000
requests_per_minute = 100000
"""
SECRET = "DESKPULSE_DRILL_SECRET"
SYNC, AGAIN, DERIVE = ("sync",), ("sync", "--again"), ("derive",)
ENDS = 20
"""Undisturbed syncs until one has nothing left to wait for."""

Say = Callable[[str], None]
Verb = tuple[str, ...]


class Span(NamedTuple):
    """Seconds from the start: when the work begins, and when it ends."""

    begins_s: float
    ends_s: float


@dataclass
class Outcome:
    """What the kills hit, and what was found at the end."""

    kills: Counter[str] = field(default_factory=Counter)
    ended: int = 0
    findings: list[Finding] = field(default_factory=list)
    mart_checks: int = 0
    mart_problems: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def sound(self) -> bool:
        """Nothing lost, doubled or wrong, and the mart always whole."""
        return all(finding.sound for finding in self.findings) and not self.mart_problems


@dataclass
class Drill:
    """`folder` gets the store (unless `store` is another URL), the mart and the logs."""

    desk: Desk
    folder: Path
    dice: Random
    store: str = ""
    outcome: Outcome = field(default_factory=Outcome)

    def run(self, kills: int, say: Say) -> Outcome:
        """Kill so often, then compare; the answer says what was found."""
        began = time.monotonic()
        store = self.store or f"sqlite:///{self.folder / 'store.db'}"
        config = self._config("drill", store)
        usual = self._rehearse()
        while self.outcome.kills.total() < kills:
            befall(self.desk, self.dice)
            verb = self.dice.choices((SYNC, AGAIN, DERIVE), (70, 12, 18))[0]
            self._disturb(config, verb, usual)
            done = self.outcome.kills.total()
            if done % 20 == 0 and done:
                say(f"{done} kills, {self.outcome.ended} ended by themselves")
        self._end(config)
        self._look(store)
        self.outcome.seconds = time.monotonic() - began
        return self.outcome

    def _rehearse(self) -> dict[Verb, Span]:
        """How long each verb works undisturbed."""
        config = self._config("rehearsal", f"sqlite:///{self.folder / 'rehearsal.db'}")
        usual = {}
        for verb in (AGAIN, DERIVE, SYNC):
            self.desk.tell("forget")
            victim = self._start(config, verb)
            while verb != DERIVE and not victim.over() and not self.desk.ask("requests"):
                time.sleep(0.01)
            # until its first request it only imports; half of a derive is importing
            asked = victim.age_s
            victim.wait()
            usual[verb] = Span(victim.age_s / 2 if verb == DERIVE else asked, victim.age_s)
        return usual

    def _disturb(self, config: Path, verb: Verb, usual: dict[Verb, Span]) -> None:
        """Start, let life go on meanwhile, and kill at a random moment of its usual work."""
        self.desk.tell("forget")
        span = usual[AGAIN if verb == SYNC and not self.outcome.ended else verb]
        doomed = self.dice.uniform(span.begins_s, span.ends_s)
        between = self.dice.uniform(0, doomed) if self.dice.random() < 0.5 else doomed
        victim = self._start(config, verb)
        while victim.age_s < doomed and not victim.over():
            if victim.age_s >= between:
                live(self.desk, self.dice)
                between = doomed
            time.sleep(0.002)
        if not victim.kill():
            self.outcome.ended += verb != DERIVE
            if verb == SYNC and victim.code == 0:
                usual[SYNC] = Span(span.begins_s, victim.age_s)
            return
        self.outcome.kills[self._place(verb)] += 1
        if verb == DERIVE:
            self.outcome.mart_checks += 1
            self.outcome.mart_problems += problems(self.folder / "drill")

    def _place(self, verb: Verb) -> str:
        """What was going on: the stream of the last request."""
        if verb == DERIVE:
            return "derive"
        asked = self.desk.ask("requests")
        if not asked:
            return "before the first request"
        return str(asked[-1]["path"]).removeprefix("/api/v2/").removesuffix(".json")

    def _end(self, config: Path) -> None:
        self.desk.tell("faults", [])
        self.desk.tell("settle")
        for _ in range(ENDS):
            if self._start(config, SYNC).wait() == 0:
                break
        else:
            raise RuntimeError(f"the sync does not end; see {self.folder / 'log.txt'}")
        if self._start(config, DERIVE).wait():
            raise RuntimeError(f"derive fails; see {self.folder / 'log.txt'}")

    def _look(self, store: str) -> None:
        twin = f"sqlite:///{self.folder / 'twin.db'}"
        if self._start(self._config("twin", twin), SYNC).wait():
            raise RuntimeError(f"the twin cannot be read; see {self.folder / 'log.txt'}")
        rebuilt = self._config("rebuilt", store)
        if self._start(rebuilt, (*DERIVE, "--all")).wait():
            raise RuntimeError(f"derive fails; see {self.folder / 'log.txt'}")
        drilled, whole = Store.open(store), Store.open(twin)
        truth = self.desk.ask("truth")
        self.outcome.findings = against_truth(drilled, truth) + against_twin(drilled, whole)
        drilled.close()
        whole.close()
        self.outcome.mart_checks += 1
        self.outcome.mart_problems += problems(self.folder / "drill", self.folder / "rebuilt")

    def _start(self, config: Path, verb: Verb) -> Victim:
        now = f"{self.desk.now:%Y-%m-%dT%H:%M:%SZ}"
        begin = fork if verb in (SYNC, AGAIN) else spawn
        return begin(self.folder / "log.txt", "-c", str(config), "--as-of", now, *verb)

    def _config(self, name: str, store: str) -> Path:
        path = self.folder / f"{name}.toml"
        known = self.desk.credentials
        path.write_text(
            CONFIG.format(
                store=store,
                mart=self.folder / name,
                url=self.desk.url,
                client_id=known["client_id"],
                secret=SECRET,
            ),
            encoding="utf-8",
        )
        return path
