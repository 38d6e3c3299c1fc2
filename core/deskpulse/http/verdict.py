"""What an HTTP answer means. Pure, and keyed on the status: bodies come in every shape.

    2xx with JSON                    accept
    2xx with anything else           retry, then SourceUnavailable (a maintenance page, a cut)
    301 302 303 307 308              follow
    other 3xx                        SourceChanged
    401                              renew the token once, then AuthRejected
    403                              StreamForbidden
    429                              wait as asked, then RateLimited
    408 425 5xx                      retry, then SourceUnavailable; with Retry-After as 429
    409                              retry after 10 s or more, then SourceUnavailable
    other 4xx                        RequestRefused
    below 200, above 599             SourceChanged

A vendor that says more than its status (Google limits with 403) is heard through `Said`, which the
connector's `meaning` reads from an answer.

A status in `give_up_on` that would be retried is raised at once, as SourceUnavailable (429: as
RateLimited).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from deskpulse.errors import (
    AuthRejected,
    RateLimited,
    RequestRefused,
    SourceChanged,
    SourceError,
    SourceUnavailable,
    StreamForbidden,
)
from deskpulse.http.answer import Answer
from deskpulse.http.headers import reset_after, retry_after

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PASSING = frozenset({408, 409, 425, 429})
CONFLICT_S = 10.0
"""Zendesk locks a record for about this long after a conflict (409)."""


class Action(Enum):
    """What to do with an answer."""

    ACCEPT = "accept"
    FOLLOW = "follow"
    RENEW = "renew"
    RETRY = "retry"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with one answer, and what to raise if nothing helps.

    `value` is the parsed JSON of an accepted answer. `asked_s` is how long the vendor asked us to
    wait (None: it did not say), `least_s` the least that makes sense. `reason` is short, for the
    message.
    """

    action: Action
    error: type[SourceError]
    reason: str = ""
    value: Any = None
    asked_s: float | None = None
    least_s: float = 0.0
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What an answer means where its status does not tell: the error, how long to wait, a hint.

    `RateLimited` and `SourceUnavailable` are retried, others raised at once. `wait_s`: seconds, if
    the vendor's words say so; None: by its headers, else with growing waits of a second or more.
    `words`: for the message, instead of the vendor's own.
    """

    error: type[SourceError]
    wait_s: float | None = None
    hint: str = ""
    words: str = ""


Meaning = Callable[[Answer], Said | None]


@dataclass(frozen=True, slots=True)
class Aside:
    """What an accepted answer says besides its data.

    `rest_s`: seconds in which nothing more should be asked of this budget, by the answer's own
    figures. `notice`: what the operator should know (a version that is retired, ...).
    """

    rest_s: float = 0.0
    notice: str = ""


Heard = Callable[[Mapping[str, str], Any], Aside | None]
"""From the headers (any case) and the parsed body of an accepted answer."""


def by_status(answer: Answer) -> Said | None:
    """The status alone tells."""
    del answer
    return None


def no_aside(headers: Mapping[str, str], body: Any) -> Aside | None:
    """Nothing but data."""
    del headers, body
    return None


def judge(
    answer: Answer,
    *,
    now: datetime,
    give_up_on: Collection[int] = (),
    said: Said | None = None,
    raw: bool = False,
) -> Verdict:
    """The verdict on `answer`; `now` is only used where the vendor sent no `Date`.

    `raw`: an accepted answer is bytes, whatever they are.
    """
    if said is not None:
        return _by_words(answer, said, now)
    action, error = for_status(answer.status)
    if action is Action.ACCEPT:
        return Verdict(action, error, value=answer.body) if raw else _accept(answer)
    reason = answer.reason()
    if action is not Action.RETRY:
        return Verdict(action, error, reason)
    if answer.status in give_up_on:
        return Verdict(Action.FAIL, error, reason)
    asked = retry_after(answer.headers, now)
    if asked is None and error is RateLimited:
        asked = reset_after(answer.headers, now)
    least = CONFLICT_S if answer.status == 409 else 0.0
    return Verdict(action, error if asked is None else RateLimited, reason, None, asked, least)


def for_status(status: int) -> tuple[Action, type[SourceError]]:
    """The table above: what a status alone says."""
    if 200 <= status <= 299:
        return Action.ACCEPT, SourceUnavailable
    if status in _REDIRECTS:
        return Action.FOLLOW, SourceChanged
    if status == 401:
        return Action.RENEW, AuthRejected
    if status == 403:
        return Action.FAIL, StreamForbidden
    if status in _PASSING or 500 <= status <= 599:
        return Action.RETRY, RateLimited if status == 429 else SourceUnavailable
    if 400 <= status <= 499:
        return Action.FAIL, RequestRefused
    return Action.FAIL, SourceChanged


def _by_words(answer: Answer, said: Said, now: datetime) -> Verdict:
    passing = issubclass(said.error, RateLimited | SourceUnavailable)
    asked = said.wait_s
    if passing and asked is None:
        asked = retry_after(answer.headers, now)
    action = Action.RETRY if passing else Action.FAIL
    return Verdict(action, said.error, said.words or answer.reason(), None, asked, 1.0, said.hint)


def _accept(answer: Answer) -> Verdict:
    try:
        return Verdict(Action.ACCEPT, SourceUnavailable, value=answer.json())
    except ValueError:
        return Verdict(
            Action.RETRY,
            SourceUnavailable,
            f"the body ({answer.kind()}, {len(answer.body)} bytes) is not whole JSON",
            hint="The source may be under maintenance, or `url` is not the address of its API; "
            "the next run continues from the same place.",
        )
