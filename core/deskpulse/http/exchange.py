"""One request, from the first try to the last: signing, budgets, retries, renewals, redirects."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from random import Random

from deskpulse.clock import Clock
from deskpulse.errors import RateLimited, SourceError, SourceUnavailable, SourceUnreachable
from deskpulse.http.address import Address, shown
from deskpulse.http.answer import Answer, shortened
from deskpulse.http.auth import Signer
from deskpulse.http.headers import allowance_of, vendor_date
from deskpulse.http.limiter import Limiter
from deskpulse.http.pause import Pause
from deskpulse.http.redact import Redactor
from deskpulse.http.retry import Again, Patience, persist
from deskpulse.http.stats import Meter
from deskpulse.http.verdict import Action, Heard, Meaning, Verdict, judge
from deskpulse.http.wire import Broken, Question, Wire

_log = logging.getLogger(__name__)

_MOST_REDIRECTS = 3
_UNKNOWN_S = 60.0
"""How long the scheduler waits when a vendor limits us and never says for how long (the default of
Zendesk's own clients)."""


@dataclass(frozen=True, slots=True)
class Line:
    """What all requests of one source share."""

    source: str
    address: Address
    wire: Wire
    clock: Clock
    limiter: Limiter
    meter: Meter
    redactor: Redactor
    patience: Patience
    random: Random
    meaning: Meaning
    heard: Heard


@dataclass(frozen=True, slots=True)
class Use:
    """What one request takes: its budget, units of it, and the statuses raised at once.

    `raw`: the answer is bytes, whatever they are.
    """

    budget: str = ""
    cost: int = 1
    give_up_on: Collection[int] = ()
    raw: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """The last answer, and what it means: accepted or to be raised."""

    answer: Answer
    verdict: Verdict


class Exchange:
    """One question to a source. `signer` is None for questions that need no credentials."""

    def __init__(
        self,
        line: Line,
        question: Question,
        *,
        signer: Signer | None,
        pause: Pause,
        use: Use | None = None,
    ) -> None:
        self._line = line
        self._question = question
        self._signer = signer
        self._pause = pause
        self._use = use or Use()
        self._redirects = 0
        self._renewed = False

    def settle(self) -> Settled:
        """Ask until there is a last word. Raises the error of the last try if patience ends."""
        result = persist(
            self._attempt,
            patience=self._line.patience,
            clock=self._line.clock,
            pause=self._pause,
            random=self._line.random,
            before_wait=self._before_wait,
        )
        if isinstance(result, Again):
            raise result.error
        return result

    def error(self, settled: Settled) -> SourceError:
        """What to raise for an answer that was not accepted. Holds no secret."""
        answer, verdict = settled.answer, settled.verdict
        words = verdict.reason
        if verdict.action is Action.FOLLOW:
            words = f"a redirect that is not followed (only GET, at most {_MOST_REDIRECTS})"
        reason = shortened(self._line.redactor.redact(words)) or "no reason given"
        text = self._about(f"answered {answer.status}: {reason}")
        if verdict.error is RateLimited:
            wait = _UNKNOWN_S if verdict.asked_s is None else verdict.asked_s
            return RateLimited(text, retry_after=wait, status=answer.status)
        return verdict.error(text, hint=verdict.hint, status=answer.status)

    def _attempt(self) -> Settled | Again:
        while True:
            signed = self._signer.headers() if self._signer else {}
            answer = self._send(signed)
            if isinstance(answer, Broken):
                return Again(self._unreachable(answer))
            now = self._line.clock.now()
            said = None if self._use.raw else self._line.meaning(answer)
            verdict = judge(
                answer, now=now, give_up_on=self._use.give_up_on, said=said, raw=self._use.raw
            )
            self._line.limiter.learn(self._use.budget, allowance_of(answer.headers, now))
            if verdict.action is Action.RETRY:
                return self._again(answer, verdict)
            if verdict.action is Action.FOLLOW and self._follows(answer):
                continue
            if verdict.action is Action.RENEW and self._signer and not self._renewed:
                self._renewed = True
                if self._signer.renew(signed):
                    continue
            if verdict.action is Action.ACCEPT and not self._use.raw:
                self._listen(answer, verdict)
            return Settled(answer, verdict)

    def _send(self, signed: Mapping[str, str]) -> Answer | Broken:
        line = self._line
        headers = {**self._question.headers, **signed}
        with line.limiter.slot(self._use.budget, self._pause, self._use.cost) as waited:
            line.meter.sent(waited)
            answer, size = line.wire.ask(replace(self._question, headers=headers), self._pause)
        date = vendor_date(answer.headers) if isinstance(answer, Answer) else None
        skew = None if date is None else (date - line.clock.now()).total_seconds()
        line.meter.received(size, skew)
        return answer

    def _again(self, answer: Answer, verdict: Verdict) -> Again:
        asked = verdict.asked_s
        if asked is None and verdict.error is RateLimited and self._use.budget:
            # A limit of its own, and no word on how long: by then its window has surely passed.
            budget = self._line.limiter.budget(self._use.budget)
            asked = budget.per_s if budget else None
        if asked is not None:
            self._line.limiter.hold(self._use.budget, asked)
        error = self.error(Settled(answer, replace(verdict, asked_s=asked)))
        return Again(error, asked, verdict.least_s)

    def _listen(self, answer: Answer, verdict: Verdict) -> None:
        line = self._line
        aside = line.heard(answer.headers, verdict.value)
        if aside is None:
            return
        if aside.rest_s > 0:
            line.limiter.hold(self._use.budget, aside.rest_s)
        notice = shortened(line.redactor.redact(aside.notice))
        if notice and line.meter.notice(notice):
            _log.warning("%s: %s", line.source, notice)

    def _follows(self, answer: Answer) -> bool:
        location = answer.headers.get("location")
        if not location or self._question.method != "GET" or self._redirects >= _MOST_REDIRECTS:
            return False
        self._redirects += 1
        url = self._line.address.follow(self._question.url, location)
        self._question = replace(self._question, url=url)
        return True

    def _before_wait(self, again: Again, seconds: float) -> None:
        _log.info("%s: %s; next try in %.1f s", self._line.source, again.error.message, seconds)
        self._line.meter.waits(seconds, rate_limited=isinstance(again.error, RateLimited))

    def _unreachable(self, broken: Broken) -> SourceUnavailable:
        reason = shortened(self._line.redactor.redact(broken.reason))
        error = SourceUnavailable if broken.connected else SourceUnreachable
        return error(
            self._about(f"got no answer from {self._question.url.netloc.decode()} ({reason})"),
            hint="The next run continues from the same place; if this stays, check `url`, the "
            "network and the proxy.",
        )

    def _about(self, what: str) -> str:
        path = self._line.redactor.redact(shown(self._question.url))
        return f"{self._question.method} {path} {what}"
