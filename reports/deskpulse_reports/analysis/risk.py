"""Accounts at risk of leaving, each with the reasons in words.

Not a model: every reason is a threshold that anybody can check, and has points; the points add up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from deskpulse_reports import words
from deskpulse_reports.analysis.change import count_change, rate_change
from deskpulse_reports.analysis.quantile import measured

DAY_S = 86_400
Name = Literal[
    "old tickets", "falling satisfaction", "rising contacts", "detractor", "long waits",
    "high value",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of how many: good ratings of all ratings."""

    good: int
    of: int


NONE = Tally(0, 0)


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of an account; before and now are two equally long periods, now the later.

    `unsolved_ages_s` are the ages of its unsolved tickets, `waits_s` how long it waited for replies
    now, open waits included; `nps` are its scores now (0..10). `value` is None if unknown.
    """

    account_id: str
    source: str = ""
    unsolved_ages_s: tuple[float, ...] = ()
    csat_before: Tally = NONE
    csat_now: Tally = NONE
    contacts_before: int = 0
    contacts_now: int = 0
    nps: tuple[float, ...] = ()
    waits_s: tuple[float, ...] = ()
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From when on something counts, and how many points it gives; 0 points switch a reason off.

    High value alone is no risk: its points are added to those of another reason.
    """

    old_ticket_s: float = 7 * DAY_S
    old_ticket_points: int = 2
    csat_drop: float = 0.2
    csat_ratings: int = 5
    csat_points: int = 2
    contacts_rise: float = 0.5
    contacts_points: int = 1
    nps_points: int = 2
    wait_s: float = 2 * DAY_S
    wait_points: int = 1
    value: float | None = None
    value_points: int = 1
    at_risk: int = 2


USUAL = Thresholds()


@dataclass(frozen=True, slots=True)
class Reason:
    """One threshold that was crossed."""

    name: Name
    points: int
    words: str


@dataclass(frozen=True, slots=True)
class Risk:
    """An account with its points and the reasons for them, heaviest first."""

    account: Account
    points: int
    reasons: tuple[Reason, ...]


def at_risk(accounts: Iterable[Account], thresholds: Thresholds = USUAL) -> tuple[Risk, ...]:
    """The accounts with at least `thresholds.at_risk` points: most points, then most valuable."""
    found = (assess(account, thresholds) for account in accounts)
    return tuple(
        sorted(
            (risk for risk in found if risk.points >= thresholds.at_risk),
            key=lambda risk: (
                -risk.points,
                -(risk.account.value or 0),
                risk.account.source,
                risk.account.account_id,
            ),
        )
    )


def assess(account: Account, thresholds: Thresholds = USUAL) -> Risk:
    """One account's points. What is unknown gives none."""
    checks = (_old_tickets, _satisfaction, _contacts, _detractor, _waits)
    found = [reason for check in checks if (reason := check(account, thresholds)) is not None]
    if found and (reason := _value(account, thresholds)) is not None:
        found.append(reason)
    reasons = [reason for reason in found if reason.points > 0]
    reasons.sort(key=lambda reason: -reason.points)
    return Risk(account, sum(reason.points for reason in reasons), tuple(reasons))


def _old_tickets(account: Account, limits: Thresholds) -> Reason | None:
    old = [age for age in measured(account.unsolved_ages_s) if age >= limits.old_ticket_s]
    if not old:
        return None
    told = (
        f"{words.plural(len(old), 'ticket')} unsolved for {words.duration(limits.old_ticket_s)} or"
        f" longer, the oldest for {words.duration(old[-1])}"
    )
    return Reason("old tickets", limits.old_ticket_points, told)


def _satisfaction(account: Account, limits: Thresholds) -> Reason | None:
    before, now = account.csat_before, account.csat_now
    if min(before.of, now.of) < max(limits.csat_ratings, 1):
        return None
    change = rate_change(before.good, before.of, now.good, now.of)
    # 0.8 - 0.6 is a hair less than 0.2
    if change.absolute is None or round(-change.absolute, 9) < limits.csat_drop:
        return None
    doubt = "" if change.verdict == "less" else "; so few ratings may be chance"
    told = f"satisfaction fell from {_tallied(before)} to {_tallied(now)}{doubt}"
    return Reason("falling satisfaction", limits.csat_points, told)


def _contacts(account: Account, limits: Thresholds) -> Reason | None:
    before, now = account.contacts_before, account.contacts_now
    change = count_change(before, now)
    if change.verdict != "more" or now < before * (1 + limits.contacts_rise):
        return None
    told = f"{words.plural(now, 'contact')} now, {words.number(before)} before"
    return Reason("rising contacts", limits.contacts_points, told)


def _detractor(account: Account, limits: Thresholds) -> Reason | None:
    scores = measured(account.nps)
    against = sum(score <= 6 for score in scores)
    if against <= sum(score >= 9 for score in scores):
        return None
    told = f"would not recommend us: {against} of {words.plural(len(scores), 'score')} 6 or less"
    return Reason("detractor", limits.nps_points, told)


def _waits(account: Account, limits: Thresholds) -> Reason | None:
    long = [wait for wait in measured(account.waits_s) if wait >= limits.wait_s]
    if not long:
        return None
    told = (
        f"waited {words.duration(limits.wait_s)} or longer {words.plural(len(long), 'time')},"
        f" up to {words.duration(long[-1])}"
    )
    return Reason("long waits", limits.wait_points, told)


def _value(account: Account, limits: Thresholds) -> Reason | None:
    if account.value is None or limits.value is None or account.value < limits.value:
        return None
    told = f"worth {words.number(account.value)}, {words.number(limits.value)} or more is much"
    return Reason("high value", limits.value_points, told)


def _tallied(tally: Tally) -> str:
    return f"{words.percent(tally.good / tally.of, 0)} (n={tally.of})"
